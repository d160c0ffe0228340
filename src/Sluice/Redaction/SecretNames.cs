using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Sluice.Redaction;

/// <summary>How much of what follows a name must not be logged.</summary>
internal enum Secrecy
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The value, where the name is that of a field; in prose the name is an everyday word.</summary>
    Field,

    /// <summary>The value, also in prose: nobody uses such a name but for the secret.</summary>
    Value,

    /// <summary>The rest of the line: the name of a header.</summary>
    Line,
}

/// <summary>The names whose values are secrets, in forms, queries, JSON, headers and the parameters of log messages.</summary>
internal static class SecretNames
{
    /// <summary>Private signals carry personal data in queries; their names begin so.</summary>
    private const string PrivateSignal = "p_";

    private static readonly FrozenDictionary<string, Secrecy> Known = new Dictionary<string, Secrecy>
    {
        ["token"] = Secrecy.Field,
        ["code"] = Secrecy.Field,
        ["secret"] = Secrecy.Field,
        ["assertion"] = Secrecy.Field,
        ["password"] = Secrecy.Value,
        ["oldPassword"] = Secrecy.Value,
        ["newPassword"] = Secrecy.Value,
        ["client_secret"] = Secrecy.Value,
        ["clientSecret"] = Secrecy.Value,
        ["refresh_token"] = Secrecy.Value,
        ["refreshToken"] = Secrecy.Value,
        ["access_token"] = Secrecy.Value,
        ["accessToken"] = Secrecy.Value,
        ["id_token"] = Secrecy.Value,
        ["jwt_token"] = Secrecy.Value,
        ["jwtToken"] = Secrecy.Value,
        ["code_verifier"] = Secrecy.Value,
        ["codeVerifier"] = Secrecy.Value,
        ["client_assertion"] = Secrecy.Value,
        ["clientAssertion"] = Secrecy.Value,
        ["authorization"] = Secrecy.Line,
        ["cookie"] = Secrecy.Line,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, Secrecy>.AlternateLookup<ReadOnlySpan<char>> BySpan = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// What the name in front of a value asks for: its last word counts (<c>Set-Cookie</c>, <c>%26code</c>), its first
    /// (<c>token[]</c>), and whether it begins like a private signal.
    /// </summary>
    internal static Secrecy Of(ReadOnlySpan<char> name)
    {
        var plain = name.Contains('%') ? Uri.UnescapeDataString(name) : name;
        if (plain.Contains(@"\u", StringComparison.Ordinal))
            plain = WithoutEscapes(plain);
        plain = plain[(plain.LastIndexOfAny("?&;\"'") + 1)..];
        if (plain.StartsWith(PrivateSignal, StringComparison.OrdinalIgnoreCase))
            return Secrecy.Field;
        var end = plain.Length;
        while (end > 0 && !IsWord(plain[end - 1]))
            end--;
        var last = end;
        while (last > 0 && IsWord(plain[last - 1]))
            last--;
        var first = 0;
        while (first < plain.Length && IsWord(plain[first]))
            first++;
        var secrecy = Find(plain[last..end]);
        return secrecy != Secrecy.None ? secrecy : Find(plain[..first]);
    }

    // JSON may write any character of a name as \uXXXX, and does so with the & and the quotation mark before it.
    private static string WithoutEscapes(ReadOnlySpan<char> name)
    {
        var plain = new StringBuilder(name.Length);
        for (var at = 0; at < name.Length; at++)
        {
            if (name[at..] is ['\\', 'u', _, _, _, _, ..] && ushort.TryParse(name.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var one))
            {
                plain.Append((char)one);
                at += 5;
            }
            else
            {
                plain.Append(name[at]);
            }
        }
        return plain.ToString();
    }

    private static Secrecy Find(ReadOnlySpan<char> word) => BySpan.TryGetValue(word, out var secrecy) ? secrecy : Secrecy.None;

    private static bool IsWord(char one) => char.IsAsciiLetterOrDigit(one) || one == '_';
}
