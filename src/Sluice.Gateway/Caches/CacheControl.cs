using System.Globalization;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Caches;

/// <summary>What a response says about being cached (contract gateway.md 1.5, 1.6).</summary>
internal static class CacheControl
{
    /// <summary>How long a response says it may be kept; null when it says nothing. Of Expires that cannot be read it is nothing at all.</summary>
    internal static TimeSpan? Lifetime(Message response, DateTimeOffset now) =>
        Seconds(response, "s-maxage") ?? Seconds(response, "max-age") ?? Expires(response, now);

    /// <summary>Whether a directive is among those of the response.</summary>
    internal static bool Has(Message response, string directive) => Find(response, directive) is not null;

    private static TimeSpan? Seconds(Message response, string directive) =>
        Find(response, directive) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue))
        : TimeSpan.Zero;

    private static TimeSpan? Expires(Message response, DateTimeOffset now) =>
        response.Headers.First("Expires") is not { } text ? null
        : DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) ? end - now
        : TimeSpan.Zero;

    /// <summary>The value of a directive, empty for one without; null when it is absent.</summary>
    private static string? Find(Message response, string directive)
    {
        foreach (var line in response.Headers.All("Cache-Control"))
        {
            var rest = line.AsSpan();
            while (!rest.IsEmpty)
            {
                var comma = HeaderText.FirstComma(rest);
                var one = (comma < 0 ? rest : rest[..comma]).Trim();
                rest = comma < 0 ? default : rest[(comma + 1)..];
                var equals = one.IndexOf('=');
                if ((equals < 0 ? one : one[..equals]).Trim().Equals(directive, StringComparison.OrdinalIgnoreCase))
                    return equals < 0 ? "" : one[(equals + 1)..].Trim().Trim('"').ToString();
            }
        }
        return null;
    }
}
