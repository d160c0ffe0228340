using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sluice.Tls;

/// <summary>A certificate with its key and chain, opened and ready to be shown to clients; never changed afterwards.</summary>
/// <remarks>It is not disposed when another takes its place: handshakes under way hold it, and the collector frees it after them.</remarks>
internal sealed class ServerCertificate
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280 section 4.2.1.12: id-kp-serverAuth
    private const byte DerSequence = 0x30; // how a PFX begins; PEM is text

    private ServerCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        Leaf = leaf;
        // Offline: what is sent is what the file holds, and no start waits for downloads of somebody's intermediates.
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    internal X509Certificate2 Leaf { get; }

    internal SslStreamCertificateContext Context { get; }

    internal DateTimeOffset ValidUntil => Leaf.NotAfter;

    /// <exception cref="CertificateFaultException">It cannot be opened, or its key is missing or another's.</exception>
    internal static ServerCertificate Open(CertificateContent content, TlsSettings settings)
    {
        var chain = new X509Certificate2Collection();
        var leaf = content.Certificate is [DerSequence, ..] ? OpenPfx(content, settings, chain) : OpenPem(content, settings, chain);
        if (leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } usage
            && usage.EnhancedKeyUsages.Cast<Oid>().All(use => use.Value != ServerAuthentication))
            throw new CertificateFaultException($"Tls:Certificate: the certificate in {settings.Certificate} is not for servers (its extended key usage leaves them out)");
        return new ServerCertificate(leaf, chain);
    }

    private static X509Certificate2 OpenPfx(CertificateContent content, TlsSettings settings, X509Certificate2Collection chain)
    {
        if (settings.Key is not null)
            throw new CertificateFaultException($"Tls:Key is set, but {settings.Certificate} of Tls:Certificate is a PFX file, which holds its key itself");
        try
        {
            chain.AddRange(X509CertificateLoader.LoadPkcs12Collection(content.Certificate, content.Password));
        }
        catch (CryptographicException failure)
        {
            throw new CertificateFaultException(
                $"Tls:Certificate: the file {settings.Certificate} is neither PEM nor a PFX that opens with the given password ({failure.Message})", failure);
        }
        return chain.FirstOrDefault(one => one.HasPrivateKey)
            ?? throw new CertificateFaultException($"Tls:Certificate: the file {settings.Certificate} is a PFX without a private key");
    }

    private static X509Certificate2 OpenPem(CertificateContent content, TlsSettings settings, X509Certificate2Collection chain)
    {
        var certificates = Encoding.UTF8.GetString(content.Certificate);
        try
        {
            chain.ImportFromPem(certificates);
        }
        catch (CryptographicException failure)
        {
            throw new CertificateFaultException($"Tls:Certificate: the file {settings.Certificate} holds a damaged certificate: {failure.Message}", failure);
        }
        if (chain.Count == 0)
            throw new CertificateFaultException($"Tls:Certificate: the file {settings.Certificate} holds no certificate, neither as PEM nor as PFX");

        var key = content.Key is null ? certificates : Encoding.UTF8.GetString(content.Key);
        var (keySetting, keyFile) = content.Key is null ? ("Tls:Certificate", settings.Certificate) : ("Tls:Key", settings.Key);
        try
        {
            var leaf = key.Contains("ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
                ? X509Certificate2.CreateFromEncryptedPem(certificates, key, content.Password)
                : X509Certificate2.CreateFromPem(certificates, key);
            return OperatingSystem.IsWindows() ? WithStoredKey(leaf) : leaf;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new CertificateFaultException(
                $"{keySetting}: the file {keyFile} holds no private key that fits the first certificate in {settings.Certificate} "
                + $"and opens with the given password ({failure.Message})", failure);
        }
    }

    // The TLS of Windows runs in another process, which cannot use a key that lives in this one's memory only.
    private static X509Certificate2 WithStoredKey(X509Certificate2 leaf)
    {
        using (leaf)
            return X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pfx), null);
    }
}
