using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Audience.Events.Answers;

/// <summary>Fills the macros of a destination's URL (contract audience.md 5.6). The URL stays the operator's: what is filled in is percent-encoded, and a URL with a macro in its host is not taken when it is saved.</summary>
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
        for (var at = 0; at < format.Length;)
        {
            var (length, value) = Macro(format.AsSpan(at), alias, isSecure, visit);
            if (length == 0)
                url.Append(format[at++]);
            else
                url.Append(value);
            at += length;
        }
        return url.ToString();
    }

    /// <summary>The macro that a text begins with, and its value; a length of 0 when it begins with none.</summary>
    private static (int Length, string Value) Macro(ReadOnlySpan<char> text, string alias, bool isSecure, Visit visit)
    {
        if (text[0] is not ('%' or '$'))
            return default;
        if (Starts(text, "%alias%"))
            return ("%alias%".Length, alias);
        if (Starts(text, "%did%"))
            return ("%did%".Length, visit.Uuid);
        if (Starts(text, "%mcid%"))
            return ("%mcid%".Length, visit.Mid);
        if (Starts(text, "%http_proto%"))
            return ("%http_proto%".Length, isSecure ? "https" : "http");
        if (Starts(text, "%region%"))
            return ("%region%".Length, visit.Region.ToString(CultureInfo.InvariantCulture));
        if (Starts(text, "%rnd%"))
            return ("%rnd%".Length, RandomNumberGenerator.GetInt32(int.MaxValue).ToString(CultureInfo.InvariantCulture));
        if (Starts(text, "%timestamp%"))
            return ("%timestamp%".Length, visit.Now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        if (Starts(text, "${GDPR}"))
            return ("${GDPR}".Length, Uri.EscapeDataString(visit.Gdpr));
        if (Number(text, "${GDPR_CONSENT_", '}') is { Length: > 0 } consent)
            return (consent.Length, Uri.EscapeDataString(visit.Consent));
        return Number(text, DataSourceMacro, '%') is { Length: > 0 } source
            ? (source.Length, Uri.EscapeDataString(visit.Ids.FirstOrDefault(one => one.DataSource == source.Number).Value ?? ""))
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
}
