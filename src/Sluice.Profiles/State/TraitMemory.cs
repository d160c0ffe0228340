namespace Sluice.Profiles.State;

/// <summary>What a profile remembers of one trait, read where it lies: on which days it was realized how often, when first and when last.</summary>
internal readonly ref struct TraitMemory
{
    private readonly ReadOnlySpan<byte> _days;

    private TraitMemory(long sid, int lastDay, int dayCount, bool isOnceADay, ReadOnlySpan<byte> days, int lastSecond, int firstSecond)
    {
        (Sid, LastDay, DayCount, IsOnceADay, LastSecond, FirstSecond) = (sid, lastDay, dayCount, isOnceADay, lastSecond, firstSecond);
        _days = days;
    }

    internal long Sid { get; }

    internal int LastDay { get; }

    /// <summary>On how many days it was realized.</summary>
    internal int DayCount { get; }

    /// <summary>Whether it never was twice on a day.</summary>
    internal bool IsOnceADay { get; }

    /// <summary>Second of the last day at which it was last realized.</summary>
    internal int LastSecond { get; }

    /// <summary>Second of the first day at which it was first realized.</summary>
    internal int FirstSecond { get; }

    /// <summary>The days with their counts, newest first.</summary>
    public DayEnumerator GetEnumerator() => new(_days, LastDay, DayCount, IsOnceADay);

    /// <summary>All realizations from one day to another, both included.</summary>
    internal long Count(int firstDay, int lastDay)
    {
        long sum = 0;
        foreach (var (day, count) in this)
        {
            if (day < firstDay)
                break;
            if (day <= lastDay)
                sum += count;
        }
        return sum;
    }

    /// <summary>Reads what is written of one trait, after its sid, and moves on behind it.</summary>
    internal static TraitMemory Read(long sid, scoped ref ReadOnlySpan<byte> from)
    {
        var lastDay = UtcDay.Unpack(Varint.Read(ref from));
        var shape = Varint.Read(ref from);
        var (dayCount, isOnceADay) = ((int)(shape >> 1), (shape & 1) == 1);
        var days = from;
        for (var left = isOnceADay ? dayCount - 1 : 2 * dayCount - 1; left > 0; left--)
            Varint.Read(ref from);
        days = days[..^from.Length];
        var lastSecond = (int)Varint.Read(ref from);
        var firstSecond = dayCount == 1 && isOnceADay ? lastSecond : (int)Varint.Read(ref from);
        return new TraitMemory(sid, lastDay, dayCount, isOnceADay, days, lastSecond, firstSecond);
    }

    /// <summary>Walks through the days of a trait.</summary>
    internal ref struct DayEnumerator
    {
        private readonly bool _isOnceADay;
        private ReadOnlySpan<byte> _days;
        private bool _hasBegun;
        private int _left;
        private int _day;

        internal DayEnumerator(ReadOnlySpan<byte> days, int lastDay, int dayCount, bool isOnceADay)
        {
            _days = days;
            (_day, _left, _isOnceADay) = (lastDay, dayCount, isOnceADay);
        }

        public (int Day, long Count) Current { get; private set; }

        public bool MoveNext()
        {
            if (_left == 0)
                return false;
            if (_hasBegun)
                _day -= (int)Varint.Read(ref _days);
            (_hasBegun, _left) = (true, _left - 1);
            Current = (_day, _isOnceADay ? 1 : (long)Varint.Read(ref _days));
            return true;
        }
    }
}
