using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Families;

/// <summary>Objects addressed by their integration code: <c>/traits/ic:{code}</c> (contract audience.md 3.3, 3.4).</summary>
internal static class CodeAddress
{
    private const string Prefix = "ic:";
    private const string EncodedSlash = "%2F"; // the one character that routing leaves encoded in a segment

    internal static bool Is(string segment) => segment.StartsWith(Prefix, StringComparison.Ordinal);

    internal static Outcome<T> Find<T>(IEnumerable<T> rows, string segment, string noun, Func<T, string?> codeOf)
        where T : Entity
    {
        var code = segment[Prefix.Length..].Replace(EncodedSlash, "/", StringComparison.OrdinalIgnoreCase);
        var found = rows.Where(row => codeOf(row) == code).Take(20).ToList();
        return found.Count switch
        {
            0 => AudienceProblem.NotFound($"{noun} with the integration code [{(code.Length > 100 ? code[..100] : code)}]"),
            1 => found[0],
            _ => AudienceProblem.Conflict("ambiguous_integration_code", $"Several have the integration code [{code}]", [.. found.Select(row => $"{noun} {row.Id}")]),
        };
    }
}
