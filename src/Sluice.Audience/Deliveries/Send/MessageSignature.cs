using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Audience.Deliveries.Send;

/// <summary>The header by which a partner knows that a message is ours: HMAC over the body, in base64 (contract audience.md 5.6).</summary>
internal static class MessageSignature
{
    internal const string DefaultHeader = "X-Signature";
    internal const string DefaultAlgorithm = "HMAC-SHA1"; // what partners of the original expect unless told otherwise

    internal static readonly string[] Algorithms = [DefaultAlgorithm, "HMAC-SHA256", "HMAC-MD5"];

    private const int MaxHeaderCharacters = 64;

    // Headers that mean something else to a server on the way.
    private static readonly string[] Taken =
        ["authorization", "connection", "cookie", "date", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"];

    internal static string Of(string algorithm, string key, ReadOnlySpan<byte> body)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return Convert.ToBase64String(algorithm switch
        {
#pragma warning disable CA5350, CA5351 // partners of the original check these
            "HMAC-SHA1" => HMACSHA1.HashData(bytes, body),
            "HMAC-MD5" => HMACMD5.HashData(bytes, body),
#pragma warning restore CA5350, CA5351
            "HMAC-SHA256" => HMACSHA256.HashData(bytes, body),
            _ => throw new UnreachableException(),
        });
    }

    /// <summary>Whether a header of this name can carry a signature.</summary>
    internal static bool IsHeader(string name) =>
        name.Length is > 0 and <= MaxHeaderCharacters && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
        && !name.StartsWith("content-", StringComparison.OrdinalIgnoreCase) && !Taken.Contains(name, StringComparer.OrdinalIgnoreCase);
}
