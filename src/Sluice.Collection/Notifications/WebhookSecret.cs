using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Collection.Notifications;

/// <summary>Secrets and signatures in the form of Standard Webhooks: <c>whsec_</c> and base64, HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
internal static class WebhookSecret
{
    internal const string Prefix = "whsec_";

    private const int LeastBytes = 24;
    private const int MostBytes = 64;

    internal static string New() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    internal static bool IsValid(string secret) => KeyOf(secret) is { Length: >= LeastBytes and <= MostBytes };

    /// <summary>The value of the header <c>webhook-signature</c>.</summary>
    internal static string Sign(string secret, string id, long timestampSeconds, string body)
    {
        var signed = Encoding.UTF8.GetBytes($"{id}.{timestampSeconds.ToString(CultureInfo.InvariantCulture)}.{body}");
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret)!, signed))}";
    }

    private static byte[]? KeyOf(string secret)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[Prefix.Length..], key, out var bytes) ? key[..bytes] : null;
    }
}
