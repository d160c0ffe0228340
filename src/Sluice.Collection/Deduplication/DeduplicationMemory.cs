using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Sluice.Journal;
using Sluice.Journal.Records;
using Sluice.Storage;

namespace Sluice.Collection.Deduplication;

/// <summary>What an environment remembers so that nothing is stored twice: keys of messages, and answers to requests with an <c>Idempotency-Key</c>.</summary>
/// <remarks>
/// Guarantees: a key is remembered exactly when its record is in the journal, across a crash too: each record carries its key, this memory
/// is written behind the journal, and an opening reads what was written and then the journal from there.
/// Threading: any; <see cref="WriteAsync"/> one at a time. After a failure to write: keys stay in memory, the journal keeps what is not
/// written, and the next call writes them.
/// </remarks>
internal sealed class DeduplicationMemory : IDisposable
{
    /// <summary>The name under which the journal is kept until its keys are written.</summary>
    internal const string Consumer = "deduplication";

    private const int MaxUnwrittenKeys = 4_000_000;
    private const long OffsetOnlyStep = 16L << 20; // without keys, the place in the journal is noted this often

    private readonly EventJournal _journal;
    private readonly TimeProvider _clock;
    private readonly SeenIdLog _log;
    private readonly RetentionHold _hold;
    private readonly Lock _turn = new();
    private readonly Dictionary<int, RequestClaims> _underWay = [];
    private int _lastNumber;
    private List<RememberedKey> _unwritten = [];
    private List<RememberedKey> _writing = [];

    private DeduplicationMemory(EventJournal journal, TimeProvider clock, KeyHash hash, SeenIds seen, SeenIdLog log, RequestAnswers answers)
    {
        Hash = hash;
        _journal = journal;
        _clock = clock;
        _log = log;
        Seen = seen;
        Answers = answers;
        _hold = journal.Hold(Consumer, StartOf(log, journal));
    }

    /// <summary>Makes the keys of this environment.</summary>
    internal KeyHash Hash { get; }

    internal SeenIds Seen { get; }

    internal RequestAnswers Answers { get; }

    /// <summary>True when so much waits to be written that requests with keys must be turned away.</summary>
    internal bool IsBehind => Volatile.Read(ref _unwritten).Count >= MaxUnwrittenKeys;

    /// <summary>Now, in the unit of expiries.</summary>
    internal uint NowSeconds => (uint)_clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Reads what was remembered, then what the journal holds beyond it.</summary>
    internal static async Task<DeduplicationMemory> OpenAsync(
        StorageEnvironment storage, EventJournal journal, CollectionOptions options, TimeProvider clock, ILogger log, CancellationToken cancellation)
    {
        var seen = new SeenIds(options.MaxRememberedIds);
        var hash = new KeyHash(await new AnswerStore(storage.Sql).FindSecretAsync(cancellation));
        var now = (uint)clock.GetUtcNow().ToUnixTimeSeconds();
        var answers = await RequestAnswers.OpenAsync(new AnswerStore(storage.Sql), options, clock, cancellation);
        // On disk a key may lie twice, and expired ones linger for a file's length.
        var keys = SeenIdLog.Open(
            Path.Combine(storage.Home, Consumer), 4 * RememberedKey.Bytes * options.MaxRememberedIds,
            key => Remember(seen, key, now));
        if (keys.DamagedBlocks > 0)
            log.RememberedIdsDamaged(storage.Name.Value, keys.DamagedBlocks);

        using (var reader = journal.OpenReader(StartOf(keys, journal)))
        {
            while (reader.TryRead(out var record))
            {
                if (MessageRecord.TryRead(record.Payload, out var message))
                {
                    Remember(seen, message.Remembered, now);
                    Remember(seen, message.AlsoRemembered, now);
                }
                else if (AnswerRecord.TryRead(record.Payload, out var answer))
                    answers.Load(answer, record.TimeMs);
            }
        }
        return new DeduplicationMemory(journal, clock, hash, seen, keys, answers);
    }

    /// <summary>Begins a request's claims; dispose them.</summary>
    internal RequestClaims Begin()
    {
        lock (_turn)
        {
            do
                _lastNumber = _lastNumber == int.MaxValue ? 1 : _lastNumber + 1;
            while (_underWay.ContainsKey(_lastNumber));
            var claims = new RequestClaims(this, _lastNumber, _journal.EndOffset);
            _underWay.Add(_lastNumber, claims);
            return claims;
        }
    }

    /// <summary>The request with a number, or null when it has ended.</summary>
    internal RequestClaims? FindUnderWay(int number)
    {
        lock (_turn)
            return _underWay.GetValueOrDefault(number);
    }

    /// <summary>Ends claims by storing their keys: their records are on disk.</summary>
    internal void Store(ReadOnlySpan<RememberedKey> keys)
    {
        var now = NowSeconds;
        foreach (var key in keys)
            Seen.Store(new MessageKey(key.High, key.Low), key.ExpiresSeconds, now);
        lock (_turn)
            _unwritten.AddRange(keys);
    }

    internal void End(RequestClaims claims)
    {
        lock (_turn)
            _underWay.Remove(claims.Number);
    }

    /// <summary>Writes what is new, and lets the journal go up to where everything is written.</summary>
    /// <exception cref="IOException">The disk is full or gone; nothing is lost, call again.</exception>
    /// <exception cref="StoreUnavailableException">The database is away; likewise.</exception>
    internal async Task WriteAsync(CancellationToken cancellation)
    {
        long covered;
        lock (_turn)
        {
            // A request whose records are flushed but not yet stored here is still under way, and begins behind its offset.
            covered = _underWay.Count == 0 ? _journal.FlushedOffset : Math.Min(_journal.FlushedOffset, _underWay.Values.Min(claims => claims.JournalOffset));
            if (_writing.Count == 0)
                (_unwritten, _writing) = (_writing, _unwritten);
            else
            {
                _writing.AddRange(_unwritten); // a write failed before
                _unwritten.Clear();
            }
        }

        await Answers.WriteAsync(cancellation);
        if (_writing.Count > 0 || covered >= _log.JournalOffset + OffsetOnlyStep)
        {
            _log.Write(CollectionsMarshal.AsSpan(_writing), covered);
            _writing.Clear();
        }
        _log.DeleteExpired(NowSeconds);
        _hold.Advance(covered);
    }

    public void Dispose()
    {
        _hold.Dispose();
        _log.Dispose();
        Answers.Dispose();
    }

    // The journal may have been trimmed, or replaced, since the log was written.
    private static long StartOf(SeenIdLog log, EventJournal journal) =>
        Math.Clamp(log.JournalOffset, journal.StartOffset, journal.FlushedOffset);

    private static void Remember(SeenIds seen, RememberedKey key, uint nowSeconds)
    {
        if (key.ExpiresSeconds > nowSeconds)
            seen.Store(new MessageKey(key.High, key.Low), key.ExpiresSeconds, nowSeconds);
    }
}
