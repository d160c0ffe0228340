using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Tests.Doubles;

/// <summary>Makes JWTs as clients do, and as attackers do; by hand, so that nothing is made right that a test wants wrong.</summary>
public sealed class TestJwt : IDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);

    public string PublicKeyPem => _rsa.ExportSubjectPublicKeyInfoPem();

    public string CertificatePem
    {
        get
        {
            var request = new CertificateRequest("CN=integration", _rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
            return certificate.ExportCertificatePem();
        }
    }

    /// <summary>Signs claims with RS256.</summary>
    public string Sign(JsonObject claims, JsonObject? head = null)
    {
        var text = Bare(head ?? new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT" }, claims);
        return text + "." + Base64Url.EncodeToString(_rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    /// <summary>Signs with the public key as an HMAC secret, as attackers do to a server that believes the head.</summary>
    public string SignWithPublicKeyAsSecret(JsonObject claims)
    {
        var text = Bare(new JsonObject { ["alg"] = "HS256", ["typ"] = "JWT" }, claims);
        return text + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.ASCII.GetBytes(PublicKeyPem), Encoding.ASCII.GetBytes(text)));
    }

    /// <summary>Head and claims without a signature.</summary>
    public static string Bare(JsonObject head, JsonObject claims) => Encode(head) + "." + Encode(claims);

    /// <summary>The claims of a token.</summary>
    public static JsonObject ClaimsOf(string token) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();

    public static JsonObject HeadOf(string token) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[0]))!.AsObject();

    public void Dispose() => _rsa.Dispose();

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
