using Sluice.Collection.Receive;
using Sluice.Collection.Routes;

namespace Sluice.Collection.Validate;

/// <summary>Decides about one message: envelope checks, then its schema. The accepting path allocates nothing.</summary>
internal readonly ref struct MessageJudge(RouteTable routes, InletRoute inlet, ReadOnlySpan<byte> body)
{
    private const int MaxDetailBytes = 256; // of a sender's own text that a refusal repeats

    private readonly ReadOnlySpan<byte> _body = body;

    /// <summary>Runs the checks in the order of <see cref="Rejection"/> and stops at the first that fails.</summary>
    internal Verdict Judge(in MessageSlot slot)
    {
        var verdict = new Verdict { SchemaVersion = 1 };
        verdict.Rejection = Check(slot, ref verdict);

        // A refused message goes to its dataset's failed batch whenever the dataset is known, whichever check refused it.
        if (!verdict.IsAccepted && verdict.Dataset is null)
            verdict.Dataset = FindDataset(slot);
        return verdict;
    }

    private Rejection Check(in MessageSlot slot, ref Verdict verdict)
    {
        if (slot.Whole.Kind != SliceKind.Object)
            return Rejection.NotAnObject;
        if (slot.Header.Kind != SliceKind.Object)
            return Rejection.HeaderMissing;
        if (!slot.RepeatedKey.IsAbsent)
            return Because(Rejection.RepeatedKey, slot.RepeatedKey, ref verdict);

        verdict.OrganisationAdded = slot.Organisation.IsAbsent;
        if (!verdict.OrganisationAdded && !IsText(slot.Organisation, inlet.Organisation))
            return Rejection.WrongOrganisation;

        if (!slot.SchemaId.IsText || !slot.BodySchemaId.IsText || !SameText(slot.SchemaId, slot.BodySchemaId))
            return Rejection.UnknownFormat;
        verdict.Schema = FindSchema(slot.SchemaId);
        if (verdict.Schema is null)
            return Because(Rejection.UnknownSchema, slot.SchemaId, ref verdict);
        verdict.SchemaVersion = SchemaVersionOf(slot.SchemaContentType);

        if (slot.DatasetId.IsAbsent && inlet.DefaultDataset is null)
            return Rejection.DatasetMissing;
        verdict.Dataset = FindDataset(slot);
        if (verdict.Dataset is not { IsEnabled: true })
            return Because(Rejection.UnknownDataset, slot.DatasetId, ref verdict);
        if (verdict.Dataset.Schema != verdict.Schema)
            return Rejection.UnknownFormat;

        if (slot.Entity.Kind != SliceKind.Object)
            return Rejection.EntityMissing;
        var entity = slot.Entity.Of(_body);
        if (verdict.Schema.Compiled.IsValid(entity))
            return Rejection.None;
        verdict.Violations = verdict.Schema.Compiled.Validate(entity);
        return Rejection.Invalid;
    }

    private DatasetRoute? FindDataset(in MessageSlot slot) => slot.DatasetId.Kind switch
    {
        SliceKind.Absent => inlet.DefaultDataset,
        SliceKind.Text when slot.DatasetId.Escaped => routes.FindDataset(JsonText.ToUnescaped(slot.DatasetId.Of(_body))),
        SliceKind.Text => routes.FindDataset(slot.DatasetId.Of(_body)),
        _ => null,
    };

    private SchemaRoute? FindSchema(Slice id) =>
        id.Escaped ? routes.FindSchema(JsonText.ToUnescaped(id.Of(_body))) : routes.FindSchema(id.Of(_body));

    private bool IsText(Slice slice, ReadOnlySpan<byte> text) =>
        slice.IsText && (slice.Escaped ? JsonText.Equals(slice.Of(_body), text) : slice.Of(_body).SequenceEqual(text));

    private bool SameText(Slice one, Slice other) =>
        one.Escaped || other.Escaped
            ? JsonText.ToText(one.Of(_body)) == JsonText.ToText(other.Of(_body))
            : one.Of(_body).SequenceEqual(other.Of(_body));

    // The first number after the semicolon; 'version=' may be missing (contract 1.3, statement A13).
    private int SchemaVersionOf(Slice contentType)
    {
        var text = contentType.IsText ? contentType.Of(_body) : default;
        text = text[(text.IndexOf((byte)';') + 1)..];
        var digits = text.IndexOfAnyInRange((byte)'0', (byte)'9');
        if (digits < 0)
            return 1;
        var version = 0;
        foreach (var digit in text[digits..])
        {
            if (digit is < (byte)'0' or > (byte)'9' || version > 6_000)
                break;
            version = version * 10 + digit - '0';
        }
        return version;
    }

    private Rejection Because(Rejection rejection, Slice culprit, ref Verdict verdict)
    {
        var raw = culprit.Of(_body);
        verdict.Detail = JsonText.ToText(CutToCharacters(raw, MaxDetailBytes));
        return rejection;
    }

    // Cuts between characters, and before an escape that would be cut in two.
    private static ReadOnlySpan<byte> CutToCharacters(ReadOnlySpan<byte> raw, int maxBytes)
    {
        if (raw.Length <= maxBytes)
            return raw;
        var escape = raw[..maxBytes].IndexOf((byte)'\\');
        var end = escape >= 0 ? escape : maxBytes;
        while (end > 0 && (raw[end] & 0xC0) == 0x80)
            end--;
        return raw[..end];
    }
}
