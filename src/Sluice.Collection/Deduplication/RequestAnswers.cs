using Sluice.Journal.Records;

namespace Sluice.Collection.Deduplication;

/// <summary>How a request with an <c>Idempotency-Key</c> is to be treated.</summary>
internal abstract record Admission
{
    private Admission()
    {
    }

    /// <summary>The key is new, and this request's until it is completed or abandoned.</summary>
    internal sealed record New(MessageKey Key) : Admission;

    /// <summary>The request was answered before: give that answer.</summary>
    internal sealed record Repeat(GivenAnswer Answer) : Admission;

    /// <summary>The key came with another body before.</summary>
    internal sealed record OtherBody : Admission;
}

/// <summary>An answer as it was given.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Text">The body, without the receive time.</param>
/// <param name="TimeAt">Where in the text the receive time belongs; -1 for nowhere.</param>
/// <param name="TimeMs">The receive time.</param>
internal sealed record GivenAnswer(int Status, byte[] Text, int TimeAt, long TimeMs);

/// <summary>The answers to requests with an <c>Idempotency-Key</c>: which keys are known is in memory, the answers are in SQL.</summary>
/// <remarks>
/// Guarantees: of requests with one key, one at a time is under way; the others wait and get its answer.
/// Threading: any. Memory: about 120 bytes a key; at the bound the oldest are forgotten, and counted.
/// </remarks>
internal sealed class RequestAnswers : IDisposable
{
    private readonly AnswerStore _store;
    private readonly TimeProvider _clock;
    private readonly int _maxKeys;
    private readonly long _keptSeconds;
    private readonly Lock _turn = new();
    private readonly Dictionary<MessageKey, TaskCompletionSource> _underWay = [];
    private readonly Dictionary<MessageKey, Known> _known = [];
    private readonly Queue<(MessageKey Key, uint ExpiresSeconds)> _byAge = new();
    private readonly Dictionary<MessageKey, StoredAnswer> _unwritten = [];

    private RequestAnswers(AnswerStore store, CollectionOptions options, TimeProvider clock)
    {
        _store = store;
        _clock = clock;
        _maxKeys = options.MaxIdempotencyKeys;
        _keptSeconds = (long)options.IdempotencyWindow.TotalSeconds;
    }

    private readonly record struct Known(MessageKey BodyHash, uint ExpiresSeconds);

    /// <summary>How many keys were forgotten before their time because the bound was met.</summary>
    internal long Forgotten { get; private set; }

    internal static async Task<RequestAnswers> OpenAsync(AnswerStore store, CollectionOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var answers = new RequestAnswers(store, options, clock);
        foreach (var row in await store.ListKeysAsync(answers.NowSeconds, cancellation))
            answers.Know(KeyOf(row.KeyHash), KeyOf(row.BodyHash), (uint)row.ExpiresSeconds);
        return answers;
    }

    /// <summary>Takes in an answer that the journal holds and SQL may not.</summary>
    internal void Load(in AnswerRecord record, long timeMs)
    {
        if (record.Key.ExpiresSeconds <= NowSeconds)
            return;
        var answer = new GivenAnswer(record.Status, record.Text.ToArray(), record.TimeAt, timeMs);
        Keep(new MessageKey(record.Key.High, record.Key.Low), KeyOf(record.BodyHash), record.Key.ExpiresSeconds, answer);
    }

    /// <summary>Says how to treat a request; waits while another with the same key is under way.</summary>
    internal async ValueTask<Admission> AdmitAsync(MessageKey key, MessageKey bodyHash, CancellationToken cancellation)
    {
        while (true)
        {
            Task? other = null;
            lock (_turn)
            {
                if (_known.TryGetValue(key, out var known) && known.ExpiresSeconds > NowSeconds)
                {
                    if (known.BodyHash != bodyHash)
                        return new Admission.OtherBody();
                    if (_unwritten.TryGetValue(key, out var unwritten))
                        return new Admission.Repeat(unwritten.Answer);
                }
                else if (_underWay.TryGetValue(key, out var underWay))
                {
                    other = underWay.Task;
                }
                else
                {
                    _underWay.Add(key, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                    return new Admission.New(key);
                }
            }

            if (other is not null)
                await other.WaitAsync(cancellation);
            else if (await _store.FindAsync(BytesOf(key), cancellation) is { } answer)
                return new Admission.Repeat(answer);
            else
                Forget(key); // it expired this very second, or an operator emptied the table
        }
    }

    /// <summary>The key as the answer's record carries it.</summary>
    internal RememberedKey Remembered(MessageKey key) => new(key.High, key.Low, (uint)(NowSeconds + _keptSeconds));

    /// <summary>Keeps the answer of a request whose records are on disk, and ends its part.</summary>
    internal void Complete(RememberedKey key, MessageKey bodyHash, GivenAnswer answer)
    {
        var id = new MessageKey(key.High, key.Low);
        Keep(id, bodyHash, key.ExpiresSeconds, answer);
        Abandon(id);
    }

    /// <summary>Ends a request's part; when it was not completed, the next one with its key is new.</summary>
    internal void Abandon(MessageKey key)
    {
        lock (_turn)
        {
            if (_underWay.Remove(key, out var underWay))
                underWay.SetResult();
        }
    }

    /// <summary>Writes new answers to SQL and deletes expired ones.</summary>
    internal async Task WriteAsync(CancellationToken cancellation)
    {
        StoredAnswer[] some;
        lock (_turn)
        {
            Forget();
            some = [.. _unwritten.Values];
        }
        if (some.Length == 0)
            return;
        await _store.AddAsync(some, NowSeconds, cancellation);
        lock (_turn)
        {
            foreach (var answer in some)
                _unwritten.Remove(KeyOf(answer.KeyHash));
        }
    }

    public void Dispose()
    {
        foreach (var underWay in _underWay.Values)
            underWay.TrySetCanceled();
    }

    /// <summary>A hash as <see cref="AnswerRecord"/> and SQL keep it.</summary>
    internal static byte[] BytesOf(MessageKey key)
    {
        var bytes = new byte[16];
        BitConverter.TryWriteBytes(bytes, key.High);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), key.Low);
        return bytes;
    }

    private uint NowSeconds => (uint)_clock.GetUtcNow().ToUnixTimeSeconds();

    private static MessageKey KeyOf(ReadOnlySpan<byte> bytes) => new(BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes[8..]));

    private void Keep(MessageKey key, MessageKey bodyHash, uint expiresSeconds, GivenAnswer answer)
    {
        lock (_turn)
        {
            Know(key, bodyHash, expiresSeconds);
            _unwritten[key] = new StoredAnswer(BytesOf(key), BytesOf(bodyHash), expiresSeconds, answer);
        }
    }

    private void Know(MessageKey key, MessageKey bodyHash, uint expiresSeconds)
    {
        _known[key] = new Known(bodyHash, expiresSeconds);
        _byAge.Enqueue((key, expiresSeconds));
    }

    private void Forget(MessageKey key)
    {
        lock (_turn)
            _known.Remove(key);
    }

    private void Forget()
    {
        var now = NowSeconds;
        while (_byAge.TryPeek(out var oldest) && (oldest.ExpiresSeconds <= now || _byAge.Count > _maxKeys))
        {
            _byAge.Dequeue();
            if (!_known.TryGetValue(oldest.Key, out var known) || known.ExpiresSeconds != oldest.ExpiresSeconds)
                continue; // known anew since
            _known.Remove(oldest.Key);
            _unwritten.Remove(oldest.Key);
            if (oldest.ExpiresSeconds > now)
                Forgotten++;
        }
    }
}
