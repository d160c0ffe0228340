namespace Sluice.Collection.FailedMessages;

/// <summary>Failed messages that share a fingerprint: the same schema, keyword and place, whatever the index in an array.</summary>
internal sealed class FailureGroup
{
    /// <summary>32 hex digits, a hash of schema, keyword, pointer and property.</summary>
    public string Fingerprint { get; set; } = "";

    /// <summary>The schema's <c>$id</c>; empty when the message was refused before its schema was known.</summary>
    public string SchemaId { get; set; } = "";
    public string Code { get; set; } = "";

    /// <summary>The keyword of the first violation; of a message refused before its schema, the code.</summary>
    public string Keyword { get; set; } = "";

    /// <summary>Where in the entity, with <c>*</c> for each array index.</summary>
    public string Pointer { get; set; } = "";

    /// <summary>The missing or unwanted member, for keywords whose pointer is the object around it.</summary>
    public string Property { get; set; } = "";

    /// <summary>The reason as the first such message got it.</summary>
    public string Message { get; set; } = "";
}

/// <summary>The lines of one failed batch that belong to one group.</summary>
internal sealed class FailureLines
{
    public string BatchId { get; set; } = "";
    public string Fingerprint { get; set; } = "";
    public long TotalCount { get; set; }

    /// <summary>How many have not been sent again yet.</summary>
    public long OpenCount { get; set; }

    /// <summary>Receive time of the first and last of them.</summary>
    public long FirstMs { get; set; }
    public long LastMs { get; set; }

    /// <summary>The lines not sent again yet, as <see cref="LineList"/> writes them.</summary>
    public byte[] OpenLines { get; set; } = [];
}

/// <summary>How many messages of a group lie open with one owner of failed batches.</summary>
internal sealed class FailureCount
{
    public string Fingerprint { get; set; } = "";
    public string OwnerKind { get; set; } = "";
    public string OwnerId { get; set; } = "";
    public long OpenCount { get; set; }
    public long FirstMs { get; set; }
    public long LastMs { get; set; }
}
