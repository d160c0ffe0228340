using Sluice.Journal;

namespace Sluice.Tests.Doubles;

/// <summary>
/// A disk in memory that keeps apart what programs see and what power loss leaves: file bytes by 512-byte sector, lengths, and
/// names. It can fail or shorten the n-th write, fail a flush, run full, stop a flush half way through, or lose power at any step.
/// </summary>
internal sealed class FaultyDisk : IJournalDisk
{
    internal const int SectorBytes = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FaultyFile> _seen = new(StringComparer.Ordinal);
    private Dictionary<string, FaultyFile> _durable = new(StringComparer.Ordinal);
    private bool _claimed;

    /// <summary>How many operations that change the disk have begun.</summary>
    internal int Steps { get; private set; }

    internal int Writes { get; private set; }

    internal int Flushes { get; private set; }

    /// <summary>From this step on every operation fails, as if the machine were gone.</summary>
    internal int PowerLossAt { get; set; } = int.MaxValue;

    /// <summary>What happens to the write of that number, counted from 1.</summary>
    internal Func<int, WriteFault> OnWrite { get; set; } = _ => WriteFault.None;

    /// <summary>True for the flush, counted from 1, that fails and drops what it was to flush.</summary>
    internal Func<int, bool> FailsFlush { get; set; } = _ => false;

    /// <summary>Called before each flush of a file, outside the lock: a test can hold the writer here.</summary>
    internal Action OnFlush { get; set; } = () => { };

    /// <summary>True for the creation of a file that finds no room.</summary>
    internal Func<string, bool> IsFullFor { get; set; } = _ => false;

    internal Func<string, bool> FailsDelete { get; set; } = _ => false;

    /// <summary>Has the system write some sectors out by itself, before any flush asks for it.</summary>
    internal Random? WriteBack { get; set; }

    internal Lock Gate => _lock;

    internal bool HasPower => Steps < PowerLossAt;

    public IReadOnlyList<string> List()
    {
        lock (_lock)
            return [.. _seen.Keys];
    }

    public IJournalFile Create(string name, long bytes)
    {
        lock (_lock)
        {
            Step();
            if (IsFullFor(name))
                throw new DiskFullException("The test disk has no room.");
            var file = new FaultyFile(this);
            file.Resize(bytes);
            return _seen[name] = file;
        }
    }

    public IJournalFile Open(string name, bool writable)
    {
        lock (_lock)
            return _seen.TryGetValue(name, out var file) ? file : throw new FileNotFoundException(name);
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            Step();
            if (FailsDelete(name))
                throw new IOException("The test disk refuses to delete.");
            _seen.Remove(name);
        }
    }

    public void FlushFolder()
    {
        lock (_lock)
        {
            Step();
            _durable = new Dictionary<string, FaultyFile>(_seen, StringComparer.Ordinal);
        }
    }

    public IDisposable Claim()
    {
        lock (_lock)
        {
            if (_claimed)
                throw new JournalInUseException("journal.lock", new IOException("claimed"));
            _claimed = true;
            return new Release(this);
        }
    }

    /// <summary>
    /// The machine goes down and comes back: of what was not flushed, a random part is kept, name by name and sector by sector.
    /// Without a seed nothing of it is kept.
    /// </summary>
    internal void LosePower(int? seed = null)
    {
        lock (_lock)
        {
            var random = seed is { } value ? new Random(value) : null;
            foreach (var name in _seen.Keys.Union(_durable.Keys).Order(StringComparer.Ordinal).ToList())
            {
                var from = random?.Next(2) == 1 ? _seen : _durable;
                if (from.TryGetValue(name, out var kept))
                    _seen[name] = kept;
                else
                    _seen.Remove(name);
            }

            foreach (var file in _seen.Values.Distinct())
                file.LosePower(random);
            _durable = new Dictionary<string, FaultyFile>(_seen, StringComparer.Ordinal);
            Repair();
        }
    }

    /// <summary>The process dies: what it wrote stays, nothing is lost. Faults end too.</summary>
    internal void Repair()
    {
        _claimed = false;
        PowerLossAt = int.MaxValue;
        OnWrite = _ => WriteFault.None;
        FailsFlush = _ => false;
        IsFullFor = _ => false;
        FailsDelete = _ => false;
    }

    /// <summary>The bytes of a file, to look at or to damage.</summary>
    internal byte[] BytesOf(string name) => _seen[name].Seen;

    /// <summary>Replaces a file, flushed, as an operator or a failing disk might.</summary>
    internal void Put(string name, byte[] bytes)
    {
        lock (_lock)
            _durable[name] = _seen[name] = new FaultyFile(this, bytes);
    }

    internal FaultyDisk Clone()
    {
        var clone = new FaultyDisk();
        foreach (var (name, file) in _seen)
            clone.Put(name, [.. file.Seen]);
        return clone;
    }

    internal void Step()
    {
        Steps++;
        if (!HasPower)
            throw new IOException("The test disk has lost power.");
    }

    internal WriteFault NextWrite()
    {
        Step();
        return OnWrite(++Writes);
    }

    /// <summary>True when the flush is to fail.</summary>
    internal bool NextFlush()
    {
        Step();
        return FailsFlush(++Flushes);
    }

    private sealed class Release(FaultyDisk disk) : IDisposable
    {
        public void Dispose() => disk._claimed = false;
    }
}

/// <summary>What a write on a <see cref="FaultyDisk"/> does instead of succeeding.</summary>
internal enum WriteFault
{
    None,
    Short,
    Full,
    PartlyThenFull,
    WhollyThenFull,
    Error,
}
