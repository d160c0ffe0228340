using System.Globalization;
using System.Text;

namespace Sluice.Schemas.Patterns;

/// <summary>A set of Unicode scalar values, and how a .NET regular expression, which knows only UTF-16 units, writes it.</summary>
internal sealed class CodePointSet
{
    private const int LastUnit = 0xFFFF;
    private const int LastCodePoint = 0x10FFFF;

    public static readonly CodePointSet Digits = new(('0', '9'));
    public static readonly CodePointSet Words = new(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    /// <summary>ECMA-262 12.2 and 12.3: WhiteSpace and LineTerminator.</summary>
    public static readonly CodePointSet Spaces = new(
        (9, 13), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
        (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    /// <summary>What a dot does not match: LineTerminator.</summary>
    public static readonly CodePointSet LineEnds = new(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029));

    private readonly List<(int First, int Last)> _ranges;

    public CodePointSet(params (int First, int Last)[] ranges) => _ranges = [.. ranges];

    /// <summary>Unicode categories in the set, as .NET writes them.</summary>
    public List<string> Categories { get; } = [];

    /// <summary>Whether the set is complemented as a whole when it holds categories, which cannot be enumerated.</summary>
    public bool IsNegated { get; private set; }

    public void Add(int first, int last) => _ranges.Add((first, last));

    public void Add(CodePointSet other)
    {
        _ranges.AddRange(other._ranges);
        Categories.AddRange(other.Categories);
    }

    /// <summary>Everything else. Surrogates are in no set: decoded UTF-8 holds them only in pairs.</summary>
    public CodePointSet Complement()
    {
        if (Categories.Count > 0)
        {
            var negated = new CodePointSet([.. _ranges]) { IsNegated = true };
            negated.Categories.AddRange(Categories);
            return negated;
        }

        var complement = new CodePointSet();
        int next = 0;
        foreach (var (first, last) in _ranges.Append((0xD800, 0xDFFF)).Order())
        {
            if (first > next)
                complement.Add(next, first - 1);
            next = Math.Max(next, last + 1);
        }

        if (next <= LastCodePoint)
            complement.Add(next, LastCodePoint);
        return complement;
    }

    /// <summary>The set as 128 bits, when it holds nothing beyond ASCII.</summary>
    public bool TryGetAscii(out UInt128 bits)
    {
        bits = 0;
        if (Categories.Count > 0)
            return false;
        foreach (var (first, last) in _ranges)
        {
            if (last > 0x7F)
                return false;
            for (int i = first; i <= last; i++)
                bits |= UInt128.One << i;
        }

        return true;
    }

    /// <summary>The set as one atom of a .NET regular expression.</summary>
    public override string ToString()
    {
        var units = new StringBuilder();
        var pairs = new StringBuilder();
        foreach (var (first, last) in _ranges)
        {
            if (first <= LastUnit)
                units.Append(Unit(first)).Append('-').Append(Unit(Math.Min(last, LastUnit)));
            if (last > LastUnit)
                AppendPairs(pairs, Math.Max(first, LastUnit + 1), last);
        }

        units.AppendJoin("", Categories);
        if (IsNegated)
            return $"[^{units}]";
        if (pairs.Length == 0)
            return units.Length == 0 ? "(?!)" : $"[{units}]";
        return units.Length == 0 ? $"(?:{pairs.ToString(1, pairs.Length - 1)})" : $"(?:[{units}]{pairs})";
    }

    /// <summary>One UTF-16 unit, escaped.</summary>
    public static string Unit(int unit) => "\\u" + unit.ToString("X4", CultureInfo.InvariantCulture);

    // A range of supplementary code points: ranges of low surrogates, one for each high one, the whole ones in the middle together.
    private static void AppendPairs(StringBuilder pairs, int first, int last)
    {
        string from = char.ConvertFromUtf32(first), to = char.ConvertFromUtf32(last);
        if (from[0] == to[0])
        {
            AppendPair(pairs, from[0], from[0], from[1], to[1]);
            return;
        }

        AppendPair(pairs, from[0], from[0], from[1], '\uDFFF');
        if (to[0] - from[0] > 1)
            AppendPair(pairs, from[0] + 1, to[0] - 1, '\uDC00', '\uDFFF');
        AppendPair(pairs, to[0], to[0], '\uDC00', to[1]);
    }

    private static void AppendPair(StringBuilder pairs, int highFirst, int highLast, int lowFirst, int lowLast) =>
        pairs.Append($"|[{Unit(highFirst)}-{Unit(highLast)}][{Unit(lowFirst)}-{Unit(lowLast)}]");
}
