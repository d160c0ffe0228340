using System.Net.Security;
using System.Security.Authentication;
using System.Text.Json.Nodes;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Keystores;
using Sluice.Gateway.Templates;

namespace Sluice.Gateway.Targets;

/// <summary>What an SSLInfo says of handshakes with targets (contract gateway.md 3.3): in a bundle, or in a target server. The names in it are looked up when it is used, so that a keystore can change without a redeploy.</summary>
/// <remarks>Threading: any. What was looked up is kept for as long as the environment has the same keystores.</remarks>
internal sealed class TargetTls
{
    private const SslProtocols All = SslProtocols.Tls12 | SslProtocols.Tls13;

    private readonly Template? _keyStore;
    private readonly Template? _keyAlias;
    private readonly Template? _trustStore;
    private readonly Template? _commonName;
    private volatile Found? _found;

    private TargetTls(Reader reader, List<string> faults)
    {
        var clientAuth = reader.Flag("ClientAuthEnabled");
        _keyStore = clientAuth ? reader.Template("KeyStore") : null;
        _keyAlias = clientAuth ? reader.Template("KeyAlias") : null;
        _trustStore = reader.Template("TrustStore");
        _commonName = reader.Template("CommonName");
        AllowsWildcards = reader.AllowsWildcards;
        Enforces = reader.Flag("Enforce");
        IgnoresErrors = reader.Flag("IgnoreValidationErrors") && !Enforces;
        if (clientAuth && _keyStore is null)
            faults.Add("ClientAuthEnabled is true, and no KeyStore is named");
        Protocols = ReadProtocols(reader.List("Protocols", "Protocol"), faults);
        Ciphers = ReadCiphers(reader.List("Ciphers", "Cipher"), faults);
    }

    internal bool IgnoresErrors { get; }

    /// <summary>Whether nothing is sent to a target but over TLS, to one whose certificate is good.</summary>
    internal bool Enforces { get; }

    internal bool AllowsWildcards { get; }

    internal SslProtocols Protocols { get; }

    internal TlsCipherSuite[] Ciphers { get; }

    /// <summary>All of it that is not looked up.</summary>
    internal string Fingerprint => field ??= $"{Protocols} {string.Join(' ', Ciphers)} {IgnoresErrors} {AllowsWildcards}";

    /// <summary>The SSLInfo of a connection in a bundle; null where there is none, or it is switched off. What the environment lacks is a fault.</summary>
    internal static TargetTls? Compile(BundleElement? xml, CompileContext context)
    {
        if (xml is null || !xml.Flag("Enabled", byDefault: true))
            return null;
        context.WarnOfUnknown(xml, "Enabled", "Enforce", "ClientAuthEnabled", "KeyStore", "KeyAlias", "TrustStore", "IgnoreValidationErrors", "Protocols", "Ciphers", "CommonName");
        var faults = new List<string>();
        var tls = new TargetTls(new Reader(xml, null, context.Faults), faults);
        foreach (var fault in faults)
            context.Fault("InvalidSSLInfo", fault, xml.Spot);
        if (faults.Count == 0 && tls.Missing(context.Environment.Keystores) is { } missing)
            context.Fault("messaging.config.beans.ResourceReferenceDoesNotExist", $"SSLInfo: {missing}", xml.Spot);
        return tls;
    }

    /// <summary>The <c>sSLInfo</c> of a target server; null where it is switched off.</summary>
    internal static TargetTls? Read(JsonObject body, List<string> faults) =>
        BundleElement.ReadFlag(body["enabled"]?.ToString(), byDefault: false) ? new TargetTls(new Reader(null, body, new BundleFaults()), faults) : null;

    /// <summary>What it names and the environment does not have; null for nothing, as far as that can be told without a flow.</summary>
    internal string? Missing(KeystoreBook book) =>
        _keyStore is { Literal: null } || _keyAlias is { Literal: null } || _trustStore is { Literal: null } ? null : LookUp(null, book).Missing;

    /// <summary>The terms for a flow; null, and what is missing, where a name leads nowhere.</summary>
    internal TlsTerms? TermsFor(FlowContext? flow, KeystoreBook book, out string? missing)
    {
        var found = _found;
        if (found?.Book != book)
        {
            found = LookUp(flow, book);
            if (_keyStore is null or { Literal: not null } && _keyAlias is null or { Literal: not null } && _trustStore is null or { Literal: not null } && _commonName is null or { Literal: not null })
                _found = found;
        }
        missing = found.Missing;
        return found.Terms;
    }

    /// <summary>Whether it names a keystore, by itself and not by a reference.</summary>
    internal bool Names(string keystore) => _keyStore?.Literal == keystore || _trustStore?.Literal == keystore;

    private Found LookUp(FlowContext? flow, KeystoreBook book)
    {
        SslStreamCertificateContext? own = null;
        if (Fill(_keyStore, flow) is { } keyStore)
        {
            if (book.Find(keyStore) is not { } store)
                return new Found(book, null, $"keystore {keyStore} does not exist");
            var alias = Fill(_keyAlias, flow);
            var one = alias is not null ? store.Find(alias) : store.Aliases.Where(each => each.HasKey).ToArray() is [var only] ? only : null;
            if (one?.Open() is not { } opened)
                return new Found(book, null, alias is null ? $"keystore {keyStore} has not just one alias with a key, and no KeyAlias is named" : $"keystore {keyStore} has no alias {alias} with a key");
            own = opened;
        }
        if (Fill(_trustStore, flow) is not { } trustStore)
            return new Found(book, new TlsTerms(this, own, null, Fill(_commonName, flow)), null);
        return book.Find(trustStore) is { } trust
            ? new Found(book, new TlsTerms(this, own, trust.Trusted(), Fill(_commonName, flow)), null)
            : new Found(book, null, $"truststore {trustStore} does not exist");
    }

    private static string? Fill(Template? template, FlowContext? flow) => (template?.Literal ?? (flow is null ? null : template?.Fill(flow))) is { Length: > 0 } text ? text : null;

    private static SslProtocols ReadProtocols(string[] names, List<string> faults)
    {
        var protocols = SslProtocols.None;
        foreach (var name in names)
        {
            protocols |= name.Trim() switch
            {
                "TLSv1.2" => SslProtocols.Tls12,
                "TLSv1.3" => SslProtocols.Tls13,
                _ => SslProtocols.None, // older ones are broken, and spoken to nobody
            };
        }
        if (names.Length > 0 && protocols == SslProtocols.None)
            faults.Add($"Protocols are {string.Join(", ", names)}; this gateway speaks TLSv1.2 and TLSv1.3");
        return protocols == SslProtocols.None ? All : protocols;
    }

    private static TlsCipherSuite[] ReadCiphers(string[] names, List<string> faults)
    {
        var suites = new List<TlsCipherSuite>();
        foreach (var name in names)
        {
            if (Enum.TryParse<TlsCipherSuite>(name.Trim(), out var suite) && Enum.IsDefined(suite))
                suites.Add(suite);
            else
                faults.Add($"'{name}' is no cipher suite, such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        }
        return [.. suites];
    }

    private sealed record Found(KeystoreBook Book, TlsTerms? Terms, string? Missing);

    /// <summary>The one form or the other, by the names of the first.</summary>
    private sealed class Reader(BundleElement? xml, JsonObject? json, BundleFaults templateFaults)
    {
        private static readonly SourceSpot Nowhere = new("", 0, 0);

        internal bool AllowsWildcards => xml?.Child("CommonName")?.FlagAttribute("wildcardMatch", byDefault: false)
            ?? BundleElement.ReadFlag((json?["commonName"] as JsonObject)?["wildcardMatch"]?.ToString(), byDefault: false);

        internal bool Flag(string name) => BundleElement.ReadFlag(Text(name), byDefault: false);

        internal Template? Template(string name) => Text(name) is { } text ? Templates.Template.Parse(text, xml?.Spot ?? Nowhere, templateFaults) : null;

        internal string[] List(string name, string each) => xml is not null
            ? [.. (xml.Child(name)?.All(each) ?? []).Select(one => one.Text ?? "")]
            : Json(name) switch { JsonArray list => [.. list.Select(one => one?.ToString() ?? "")], JsonObject inner when inner[Camel(each)] is JsonArray list => [.. list.Select(one => one?.ToString() ?? "")], _ => [] };

        private string? Text(string name) => xml is not null ? xml.ChildText(name)
            : (Json(name) is JsonObject inner ? inner["value"] : Json(name))?.ToString() is { Length: > 0 } text ? text : null;

        private JsonNode? Json(string name) => json?[Camel(name)];

        private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
    }
}
