using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Tests.Doubles;

/// <summary>An authority of the test's own, which signs certificates for this machine through an intermediate.</summary>
internal sealed class TestCertificates
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private int _serial;

    internal TestCertificates()
    {
        Root = Authority("root", null);
        Intermediate = Authority("intermediate", Root);
    }

    internal X509Certificate2 Root { get; }

    internal X509Certificate2 Intermediate { get; }

    /// <summary>A certificate for 127.0.0.1, valid for <paramref name="days"/> more days.</summary>
    internal X509Certificate2 Leaf(int days = 90, string use = "1.3.6.1.5.5.7.3.1")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        using var signed = request.Create(Intermediate, _now.AddDays(-100), _now.AddDays(days), Serial());
        return signed.CopyWithPrivateKey(key);
    }

    internal static string Pem(params X509Certificate2[] certificates) => string.Join('\n', certificates.Select(one => one.ExportCertificatePem())) + "\n";

    internal static string KeyPem(X509Certificate2 leaf)
    {
        using var key = leaf.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    internal static string EncryptedKeyPem(X509Certificate2 leaf, string password)
    {
        using var key = leaf.GetECDsaPrivateKey()!;
        return key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000)) + "\n";
    }

    private X509Certificate2 Authority(string name, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name} of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        if (issuer is null)
            return request.CreateSelfSigned(_now.AddDays(-200), _now.AddDays(200));
        using var signed = request.Create(issuer, _now.AddDays(-150), _now.AddDays(150), Serial());
        return signed.CopyWithPrivateKey(key);
    }

    private byte[] Serial() => [1, (byte)++_serial];
}
