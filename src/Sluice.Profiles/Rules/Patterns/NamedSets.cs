using System.Globalization;

namespace Sluice.Profiles.Rules.Patterns;

/// <summary>The sets that Java has escapes and names for: \d and its like, the POSIX classes, the Unicode categories.</summary>
internal static class NamedSets
{
    public static readonly CodePointSet Digits = CodePointSet.Of(('0', '9'));

    /// <summary>What a dot does not match; with the flag d, only the line feed.</summary>
    public static readonly CodePointSet LineEnds = CodePointSet.OfCharacters("\n\r\u0085\u2028\u2029");

    public static readonly CodePointSet LineFeed = CodePointSet.OfCharacters("\n");

    public static readonly CodePointSet All = CodePointSet.Of().Complement();

    private static readonly CodePointSet Words = CodePointSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));
    private static readonly CodePointSet Spaces = CodePointSet.Of((9, 13), (' ', ' '));
    private static readonly CodePointSet VerticalSpaces = CodePointSet.Of((10, 13), (0x85, 0x85), (0x2028, 0x2029));
    private static readonly CodePointSet Alpha = CodePointSet.Of(('A', 'Z'), ('a', 'z'));
    private static readonly CodePointSet Punctuation = CodePointSet.Of(('!', '/'), (':', '@'), ('[', '`'), ('{', '~'));

    private static readonly CodePointSet HorizontalSpaces = CodePointSet.Of(
        (9, 9), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x180E, 0x180E), (0x2000, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000));

    // A table of all characters: made when a pattern first asks for a category.
    private static readonly Lazy<CodePointSet[]> Categories = new(ReadCategories);

    private static readonly string[] CategoryNames =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "Sm", "Sc", "Sk", "So", "Cn",
    ];

    /// <summary>The set of an escape of one letter; null when the letter names none.</summary>
    public static CodePointSet? OfLetter(char letter) => letter switch
    {
        'd' => Digits,
        'w' => Words,
        's' => Spaces,
        'h' => HorizontalSpaces,
        'v' => VerticalSpaces,
        'D' or 'W' or 'S' or 'H' or 'V' => OfLetter(char.ToLowerInvariant(letter))!.Complement(),
        _ => null,
    };

    /// <summary>The set that \p{name} means; null when it is not supported or none of Java's.</summary>
    public static CodePointSet? OfName(string name)
    {
        int sign = name.IndexOf('=');
        if (sign >= 0)
            return name[..sign].ToLowerInvariant() is "gc" or "general_category" ? OfCategory(name[(sign + 1)..]) : null;
        if (name.StartsWith("Is", StringComparison.Ordinal))
            return OfProperty(name[2..].ToUpperInvariant()) ?? OfCategory(name[2..]);
        return OfPosixName(name) ?? OfCategory(name);
    }

    private static CodePointSet? OfPosixName(string name) => name switch
    {
        "Lower" => CodePointSet.Of(('a', 'z')),
        "Upper" => CodePointSet.Of(('A', 'Z')),
        "ASCII" => CodePointSet.Of((0, 0x7F)),
        "Alpha" => Alpha,
        "Digit" => Digits,
        "Alnum" => CodePointSet.Union([Alpha, Digits]),
        "Punct" => Punctuation,
        "Graph" => CodePointSet.Of(('!', '~')),
        "Print" => CodePointSet.Of((' ', '~')),
        "Blank" => CodePointSet.OfCharacters(" \t"),
        "Cntrl" => CodePointSet.Of((0, 0x1F), (0x7F, 0x7F)),
        "XDigit" => CodePointSet.Of(('0', '9'), ('A', 'F'), ('a', 'f')),
        "Space" => Spaces,
        _ => null,
    };

    // The binary properties that are exactly a set of categories, in upper case, since Java takes them in any.
    private static CodePointSet? OfProperty(string name) => name switch
    {
        "LETTER" => OfCategory("L"),
        "TITLECASE" => OfCategory("Lt"),
        "PUNCTUATION" => OfCategory("P"),
        "CONTROL" => OfCategory("Cc"),
        "DIGIT" => OfCategory("Nd"),
        "ASSIGNED" => OfCategory("Cn")!.Complement(),
        "WHITE_SPACE" or "WHITESPACE" => CodePointSet.Union([OfCategory("Z")!, CodePointSet.Of((9, 13), (0x85, 0x85))]),
        _ => null,
    };

    private static CodePointSet? OfCategory(string name)
    {
        switch (name)
        {
            case "LC": return CodePointSet.Union([OfCategory("Lu")!, OfCategory("Ll")!, OfCategory("Lt")!]);
            case "LD": return CodePointSet.Union([OfCategory("L")!, OfCategory("Nd")!]);
            case "L1": return CodePointSet.Of((0, 0xFF));
            case "all": return All;
        }

        var members = Enumerable.Range(0, CategoryNames.Length)
            .Where(i => CategoryNames[i] == name || (name.Length == 1 && CategoryNames[i][0] == name[0])).ToList();
        return members.Count == 0 ? null : CodePointSet.Union(members.Select(i => Categories.Value[i]));
    }

    private static CodePointSet[] ReadCategories()
    {
        var ranges = CategoryNames.Select(_ => new List<(int First, int Last)>()).ToArray();
        for (int c = 0; c <= 0x10FFFF; c++)
        {
            var of = ranges[(int)CharUnicodeInfo.GetUnicodeCategory(c)];
            if (of.Count > 0 && of[^1].Last == c - 1)
                of[^1] = (of[^1].First, c);
            else
                of.Add((c, c));
        }

        ranges[(int)UnicodeCategory.Surrogate].Clear();
        return Array.ConvertAll(ranges, one => CodePointSet.Of(one));
    }
}
