using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice.Redaction;

/// <summary>Takes the secrets out of a text that is about to be logged and leaves the rest readable.</summary>
/// <remarks>Guarantees: never throws; a text without secrets comes back as it is, the same object; what it made, it leaves alone.</remarks>
internal static partial class Redactor
{
    internal const string Mask = "***";

    // An opaque bearer token is long and has digits; "Bearer authentication" has none.
    private const int MinTokenCharacters = 16;

    // Every secret has one of these near it, and most lines have none: they cost this one search. '%' and '\u' may hide a letter of a name.
    private static readonly SearchValues<string> Hints = SearchValues.Create(
        ["secret", "password", "token", "code", "assertion", "authorization", "cookie", "eyJ", "p_", "basic", "bearer", "dpop", "%", @"\u"],
        StringComparison.OrdinalIgnoreCase);

    internal static string Redact(string text)
    {
        if (text.AsSpan().IndexOfAny(Hints) < 0)
            return text;
        text = Jwt().Replace(text, Mask);
        if (Credentials().IsMatch(text))
            text = Unless(text, Credentials().Replace(text, one => HidesSecret(one.Groups[1].ValueSpan, one.Groups[2].Value) ? $"{one.Groups[1].Value} {Mask}" : one.Value));
        return NamedSecrets.Hide(text);
    }

    private static string Unless(string same, string text) => same == text ? same : text;

    private static bool HidesSecret(ReadOnlySpan<char> scheme, string value)
    {
        if (!scheme.Equals("basic", StringComparison.OrdinalIgnoreCase))
            return value.Length >= MinTokenCharacters && value.AsSpan().ContainsAnyInRange('0', '9');
        // User and password with a colon between them, in base64 (RFC 7617 section 2); perhaps cut short by whoever logged it.
        var bytes = new byte[value.Length];
        var whole = value.TrimEnd('=');
        whole = whole[..(whole.Length / 4 * 4)];
        return Convert.TryFromBase64String(whole, bytes, out var written) && Encoding.Latin1.GetString(bytes, 0, written).Contains(':', StringComparison.Ordinal);
    }

    // RFC 7515 section 3.1: header, payload, signature; a header begins {" which is eyJ in base64url. Encrypted ones have five parts.
    [GeneratedRegex(@"eyJ[A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]+)(?:\.[A-Za-z0-9_\-]*)+", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Jwt();

    [GeneratedRegex(@"\b(Basic|Bearer|DPoP)[ ]+([A-Za-z0-9+/._~\-]{8,}=*)",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Credentials();
}
