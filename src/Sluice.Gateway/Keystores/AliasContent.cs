using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Sluice.Gateway.Sealing;

namespace Sluice.Gateway.Keystores;

/// <summary>What a client gave to be kept under an alias, read and found to fit: certificates, and the key of the first.</summary>
/// <param name="Certificates">The alias's own first.</param>
/// <param name="Key">PKCS8; null for a certificate that is trusted and not shown.</param>
internal sealed record AliasContent(X509Certificate2[] Certificates, byte[]? Key)
{
    private const int MostCertificates = 20;

    internal string Pem => string.Join('\n', Certificates.Select(one => one.ExportCertificatePem()));

    /// <summary>Reads PEM, or says what is wrong with it.</summary>
    internal static AliasContent? FromPem(string certificates, string? key, string? password, out string? fault)
    {
        fault = null;
        if (ReadCertificates(certificates) is not { Length: > 0 and <= MostCertificates } all)
            fault = $"certFile is to hold 1 to {MostCertificates} certificates as PEM";
        else if (key is null)
            return new AliasContent(all, null);
        else if (ReadKey(all[0], key, password) is not { } pkcs8)
            fault = "keyFile holds no private key as PEM that fits the first certificate and opens with the given password";
        else
            return new AliasContent(all, pkcs8);
        return null;
    }

    /// <summary>Reads a PKCS12 archive with one key, or says what is wrong with it.</summary>
    internal static AliasContent? FromPkcs12(byte[] archive, string? password, out string? fault)
    {
        fault = null;
        try
        {
            var all = X509CertificateLoader.LoadPkcs12Collection(archive, password, X509KeyStorageFlags.Exportable | X509KeyStorageFlags.EphemeralKeySet);
            if (all.Count is > 0 and <= MostCertificates && all.Where(one => one.HasPrivateKey).ToArray() is [var own] && Pkcs8Of(own) is { } key)
                return new AliasContent([own, .. InOrder(own, all)], key);
            fault = $"file is to hold one private key, and 1 to {MostCertificates} certificates";
        }
        catch (CryptographicException)
        {
            fault = "file is no PKCS12 archive that opens with the given password";
        }
        return null;
    }

    /// <summary>PEM certificates; null where one is damaged.</summary>
    internal static X509Certificate2[]? ReadCertificates(string pem)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(pem);
            return [.. all];
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The certificate with its key, of whichever kind that is.</summary>
    internal static X509Certificate2 WithKey(X509Certificate2 certificate, byte[] pkcs8)
    {
        if (certificate.GetRSAPublicKey() is { } rsaPublic)
        {
            rsaPublic.Dispose();
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(pkcs8, out _);
            return certificate.CopyWithPrivateKey(rsa);
        }
        using var ec = ECDsa.Create();
        ec.ImportPkcs8PrivateKey(pkcs8, out _);
        return certificate.CopyWithPrivateKey(ec);
    }

    /// <summary>What is kept: the key is sealed, and bound to where it stands.</summary>
    internal JsonObject ToJson(string keystore, string alias, Sealer sealer)
    {
        var body = new JsonObject { ["certificates"] = Pem };
        if (Key is not null)
            body["key"] = Convert.ToBase64String(sealer.Seal(Key, KeystoreAlias.BelongsTo(keystore, alias)));
        return body;
    }

    private static byte[]? ReadKey(X509Certificate2 leaf, string key, string? password)
    {
        try
        {
            using var whole = key.Contains("ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
                ? X509Certificate2.CreateFromEncryptedPem(leaf.ExportCertificatePem(), key, password)
                : X509Certificate2.CreateFromPem(leaf.ExportCertificatePem(), key);
            return Pkcs8Of(whole);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private static byte[]? Pkcs8Of(X509Certificate2 whole)
    {
        using var rsa = whole.GetRSAPrivateKey();
        using var ec = whole.GetECDsaPrivateKey();
        return rsa is not null ? Pkcs8Of(rsa) : ec is not null ? Pkcs8Of(ec) : null;
    }

    // Keys of an archive may be bound not to leave in clear; through a password they do.
    private static byte[] Pkcs8Of(AsymmetricAlgorithm key)
    {
        const string Passing = "passing";
        var sealedKey = key.ExportEncryptedPkcs8PrivateKey(Passing, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1));
        using AsymmetricAlgorithm copy = key is RSA ? RSA.Create() : ECDsa.Create();
        copy.ImportEncryptedPkcs8PrivateKey(Passing, sealedKey, out _);
        return copy.ExportPkcs8PrivateKey();
    }

    // Each behind the one it signed; what is no part of the chain is left out.
    private static IEnumerable<X509Certificate2> InOrder(X509Certificate2 own, X509Certificate2Collection all)
    {
        for (var (at, left) = (own, all.Count); left > 0 && at.Subject != at.Issuer; left--)
        {
            if (all.FirstOrDefault(one => one.Subject == at.Issuer && one != at) is not { } issuer)
                yield break;
            yield return at = issuer;
        }
    }
}
