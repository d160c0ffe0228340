using System.Globalization;
using System.Text;

namespace Sluice.Profiles.Rules.Patterns;

/// <summary>A set of Unicode characters, as Java's classes are; and how .NET, which knows only UTF-16 units, writes it.</summary>
/// <remarks>Immutable. Halves of surrogate pairs are in no complement: text holds them only in pairs.</remarks>
internal sealed class CodePointSet
{
    private const int LastUnit = 0xFFFF;
    private const int LastCodePoint = 0x10FFFF;
    private const int FirstLow = 0xDC00;
    private const int LastLow = 0xDFFF;

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
    /// <param name="withPairs">Whether characters beyond U+FFFF are to be found too.</param>
    /// <param name="alternatives">How many alternatives those took: .NET takes long to compile many.</param>
    public string Write(bool withPairs, out int alternatives)
    {
        alternatives = 0;
        if (_ranges is [var (first, last)] && first == last && last <= LastUnit)
            return Unit(first);

        var units = new StringBuilder();
        foreach (var range in _ranges.TakeWhile(one => one.First <= LastUnit))
            AppendUnits(units, range.First, Math.Min(range.Last, LastUnit));
        var pairs = withPairs ? Pairs().ToList() : [];
        alternatives = pairs.Count;
        string single = units.Length == 0 ? "" : $"[{units}]";
        if (pairs.Count == 0)
            return units.Length == 0 ? @"[^\s\S]" : single;
        return $"(?:{string.Join('|', units.Length == 0 ? pairs : pairs.Prepend(single))})";
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

    // The supplementary characters as pairs of units: one alternative for all high surrogates with the same low ones.
    private IEnumerable<string> Pairs()
    {
        var lows = new SortedDictionary<int, StringBuilder>();
        foreach (var (first, last) in _ranges.Where(one => one.Last > LastUnit))
        {
            int from = Math.Max(first, LastUnit + 1);
            for (int high = High(from); high <= High(last); high++)
            {
                if (!lows.TryGetValue(high, out var low))
                    lows[high] = low = new StringBuilder();
                AppendUnits(low, high == High(from) ? Low(from) : FirstLow, high == High(last) ? Low(last) : LastLow);
            }
        }

        foreach (var same in lows.GroupBy(one => one.Value.ToString(), one => (one.Key, one.Key)))
        {
            var highs = new StringBuilder();
            foreach (var (first, last) in Of(same)._ranges)
                AppendUnits(highs, first, last);
            yield return $"[{highs}][{same.Key}]";
        }
    }

    private static int High(int codePoint) => char.ConvertFromUtf32(codePoint)[0];

    private static int Low(int codePoint) => char.ConvertFromUtf32(codePoint)[1];
}
