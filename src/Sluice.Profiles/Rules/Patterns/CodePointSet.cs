using System.Globalization;
using System.Text;

namespace Sluice.Profiles.Rules.Patterns;

/// <summary>A set of Unicode characters, as Java's classes are; and how .NET, which knows only UTF-16 units, writes it.</summary>
/// <remarks>Immutable. Halves of surrogate pairs are in no complement: text holds them only in pairs.</remarks>
internal sealed class CodePointSet
{
    private const int LastUnit = 0xFFFF;
    private const int LastCodePoint = 0x10FFFF;

    // In order, apart from each other.
    private readonly (int First, int Last)[] _ranges;

    private CodePointSet((int First, int Last)[] ranges) => _ranges = ranges;

    public static CodePointSet Of(params IEnumerable<(int First, int Last)> ranges)
    {
        var joined = new List<(int First, int Last)>();
        foreach (var (first, last) in ranges.Order())
        {
            if (joined.Count > 0 && first <= joined[^1].Last + 1)
                joined[^1] = (joined[^1].First, Math.Max(joined[^1].Last, last));
            else
                joined.Add((first, last));
        }

        return new CodePointSet([.. joined]);
    }

    public static CodePointSet OfCharacters(string characters) => Of(characters.Select(c => ((int)c, (int)c)));

    public static CodePointSet Union(IEnumerable<CodePointSet> sets) => Of(sets.SelectMany(one => one._ranges));

    public CodePointSet Intersect(CodePointSet other)
    {
        var common = new List<(int, int)>();
        for (int i = 0, j = 0; i < _ranges.Length && j < other._ranges.Length;)
        {
            int first = Math.Max(_ranges[i].First, other._ranges[j].First);
            int last = Math.Min(_ranges[i].Last, other._ranges[j].Last);
            if (first <= last)
                common.Add((first, last));
            if (_ranges[i].Last < other._ranges[j].Last)
                i++;
            else
                j++;
        }

        return new CodePointSet([.. common]);
    }

    public CodePointSet Complement()
    {
        var others = new List<(int, int)>();
        int next = 0;
        foreach (var (first, last) in _ranges.Append((0xD800, 0xDFFF)).Order())
        {
            if (first > next)
                others.Add((next, first - 1));
            next = Math.Max(next, last + 1);
        }

        if (next <= LastCodePoint)
            others.Add((next, LastCodePoint));
        return new CodePointSet([.. others]);
    }

    public bool Contains(int codePoint)
    {
        int low = 0, high = _ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (codePoint < _ranges[middle].First)
                high = middle - 1;
            else if (codePoint > _ranges[middle].Last)
                low = middle + 1;
            else
                return true;
        }

        return false;
    }

    /// <summary>The set as one atom of a .NET regular expression. An empty one is an atom that is found nowhere.</summary>
    public override string ToString()
    {
        if (_ranges is [var (first, last)] && first == last && last <= LastUnit)
            return Unit(first);

        var units = new StringBuilder();
        var pairs = new StringBuilder();
        foreach (var range in _ranges)
        {
            if (range.First <= LastUnit)
                AppendUnits(units, range.First, Math.Min(range.Last, LastUnit));
            if (range.Last > LastUnit)
                AppendPairs(pairs, Math.Max(range.First, LastUnit + 1), range.Last);
        }

        if (pairs.Length == 0)
            return units.Length == 0 ? @"[^\s\S]" : $"[{units}]";
        return units.Length == 0 ? $"(?:{pairs.ToString(1, pairs.Length - 1)})" : $"(?:[{units}]{pairs})";
    }

    private static string Unit(int unit) => char.IsAsciiLetterOrDigit((char)unit)
        ? ((char)unit).ToString()
        : "\\u" + unit.ToString("X4", CultureInfo.InvariantCulture);

    private static void AppendUnits(StringBuilder units, int first, int last)
    {
        units.Append(Unit(first));
        if (last > first)
            units.Append('-').Append(Unit(last));
    }

    // A range of supplementary characters: ranges of low surrogates, one for each high one, the whole ones in the middle together.
    private static void AppendPairs(StringBuilder pairs, int first, int last)
    {
        string from = char.ConvertFromUtf32(first), to = char.ConvertFromUtf32(last);
        if (from[0] == to[0])
        {
            AppendPair(pairs, from[0], from[0], from[1], to[1]);
            return;
        }

        char firstWhole = from[1] == '\uDC00' ? from[0] : (char)(from[0] + 1);
        char lastWhole = to[1] == '\uDFFF' ? to[0] : (char)(to[0] - 1);
        if (firstWhole > from[0])
            AppendPair(pairs, from[0], from[0], from[1], '\uDFFF');
        if (firstWhole <= lastWhole)
            AppendPair(pairs, firstWhole, lastWhole, '\uDC00', '\uDFFF');
        if (lastWhole < to[0])
            AppendPair(pairs, to[0], to[0], '\uDC00', to[1]);
    }

    private static void AppendPair(StringBuilder pairs, char highFirst, char highLast, char lowFirst, char lowLast)
    {
        pairs.Append("|[");
        AppendUnits(pairs, highFirst, highLast);
        pairs.Append("][");
        AppendUnits(pairs, lowFirst, lowLast);
        pairs.Append(']');
    }
}
