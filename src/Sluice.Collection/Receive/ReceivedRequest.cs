using System.Buffers;
using Sluice.Collection.Deduplication;
using Sluice.Collection.Routes;
using Sluice.Collection.Validate;
using Sluice.Journal;
using Sluice.Journal.Records;

namespace Sluice.Collection.Receive;

/// <summary>One request between reading and answering: its messages, the verdict on each, and their way into journal records.</summary>
/// <remarks>
/// Encode, append, <see cref="Store"/>, until all are encoded; then, while <see cref="HasUndecided"/>, <see cref="OthersAsync"/> and the same
/// again. Undecided are repetitions of messages that another request has under way.
/// </remarks>
internal sealed class ReceivedRequest(
    InletRoute inlet, RouteTable routes, XactionStamp stamp, bool isAuthenticated, DeduplicationMemory? memory = null) : IDisposable
{
    private Verdict[] _verdicts = [];
    private RequestClaims? _claims;
    private List<int>? _undecided;
    private HashSet<RequestClaims>? _others;

    internal MessageSlots Slots { get; } = new();

    internal InletRoute Inlet => inlet;

    internal XactionStamp Stamp => stamp;

    internal bool IsMulti { get; set; }

    /// <summary>Whether rejections by the schema are kept out of the answer.</summary>
    internal bool IsDeferred { get; set; }

    internal ReadOnlySpan<Verdict> Verdicts => _verdicts.AsSpan(0, Slots.Count);

    internal int AcceptedCount { get; private set; }

    internal int DuplicateCount { get; private set; }

    internal bool HasUndecided => _undecided is { Count: > 0 };

    /// <summary>Judges messages from <paramref name="first"/> on and writes their records until the batch is large enough; returns the next index.</summary>
    internal int EncodeFrom(int first, ReadOnlySpan<byte> body, AppendBatch batch, int enoughBytes)
    {
        if (_verdicts.Length < Slots.Count)
            _verdicts = ArrayPool<Verdict>.Shared.Rent(Slots.Count);

        var identities = ArrayPool<byte>.Shared.Rent(RecordWriter.IdentityBytes);
        try
        {
            var judge = new MessageJudge(routes, inlet, body);
            var writer = new RecordWriter(inlet, routes.Namespaces, body, identities);
            var slots = Slots.Span;
            var index = first;
            for (; index < slots.Length && batch.Bytes < enoughBytes; index++)
            {
                ref readonly var slot = ref slots[index];
                ref var verdict = ref _verdicts[index];
                verdict = judge.Judge(slot);
                verdict.IsHeldBack = IsDeferred && verdict.Rejection is Rejection.EntityMissing or Rejection.Invalid;
                Encode(index, body, writer, batch);
            }
            return index;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(identities);
        }
    }

    /// <summary>Encodes those messages that were undecided and are not any more, until the batch is large enough.</summary>
    internal void EncodeUndecided(ReadOnlySpan<byte> body, AppendBatch batch, int enoughBytes)
    {
        var identities = ArrayPool<byte>.Shared.Rent(RecordWriter.IdentityBytes);
        try
        {
            var writer = new RecordWriter(inlet, routes.Namespaces, body, identities);
            var again = _undecided!;
            _undecided = [];
            var next = 0;
            for (; next < again.Count && batch.Bytes < enoughBytes; next++)
                Encode(again[next], body, writer, batch);
            _undecided.AddRange(again.Skip(next));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(identities);
        }
    }

    /// <summary>Says that what was encoded so far is on disk.</summary>
    internal void Store() => _claims?.Store();

    /// <summary>Lets go of this request's own claims, then waits for the requests that have claimed its undecided messages.</summary>
    internal async Task OthersAsync(CancellationToken cancellation)
    {
        EndClaims();
        if (_others is not { Count: > 0 } others)
            return;
        _others = null;
        foreach (var other in others)
            await other.Ended.WaitAsync(cancellation);
    }

    /// <summary>Begins the request's claims even if no message of it is remembered.</summary>
    internal void BeginClaims() => _claims ??= memory!.Begin();

    /// <summary>Forgets what was encoded, none of which was appended, to encode from the first message again.</summary>
    internal void StartOver()
    {
        EndClaims();
        _undecided?.Clear();
        AcceptedCount = DuplicateCount = 0;
    }

    internal ReadOnlySpan<byte> XactionIdOf(int index, bool showsAsAccepted, Span<byte> to) =>
        IsMulti ? stamp.Of(index, showsAsAccepted, to) : stamp.OfSingle(showsAsAccepted, to);

    public void Dispose()
    {
        EndClaims();
        if (_verdicts.Length > 0)
        {
            _verdicts.AsSpan(0, Slots.Count).Clear();
            ArrayPool<Verdict>.Shared.Return(_verdicts);
        }
        _verdicts = [];
        Slots.Dispose();
    }

    private void Encode(int index, ReadOnlySpan<byte> body, in RecordWriter writer, AppendBatch batch)
    {
        ref readonly var slot = ref Slots.Span[index];
        ref var verdict = ref _verdicts[index];
        RememberedKey key = default;
        if (verdict.IsAccepted)
        {
            switch (ClaimOf(slot, verdict, body, out key, out var other))
            {
                case Claim.Undecided:
                    (_undecided ??= []).Add(index);
                    (_others ??= []).Add(other!);
                    return;
                case Claim.Duplicate:
                    verdict.IsDuplicate = true;
                    DuplicateCount++;
                    return;
            }
            AcceptedCount++;
        }

        Span<byte> xaction = stackalloc byte[XactionStamp.MaxBytes];
        writer.Write(
            slot, verdict, XactionIdOf(index, verdict.ShowsAsAccepted, xaction),
            (isAuthenticated ? MessageMarks.Authenticated : MessageMarks.None) | (IsMulti ? MessageMarks.None : MessageMarks.Alone), batch, key);
    }

    private Claim ClaimOf(in MessageSlot slot, in Verdict verdict, ReadOnlySpan<byte> body, out RememberedKey remembered, out RequestClaims? other)
    {
        remembered = default;
        other = null;
        if (memory is null || DeduplicationKey.Of(slot, verdict, inlet, body, memory.Hash) is not { } own)
            return Claim.Granted;
        var now = memory.NowSeconds;
        remembered = new RememberedKey(own.Key.High, own.Key.Low, (uint)(now + own.Seconds));
        BeginClaims();
        return _claims!.TryClaim(own.Key, remembered.ExpiresSeconds, now, out other);
    }

    private void EndClaims()
    {
        _claims?.Dispose();
        _claims = null;
    }
}
