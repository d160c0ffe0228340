using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Gateway.Sealing;

namespace Sluice.Gateway.Keystores;

/// <summary>The keystores of an environment and the references to them, as they stood when they were read: keys come out of their seals when a handshake first wants them.</summary>
/// <remarks>Threading: any; it never changes. A change of keystores makes another book.</remarks>
internal sealed class KeystoreBook
{
    internal const string ReferencePrefix = "ref://";
    internal static readonly KeystoreBook Empty = new([], [], [], null);

    private readonly Dictionary<string, Keystore> _keystores = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _references = new(StringComparer.Ordinal);

    /// <param name="keystores">Names.</param>
    /// <param name="aliases">By <c>keystore/alias</c>, what <see cref="AliasContent.ToJson"/> made.</param>
    /// <param name="references">By name, what management keeps.</param>
    /// <param name="sealer">Opens the keys.</param>
    internal KeystoreBook(IEnumerable<string> keystores, IEnumerable<(string Name, JsonObject Body)> aliases, IEnumerable<(string Name, JsonObject Body)> references, Sealer? sealer)
    {
        foreach (var name in keystores)
            _keystores[name] = new Keystore(name);
        foreach (var (name, body) in aliases)
        {
            var slash = name.IndexOf('/', StringComparison.Ordinal);
            _keystores.GetValueOrDefault(name[..slash])?.Add(new KeystoreAlias(name[..slash], name[(slash + 1)..], body, sealer));
        }
        foreach (var (name, body) in references)
            _references[name] = body["refers"]!.ToString();
    }

    /// <summary>The keystore of a name, or of a reference (<c>ref://name</c>); null when there is none.</summary>
    internal Keystore? Find(string name) => name.StartsWith(ReferencePrefix, StringComparison.Ordinal)
        ? _references.TryGetValue(name[ReferencePrefix.Length..], out var refers) ? _keystores.GetValueOrDefault(refers) : null
        : _keystores.GetValueOrDefault(name);

    internal IEnumerable<string> Names => _keystores.Keys.Order(StringComparer.Ordinal);

    /// <summary>A reference that leads to the keystore; null for none.</summary>
    internal string? FindReferenceTo(string keystore) => _references.FirstOrDefault(one => one.Value == keystore).Key;
}

/// <summary>A keystore: aliases with keys, by which the gateway shows who it is; aliases of certificates alone make it a truststore.</summary>
internal sealed class Keystore(string name)
{
    private readonly SortedDictionary<string, KeystoreAlias> _aliases = new(StringComparer.Ordinal);

    internal string Name => name;

    internal IReadOnlyCollection<KeystoreAlias> Aliases => _aliases.Values;

    internal KeystoreAlias? Find(string alias) => _aliases.GetValueOrDefault(alias);

    internal void Add(KeystoreAlias alias) => _aliases[alias.Name] = alias;

    /// <summary>The certificates of aliases without keys, whom a target that shows one of them, or one signed by them, is believed by.</summary>
    internal X509Certificate2[] Trusted() => [.. _aliases.Values.Where(one => !one.HasKey).SelectMany(one => one.Certificates)];
}

/// <summary>One alias of a keystore: a certificate with what stands behind it, and its key where it has one.</summary>
internal sealed class KeystoreAlias(string keystore, string name, JsonObject body, Sealer? sealer)
{
    private readonly Lazy<X509Certificate2[]> _certificates = new(() => AliasContent.ReadCertificates(body["certificates"]!.ToString()) ?? []);
    private readonly Lock _gate = new();
    private SslStreamCertificateContext? _context;

    internal string Name => name;

    internal bool HasKey => body["key"] is not null;

    /// <summary>As they were given, the alias's own first.</summary>
    internal string Pem => body["certificates"]!.ToString();

    internal X509Certificate2[] Certificates => _certificates.Value;

    /// <summary>What a handshake shows; null where there is no key, or its seal does not open.</summary>
    internal SslStreamCertificateContext? Open()
    {
        lock (_gate)
            return _context ??= OpenSealed();
    }

    /// <summary>What is kept of it with other certificates: its key as it was sealed.</summary>
    internal JsonObject WithCertificates(AliasContent content)
    {
        var changed = (JsonObject)body.DeepClone();
        changed["certificates"] = content.Pem;
        return changed;
    }

    /// <summary>What a sealed key belongs to.</summary>
    internal static byte[] BelongsTo(string keystore, string alias) => Encoding.UTF8.GetBytes($"alias\0{keystore}\0{alias}");

    private SslStreamCertificateContext? OpenSealed()
    {
        if (!HasKey || Certificates is not [var leaf, ..] || sealer?.TryOpen(Convert.FromBase64String(body["key"]!.ToString()), BelongsTo(keystore, name)) is not { } key)
            return null;
        try
        {
            using var plain = AliasContent.WithKey(leaf, key);
            // Through PKCS12: a key that lives in memory alone cannot be used for TLS everywhere.
            var whole = X509CertificateLoader.LoadPkcs12(plain.Export(X509ContentType.Pfx), null);
            return SslStreamCertificateContext.Create(whole, [.. Certificates.Skip(1)], offline: true);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
