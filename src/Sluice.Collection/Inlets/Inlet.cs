namespace Sluice.Collection.Inlets;

/// <summary>A streaming connection: where producers send, and on whose behalf (contract collection.md 2.1).</summary>
internal sealed class Inlet
{
    internal const string Active = "active";
    internal const string Inactive = "inactive";
    internal const string Immediate = "immediate";
    internal const string Deferred = "deferred";
    internal const long DefaultDeduplicationWindowSeconds = 7 * 86_400;

    /// <summary>64 lower-case hex digits: the id in the collection URL.</summary>
    public string InletId { get; set; } = "";
    public string Name { get; set; } = "";
    public string Description { get; set; } = "";
    public string SourceId { get; set; } = "";

    /// <summary><c>xdm</c>; <c>raw</c> is not offered.</summary>
    public string DataType { get; set; } = "xdm";
    public bool AuthenticationRequired { get; set; }

    /// <summary>Where messages go that name no dataset; empty for none. An extension of ours.</summary>
    public string DatasetId { get; set; } = "";

    /// <summary><c>active</c> or <c>inactive</c>; an inactive inlet answers like an unknown one.</summary>
    public string Status { get; set; } = Active;

    /// <summary><c>immediate</c>: the schema's verdict stands in the answer. <c>deferred</c>: like the original, it shows in the failed batch only. Ours.</summary>
    public string Validation { get; set; } = Immediate;

    /// <summary>Further requests in a second get 429: 1 to 1,000,000, or 0 for no limit. Ours.</summary>
    public long RequestsPerSecond { get; set; }

    /// <summary>Requests whose messages would go beyond it get 429: 1 to 10,000,000, or 0 for no limit. Ours.</summary>
    public long MessagesPerSecond { get; set; }

    /// <summary>Whether a message whose <c>header.msgId</c>, else <c>_id</c>, was seen within the window is a duplicate. Ours.</summary>
    public bool Deduplication { get; set; }

    /// <summary>How long ids are remembered, in seconds: 60 to 31,536,000. Default 7 days. Ours.</summary>
    public long DeduplicationWindowSeconds { get; set; } = DefaultDeduplicationWindowSeconds;
    public long CreatedMs { get; set; }
    public string CreatedBy { get; set; } = "";
    public long ModifiedMs { get; set; }
    public string ModifiedBy { get; set; } = "";
    public long Version { get; set; }
}
