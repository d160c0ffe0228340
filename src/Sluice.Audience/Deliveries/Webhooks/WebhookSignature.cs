using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Audience.Deliveries.Webhooks;

/// <summary>Secrets and signatures of webhooks in the form of Standard Webhooks: <c>whsec_</c> and base64, HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
internal static class WebhookSignature
{
    private const string Prefix = "whsec_";
    private const int LeastBytes = 24;
    private const int MostBytes = 64;
    private const int NewBytes = 32;

    internal const string Shape = "must be whsec_ followed by 24 to 64 bytes in base64; leave it out to have one made";

    internal static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(NewBytes));

    internal static bool IsSecret(string text) => KeyOf(text) is { Length: >= LeastBytes and <= MostBytes };

    internal static string Of(string secret, string messageId, long seconds, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{messageId}.{seconds}.")), .. body];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret)!, signed))}";
    }

    private static byte[]? KeyOf(string secret)
    {
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var key = new byte[secret.Length];
        return Convert.TryFromBase64String(secret[Prefix.Length..], key, out var length) ? key[..length] : null;
    }
}
