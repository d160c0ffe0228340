namespace Sluice.Collection.Receive;

/// <summary>Where the parts of one message lie in the request body, as the envelope pass found them.</summary>
internal struct MessageSlot
{
    /// <summary>The whole element of <c>messages</c>; <see cref="SliceKind.Object"/> if it is a message at all.</summary>
    internal Slice Whole;

    internal Slice Header;
    internal Slice Organisation;
    internal Slice DatasetId;
    internal Slice MessageId;
    internal Slice SchemaId;
    internal Slice SchemaContentType;

    internal Slice Body;
    internal Slice BodySchemaId;
    internal Slice Entity;
    internal Slice EntityId;
    internal Slice IdentityMap;

    /// <summary>A key of the envelope that stands twice in one object; absent when none does.</summary>
    internal Slice RepeatedKey;
}
