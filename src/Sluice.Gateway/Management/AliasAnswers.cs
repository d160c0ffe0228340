using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Sluice.Gateway.Keystores;

namespace Sluice.Gateway.Management;

/// <summary>What is told of an alias: its certificates one by one, and whether it has a key, but never the key.</summary>
internal static class AliasAnswers
{
    internal static JsonObject Describe(KeystoreAlias alias, long nowMs)
    {
        var answer = new JsonObject
        {
            ["alias"] = alias.Name,
            ["type"] = alias.HasKey ? "KEY_CERT" : "CERT",
            ["certsInfo"] = new JsonObject
            {
                ["certName"] = alias.Name,
                ["certInfo"] = new JsonArray([.. alias.Certificates.Select(one => (JsonNode)Describe(one, nowMs))]),
            },
        };
        if (alias.HasKey)
            answer["keyName"] = alias.Name;
        return answer;
    }

    /// <summary>The subject of the first certificate that is over or not begun; null when all are valid.</summary>
    internal static string? FindInvalid(AliasContent content, long nowMs) => Array.Find(content.Certificates, one => !IsValid(one, nowMs))?.Subject;

    private static JsonObject Describe(X509Certificate2 certificate, long nowMs) => new()
    {
        ["subject"] = certificate.Subject,
        ["issuer"] = certificate.Issuer,
        ["serialNumber"] = certificate.SerialNumber,
        ["sigAlgName"] = certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value,
        ["publicKey"] = certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value,
        ["basicConstraints"] = certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is { CertificateAuthority: true } ? "CA:TRUE" : "CA:FALSE",
        ["subjectAlternativeNames"] = new JsonArray([.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(one => one.EnumerateDnsNames()).Select(one => (JsonNode)one)]),
        ["validFrom"] = Ms(certificate.NotBefore).ToString(CultureInfo.InvariantCulture),
        ["expiryDate"] = Ms(certificate.NotAfter).ToString(CultureInfo.InvariantCulture),
        ["isValid"] = IsValid(certificate, nowMs) ? "Yes" : "No",
        ["version"] = certificate.Version,
    };

    private static bool IsValid(X509Certificate2 certificate, long nowMs) => Ms(certificate.NotBefore) <= nowMs && nowMs <= Ms(certificate.NotAfter);

    private static long Ms(DateTime local) => new DateTimeOffset(local).ToUnixTimeMilliseconds();
}
