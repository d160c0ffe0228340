using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Audience.Events.Answers;

/// <summary>Fills the macros of a destination's URL (contract audience.md 5.6). The URL stays the operator's: what is filled in is percent-encoded.</summary>
internal static class UrlMacros
{
    private const string DataSourceMacro = "%dpid_";

    /// <summary>The URL for a page of either protocol.</summary>
    /// <param name="format">The operator's URL.</param>
    /// <param name="alias">What stands for <c>%ALIAS%</c>, encoded already.</param>
    /// <param name="isSecure">Which protocol <c>%http_proto%</c> is.</param>
    /// <param name="visit">Who is there.</param>
    internal static string Fill(string format, string alias, bool isSecure, Visit visit)
    {
        var url = new StringBuilder(format.Length + alias.Length);
        var host = EndOfHost(format);
        for (var at = 0; at < format.Length;)
        {
            var (bytes, value, isVisitors) = Macro(format.AsSpan(at), alias, isSecure, visit);
            if (bytes == 0)
            {
                url.Append(format[at++]);
                continue;
            }
            // A visitor's word, even encoded, must not say which host is called.
            if (!isVisitors || at >= host)
                url.Append(value);
            at += bytes;
        }
        return url.ToString();
    }

    /// <summary>The macro that a text begins with, its value, and whether visitors choose that; a length of 0 when it begins with none.</summary>
    private static (int Length, string Value, bool IsVisitors) Macro(ReadOnlySpan<char> text, string alias, bool isSecure, Visit visit)
    {
        if (text[0] is not ('%' or '$'))
            return default;
        if (Starts(text, "%alias%"))
            return ("%alias%".Length, alias, false);
        if (Starts(text, "%did%"))
            return ("%did%".Length, visit.Uuid, false);
        if (Starts(text, "%mcid%"))
            return ("%mcid%".Length, visit.Mid, false);
        if (Starts(text, "%http_proto%"))
            return ("%http_proto%".Length, isSecure ? "https" : "http", false);
        if (Starts(text, "%region%"))
            return ("%region%".Length, visit.Region.ToString(CultureInfo.InvariantCulture), false);
        if (Starts(text, "%rnd%"))
            return ("%rnd%".Length, RandomNumberGenerator.GetInt32(int.MaxValue).ToString(CultureInfo.InvariantCulture), false);
        if (Starts(text, "%timestamp%"))
            return ("%timestamp%".Length, visit.Now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), false);
        if (Starts(text, "${GDPR}"))
            return ("${GDPR}".Length, Uri.EscapeDataString(visit.Gdpr), true);
        if (Number(text, "${GDPR_CONSENT_", '}') is { Length: > 0 } consent)
            return (consent.Length, Uri.EscapeDataString(visit.Consent), true);
        return Number(text, DataSourceMacro, '%') is { Length: > 0 } source
            ? (source.Length, Uri.EscapeDataString(visit.Ids.FirstOrDefault(one => one.DataSource == source.Number).Value ?? ""), true)
            : default;
    }

    private static (int Length, long Number) Number(ReadOnlySpan<char> text, string before, char after)
    {
        if (!Starts(text, before))
            return default;
        var digits = text[before.Length..];
        var end = digits.IndexOf(after);
        return end > 0 && long.TryParse(digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (before.Length + end + 1, number) : default;
    }

    private static bool Starts(ReadOnlySpan<char> text, string macro) => text.StartsWith(macro, StringComparison.OrdinalIgnoreCase);

    private static int EndOfHost(string format)
    {
        var slashes = format.IndexOf("://", StringComparison.Ordinal);
        var end = slashes < 0 ? -1 : format.AsSpan(slashes + 3).IndexOfAny('/', '?', '#');
        return end < 0 ? format.Length : slashes + 3 + end;
    }
}
