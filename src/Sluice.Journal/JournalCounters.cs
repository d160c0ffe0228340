namespace Sluice.Journal;

/// <summary>What the writer counts since the journal was opened. One thread writes, any reads.</summary>
internal sealed class JournalCounters
{
    private long _appends;
    private long _records;
    private long _bytes;
    private long _flushes;

    internal long Appends => Volatile.Read(ref _appends);

    internal long Records => Volatile.Read(ref _records);

    internal long Bytes => Volatile.Read(ref _bytes);

    internal long Flushes => Volatile.Read(ref _flushes);

    internal void AppendFlushed(int records, long bytes)
    {
        Volatile.Write(ref _appends, _appends + 1);
        Volatile.Write(ref _records, _records + records);
        Volatile.Write(ref _bytes, _bytes + bytes);
    }

    internal void FlushDone()
    {
        Volatile.Write(ref _flushes, _flushes + 1);
    }
}
