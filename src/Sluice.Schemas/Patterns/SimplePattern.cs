namespace Sluice.Schemas.Patterns;

/// <summary>One step of a simple pattern: so many characters of a set of ASCII characters.</summary>
/// <param name="IsOnce">Whether no quantifier has been read.</param>
internal readonly record struct SimpleItem(UInt128 Set, int Min, int Max, bool IsOnce);

/// <summary>
/// A pattern of the form ^ set{n,m} set{n,m} … $ over ASCII, matched on bytes without decoding and without going back.
/// </summary>
internal sealed class SimplePattern
{
    private readonly Step[] _steps;

    private SimplePattern(IEnumerable<SimpleItem> items) => _steps = [.. items.Select(item => new Step(item))];

    /// <summary>Creates the matcher; null when taking as many characters as possible at each step could miss a match.</summary>
    public static SimplePattern? TryCreate(IReadOnlyList<SimpleItem> items)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].Min == items[i].Max)
                continue;

            // What may follow must not begin with what this step takes.
            for (int next = i + 1; next < items.Count; next++)
            {
                if ((items[i].Set & items[next].Set) != 0)
                    return null;
                if (items[next].Min > 0)
                    break;
            }
        }

        return new SimplePattern(items);
    }

    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        int at = 0;
        foreach (var step in _steps)
        {
            int start = at;
            while ((uint)at < (uint)text.Length && at - start < step.Max && step.Takes(text[at]))
                at++;
            if (at - start < step.Min)
                return false;
        }

        return at == text.Length;
    }

    private sealed class Step(SimpleItem item)
    {
        private readonly ulong _low = (ulong)item.Set;
        private readonly ulong _high = (ulong)(item.Set >> 64);

        public int Min => item.Min;

        public int Max => item.Max;

        public bool Takes(byte b) => b < 0x80 && ((b < 64 ? _low : _high) >> (b & 63) & 1) != 0;
    }
}
