namespace Sluice.Profiles.State;

/// <summary>Writes the traits of a profile one after the other, by sid.</summary>
internal sealed class TraitWriter(int expectedBytes)
{
    private byte[] _bytes = new byte[Math.Max(16, expectedBytes)];
    private int _length;
    private long _sid;
    private readonly List<(int Day, long Count)> _days = [];

    /// <summary>How many traits were written.</summary>
    internal int Count { get; private set; }

    internal byte[] ToArray() => _bytes.AsSpan(0, _length).ToArray();

    /// <summary>A trait as it is.</summary>
    internal void Write(TraitMemory memory)
    {
        _days.Clear();
        foreach (var day in memory)
            _days.Add(day);
        Write(memory.Sid, memory.LastSecond, memory.FirstSecond);
    }

    /// <summary>A trait that is realized for the first time.</summary>
    internal void WriteNew(long sid, long seconds)
    {
        _days.Clear();
        _days.Add((UtcDay.Of(seconds), 1));
        Write(sid, SecondOf(seconds), SecondOf(seconds));
    }

    /// <summary>A trait with one more realization; or, where they count once, with a newer one.</summary>
    internal void WriteAgain(TraitMemory memory, long seconds, bool countsOnce)
    {
        var (day, second) = (UtcDay.Of(seconds), SecondOf(seconds));
        var isNewest = day > memory.LastDay || day == memory.LastDay && second >= memory.LastSecond;
        if (countsOnce)
        {
            if (isNewest)
                WriteNew(memory.Sid, seconds);
            else
                Write(memory);
            return;
        }
        _days.Clear();
        foreach (var known in memory)
            _days.Add(known);
        var firstDay = _days[^1].Day;
        var at = _days.FindIndex(known => known.Day <= day);
        if (at >= 0 && _days[at].Day == day)
            _days[at] = (day, _days[at].Count + 1);
        else
            _days.Insert(at < 0 ? _days.Count : at, (day, 1));
        var isFirst = day < firstDay || day == firstDay && second < memory.FirstSecond;
        Write(memory.Sid, isNewest ? second : memory.LastSecond, isFirst ? second : memory.FirstSecond);
    }

    /// <summary>A trait with days of its past added, each of which ends what was over before it, as if all had come in their order.</summary>
    /// <param name="memory">As it is; a trait that is not there has no days.</param>
    /// <param name="sid">The trait.</param>
    /// <param name="past">Days to add, ascending.</param>
    /// <param name="countsOnce">Whether only the newest realization is kept.</param>
    /// <param name="endOf">The day on which the trait's realization of a day ends.</param>
    internal void WriteWithPast(TraitMemory memory, long sid, IReadOnlyList<PastDay> past, bool countsOnce, Func<long, int, int> endOf)
    {
        var days = new SortedDictionary<int, PastDay>();
        foreach (var (day, count) in memory)
            days[day] = new PastDay(day, count, UtcDay.SecondsOfDay - 1, 0);
        if (memory.DayCount > 0)
        {
            var (last, first) = (days[memory.LastDay], days.Keys.First());
            days[memory.LastDay] = last with { Last = memory.LastSecond, First = Math.Min(last.First, memory.LastSecond) };
            days[first] = days[first] with { First = memory.FirstSecond };
        }
        foreach (var one in past)
        {
            days[one.Day] = days.TryGetValue(one.Day, out var known)
                ? new PastDay(one.Day, known.Count + one.Count, Math.Min(known.First, one.First), Math.Max(known.Last, one.Last)) : one;
        }
        var kept = new List<PastDay>();
        foreach (var one in days.Values)
        {
            if (kept.Count > 0 && endOf(sid, kept[^1].Day) <= one.Day)
                kept.Clear(); // it was over by then, and began anew
            kept.Add(one);
        }
        _days.Clear();
        if (countsOnce)
        {
            _days.Add((kept[^1].Day, 1));
            Write(sid, kept[^1].Last, kept[^1].Last);
            return;
        }
        for (var at = kept.Count - 1; at >= 0; at--)
            _days.Add((kept[at].Day, kept[at].Count));
        Write(sid, kept[^1].Last, kept[0].First);
    }

    private void Write(long sid, int lastSecond, int firstSecond)
    {
        var isOnceADay = _days.TrueForAll(day => day.Count == 1);
        Add((ulong)(sid - _sid));
        Add(UtcDay.Pack(_days[0].Day));
        Add(((ulong)_days.Count << 1) | (isOnceADay ? 1UL : 0));
        for (var index = 0; index < _days.Count; index++)
        {
            if (index > 0)
                Add((ulong)(_days[index - 1].Day - _days[index].Day));
            if (!isOnceADay)
                Add((ulong)_days[index].Count);
        }
        Add((ulong)lastSecond);
        if (_days.Count > 1 || !isOnceADay)
            Add((ulong)firstSecond);
        _sid = sid;
        Count++;
    }

    private void Add(ulong value)
    {
        if (_bytes.Length - _length < Varint.MaxBytes)
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        _length += Varint.Write(_bytes.AsSpan(_length), value);
    }

    private static int SecondOf(long seconds) => (int)(seconds - (long)UtcDay.Of(seconds) * UtcDay.SecondsOfDay);
}
