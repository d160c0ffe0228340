using System.Buffers;
using Sluice.Collection.Routes;
using Sluice.Collection.Validate;
using Sluice.Journal;
using Sluice.Journal.Records;

namespace Sluice.Collection.Receive;

/// <summary>One request between reading and answering: its messages, the verdict on each, and their way into journal records.</summary>
internal sealed class ReceivedRequest(InletRoute inlet, RouteTable routes, XactionStamp stamp, bool isAuthenticated) : IDisposable
{
    private const int IdentityBytes = 16 * 1024; // twenty identities of ordinary length; what does not fit is left out

    private Verdict[] _verdicts = [];

    internal MessageSlots Slots { get; } = new();

    internal InletRoute Inlet => inlet;

    internal XactionStamp Stamp => stamp;

    internal bool IsMulti { get; set; }

    internal ReadOnlySpan<Verdict> Verdicts => _verdicts.AsSpan(0, Slots.Count);

    internal int AcceptedCount { get; private set; }

    /// <summary>Judges messages from <paramref name="first"/> on and writes their records until the batch is large enough; returns the next index.</summary>
    internal int EncodeFrom(int first, ReadOnlySpan<byte> body, AppendBatch batch, int enoughBytes)
    {
        if (_verdicts.Length < Slots.Count)
            _verdicts = ArrayPool<Verdict>.Shared.Rent(Slots.Count);

        var identities = ArrayPool<byte>.Shared.Rent(IdentityBytes);
        try
        {
            var judge = new MessageJudge(routes, inlet, body);
            var slots = Slots.Span;
            var index = first;
            for (; index < slots.Length && batch.Bytes < enoughBytes; index++)
            {
                ref readonly var slot = ref slots[index];
                ref var verdict = ref _verdicts[index];
                verdict = judge.Judge(slot);
                if (verdict.IsAccepted)
                    AcceptedCount++;
                Encode(index, slot, verdict, body, identities, batch);
            }
            return index;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(identities);
        }
    }

    internal ReadOnlySpan<byte> XactionIdOf(int index, bool isAccepted, Span<byte> to) =>
        IsMulti ? stamp.Of(index, isAccepted, to) : stamp.OfSingle(isAccepted, to);

    public void Dispose()
    {
        if (_verdicts.Length > 0)
        {
            _verdicts.AsSpan(0, Slots.Count).Clear();
            ArrayPool<Verdict>.Shared.Return(_verdicts);
        }
        _verdicts = [];
        Slots.Dispose();
    }

    private void Encode(
        int index, in MessageSlot slot, in Verdict verdict, ReadOnlySpan<byte> body, Span<byte> identityBuffer, AppendBatch batch)
    {
        var identities = new IdentityFinder(slot.IdentityMap.Kind == SliceKind.Object ? slot.IdentityMap.Of(body) : default, identityBuffer);
        identities.Find();
        Span<byte> xaction = stackalloc byte[XactionStamp.MaxBytes];
        var xactionId = XactionIdOf(index, verdict.IsAccepted, xaction);

        batch.StartRecord();
        new MessageRecordFields
        {
            Outcome = verdict.IsAccepted ? MessageOutcome.Accepted : MessageOutcome.Rejected,
            Marks = MarksOf(verdict),
            PartitionHash = identities.Count > 0 ? identities.PartitionHash : PartitionHash.Of(default, xactionId),
            SchemaVersion = verdict.SchemaVersion,
            DatasetId = verdict.Dataset is null ? default : verdict.Dataset.Id,
            SchemaId = verdict.Schema is null ? default : verdict.Schema.Id,
            InletId = inlet.Id,
            XactionId = xactionId,
            IdentityCount = identities.Count,
            Identities = identityBuffer[..identities.EncodedBytes],
            Errors = verdict.IsAccepted ? default : StoredErrors.Of(verdict),
            Message = slot.Whole.Of(body),
            EntityStart = slot.Entity.Kind == SliceKind.Object ? slot.Entity.Start - slot.Whole.Start : 0,
            EntityBytes = slot.Entity.Kind == SliceKind.Object ? slot.Entity.Length : 0,
            HeaderInside = slot.Header.Kind == SliceKind.Object ? slot.Header.Start + 1 - slot.Whole.Start : 0,
        }.WriteTo(batch);
        batch.EndRecord();
    }

    private MessageMarks MarksOf(in Verdict verdict) =>
        (verdict.Dataset is { ForProfiles: true } ? MessageMarks.Profile : MessageMarks.None)
        | (isAuthenticated ? MessageMarks.Authenticated : MessageMarks.None)
        | (verdict.OrganisationAdded ? MessageMarks.OrganisationAdded : MessageMarks.None);
}
