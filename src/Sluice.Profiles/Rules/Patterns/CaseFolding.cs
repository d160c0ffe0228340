using System.Text;

namespace Sluice.Profiles.Rules.Patterns;

/// <summary>What (?i) adds to a set: the other case of its ASCII letters, or, with (?u), all characters that differ from its own in case only.</summary>
internal static class CaseFolding
{
    // Found once, when a pattern first asks for it.
    private static readonly Lazy<int[][]> UnicodeCases = new(ReadUnicodeCases);

    private static readonly int[][] AsciiCases = [.. Enumerable.Range('a', 26).Select(lower => new[] { lower, lower - 'a' + 'A' })];

    public static CodePointSet Fold(CodePointSet set, PatternFlags flags)
    {
        if (!flags.HasFlag(PatternFlags.IgnoreCase))
            return set;

        var cases = flags.HasFlag(PatternFlags.UnicodeCase) ? UnicodeCases.Value : AsciiCases;
        var others = cases.Where(same => same.Any(set.Contains)).SelectMany(same => same).Select(c => (c, c));
        return CodePointSet.Union([set, CodePointSet.Of(others)]);
    }

    // Java compares the lower case of the upper case, character by character.
    private static int[][] ReadUnicodeCases()
    {
        var same = new Dictionary<int, List<int>>();
        for (int c = 0; c <= 0x10FFFF; c++)
        {
            if (!Rune.TryCreate(c, out var rune))
                continue;
            int key = Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)).Value;
            if (key == c && Rune.ToUpperInvariant(rune) == rune)
                continue;
            if (!same.TryGetValue(key, out var members))
                same[key] = members = [key];
            if (key != c)
                members.Add(c);
        }

        return [.. same.Values.Where(members => members.Count > 1).Select(members => members.ToArray())];
    }
}
