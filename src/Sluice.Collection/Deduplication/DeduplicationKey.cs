using Sluice.Collection.Receive;
using Sluice.Collection.Routes;
using Sluice.Collection.Validate;

namespace Sluice.Collection.Deduplication;

/// <summary>The key by which a repetition of a message is known where its dataset or inlet asks for that, and for how long.</summary>
internal readonly record struct DeduplicationKey(MessageKey Key, long Seconds)
{
    /// <summary>The dataset's setting counts before the inlet's, <c>header.msgId</c> before <c>_id</c>; a message with neither cannot be known again.</summary>
    internal static DeduplicationKey? Of(in MessageSlot slot, in Verdict verdict, InletRoute inlet, ReadOnlySpan<byte> body, KeyHash hash)
    {
        var ofDataset = verdict.Dataset!.DeduplicationSeconds;
        var seconds = ofDataset > 0 ? ofDataset : inlet.DeduplicationSeconds;
        if (seconds == 0)
            return null;
        var (id, kind) = slot.MessageId.IsText ? (slot.MessageId, KeyKind.MessageId) : (slot.EntityId, KeyKind.EntityId);
        if (!id.IsText)
            return null;
        var text = id.Of(body);
        if (id.Escaped)
            text = JsonText.ToUnescaped(text);
        return new DeduplicationKey(hash.Of(kind, ofDataset > 0 ? verdict.Dataset.Id : inlet.Id, text), seconds);
    }
}
