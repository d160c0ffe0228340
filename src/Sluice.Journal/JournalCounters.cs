namespace Sluice.Journal;

/// <summary>What the writer counts since the journal was opened. One thread writes, any reads.</summary>
internal sealed class JournalCounters
{
    private long _appends;
    private long _records;
    private long _bytes;
    private long _groups;

    internal long Appends => Volatile.Read(ref _appends);

    internal long Records => Volatile.Read(ref _records);

    internal long Bytes => Volatile.Read(ref _bytes);

    internal long Groups => Volatile.Read(ref _groups);

    internal void Flushed(int appends, int records, int bytes)
    {
        Volatile.Write(ref _appends, _appends + appends);
        Volatile.Write(ref _records, _records + records);
        Volatile.Write(ref _bytes, _bytes + bytes);
        Volatile.Write(ref _groups, _groups + 1);
    }
}

/// <summary>What the writer, the queue and the readers of one journal share.</summary>
internal sealed record JournalParts(SegmentList Segments, FlushSignal Flushed, JournalCounters Counters);
