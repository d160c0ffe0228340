using Sluice.Collection.Routes;
using Sluice.Collection.Validate;
using Sluice.Journal;
using Sluice.Journal.Records;

namespace Sluice.Collection.Receive;

/// <summary>Writes judged messages as journal records, allocating nothing for accepted ones.</summary>
/// <param name="inlet">Where they came in.</param>
/// <param name="namespaces">The namespaces their identities may be of.</param>
/// <param name="body">The bytes their slots point into.</param>
/// <param name="identityBuffer">Room for one message's identities; what does not fit is left out.</param>
internal readonly ref struct RecordWriter(InletRoute inlet, NamespaceCodes namespaces, ReadOnlySpan<byte> body, Span<byte> identityBuffer)
{
    /// <summary>Twenty identities of ordinary length.</summary>
    internal const int IdentityBytes = 16 * 1024;

    private readonly ReadOnlySpan<byte> _body = body;
    private readonly Span<byte> _identityBuffer = identityBuffer;

    /// <summary>Adds the message's record to the batch.</summary>
    /// <param name="marks">What is known of it beside what its verdict says.</param>
    /// <param name="remembered">The key to remember with it; empty for none.</param>
    /// <param name="alsoRemembered">A second key; only beside a first.</param>
    internal void Write(
        in MessageSlot slot, in Verdict verdict, ReadOnlySpan<byte> xactionId, MessageMarks marks, AppendBatch batch,
        RememberedKey remembered = default, RememberedKey alsoRemembered = default)
    {
        var identities = new IdentityFinder(_identityBuffer, namespaces);
        if (verdict.Schema is { IdentityFields: { Length: > 0 } fields } && slot.Entity.Kind == SliceKind.Object)
            identities.FindFields(slot.Entity.Of(_body), fields);
        if (slot.IdentityMap.Kind == SliceKind.Object)
            identities.FindMap(slot.IdentityMap.Of(_body));

        batch.StartRecord();
        new MessageRecordFields
        {
            Outcome = verdict.IsAccepted ? MessageOutcome.Accepted : MessageOutcome.Rejected,
            Marks = marks | MarksOf(verdict) | (identities.HasUnregistered ? MessageMarks.UnknownNamespace : MessageMarks.None),
            PartitionHash = identities.Count > 0 ? identities.PartitionHash : PartitionHash.Of(default, xactionId),
            SchemaVersion = verdict.SchemaVersion,
            DatasetId = verdict.Dataset is null ? default : verdict.Dataset.Id,
            SchemaId = verdict.Schema is null ? default : verdict.Schema.Id,
            InletId = inlet.Id,
            XactionId = xactionId,
            IdentityCount = identities.Count,
            Identities = _identityBuffer[..identities.EncodedBytes],
            Errors = verdict.IsAccepted ? default : StoredErrors.Of(verdict),
            Message = slot.Whole.Of(_body),
            EntityStart = slot.Entity.Kind == SliceKind.Object ? slot.Entity.Start - slot.Whole.Start : 0,
            EntityBytes = slot.Entity.Kind == SliceKind.Object ? slot.Entity.Length : 0,
            HeaderInside = slot.Header.Kind == SliceKind.Object ? slot.Header.Start + 1 - slot.Whole.Start : 0,
            Remembered = remembered,
            AlsoRemembered = alsoRemembered,
        }.WriteTo(batch);
        batch.EndRecord();
    }

    private static MessageMarks MarksOf(in Verdict verdict) =>
        (verdict.Dataset is { ForProfiles: true } ? MessageMarks.Profile : MessageMarks.None)
        | (verdict.OrganisationAdded ? MessageMarks.OrganisationAdded : MessageMarks.None);
}
