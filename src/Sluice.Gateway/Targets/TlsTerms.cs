using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Gateway.Targets;

/// <summary>What holds of handshakes with a target, all names looked up: what the gateway shows, whom it believes, and what it speaks. Terms with the same fingerprint share connections.</summary>
internal sealed class TlsTerms(TargetTls said, SslStreamCertificateContext? own, X509Certificate2[]? trusted, string? commonName) : IEquatable<TlsTerms>
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280 section 4.2.1.12: id-kp-serverAuth

    private readonly string _fingerprint = string.Join(
        '\n', own?.TargetCertificate.GetCertHashString(HashAlgorithmName.SHA256), trusted is null ? "-" : string.Join(' ', trusted.Select(one => one.GetCertHashString(HashAlgorithmName.SHA256))),
        commonName, said.Fingerprint);

    internal void UseOn(SslClientAuthenticationOptions handshake)
    {
        handshake.EnabledSslProtocols = said.Protocols;
        if (own is not null)
            handshake.ClientCertificateContext = own;
        if (said.Ciphers is { Length: > 0 } ciphers && !OperatingSystem.IsWindows() && !OperatingSystem.IsAndroid())
            handshake.CipherSuitesPolicy = new CipherSuitesPolicy(ciphers);
        handshake.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Accepts(certificate as X509Certificate2, chain, errors);
    }

    public bool Equals(TlsTerms? other) => other is not null && other._fingerprint == _fingerprint;

    public override bool Equals(object? obj) => Equals(obj as TlsTerms);

    public override int GetHashCode() => _fingerprint.GetHashCode(StringComparison.Ordinal);

    private bool Accepts(X509Certificate2? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (shown is null)
            throw new AuthenticationException("the target shows no certificate");
        if (said.IgnoresErrors)
            return true;
        if (commonName is null ? errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) : !IsNamed(shown, commonName))
            throw new AuthenticationException("the target's certificate is of another name");
        if (trusted is null ? errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) : !IsTrusted(shown, chain))
            throw new AuthenticationException("the target's certificate is not trusted, or not valid now");
        return true;
    }

    // CommonName may be that of the certificate itself, which need not be a host's.
    private bool IsNamed(X509Certificate2 shown, string name) =>
        name.Equals(shown.GetNameInfo(X509NameType.SimpleName, false), StringComparison.OrdinalIgnoreCase)
        || (Uri.CheckHostName(name) != UriHostNameType.Unknown && shown.MatchesHostname(name, allowWildcards: said.AllowsWildcards));

    // Whoever signed a certificate of the truststore does not matter: what stands there is believed, wherever in the chain it comes.
    private bool IsTrusted(X509Certificate2 shown, X509Chain? sent)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(trusted!);
        policy.ExtraStore.AddRange(trusted!);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (sent is not null)
            policy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(shown) && chain.ChainElements.Any(element => Array.Exists(trusted!, one => one.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span)));
    }
}
