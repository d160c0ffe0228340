namespace Sluice.Collection.Deduplication;

/// <summary>128 bits that stand for one id in one scope; made by <see cref="KeyHash"/>.</summary>
internal readonly record struct MessageKey(ulong High, ulong Low);

/// <summary>What sort of id a <see cref="MessageKey"/> was made of.</summary>
internal enum KeyKind : byte
{
    /// <summary><c>header.msgId</c>.</summary>
    MessageId = 1,

    /// <summary><c>body.xdmEntity._id</c>.</summary>
    EntityId = 2,

    /// <summary>A request's <c>Idempotency-Key</c>.</summary>
    Request = 3,

    /// <summary>The xaction id of a refused message that is sent again.</summary>
    Resend = 4,

    /// <summary>The whole body of a request.</summary>
    Body = 5,
}
