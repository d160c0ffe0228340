namespace Sluice.Collection.FailedMessages;

/// <summary>A repair of a whole group: a patch, tried out or sent again; goes on after a restart where it stood.</summary>
internal sealed class Fix
{
    internal const string Running = "running";
    internal const string Done = "done";
    internal const string Cancelled = "cancelled";
    internal const string Failed = "failed";

    /// <summary>A ULID.</summary>
    public string FixId { get; set; } = "";
    public string Fingerprint { get; set; } = "";

    /// <summary>The JSON Patch as sent; <c>[]</c> sends the messages as they are, for the schema as it is now.</summary>
    public string Patch { get; set; } = "[]";
    public bool IsDryRun { get; set; }
    public string State { get; set; } = Running;

    /// <summary>The newest batch that was there when the fix was asked for: later ones are not part of it.</summary>
    public string LastBatchId { get; set; } = "";

    /// <summary>How far it has come: everything up to this line of this batch is decided.</summary>
    public string AtBatchId { get; set; } = "";
    public long AtLine { get; set; } = -1;

    /// <summary>How many messages lay open at the beginning.</summary>
    public long Total { get; set; }

    /// <summary>Stored, or in a dry run such as would be.</summary>
    public long Passed { get; set; }

    /// <summary>Known to be stored already where deduplication is on; they leave the group too.</summary>
    public long Duplicate { get; set; }

    /// <summary>Refused again; they stay in the group.</summary>
    public long Refused { get; set; }

    /// <summary>Not patchable, for a reason in <see cref="Detail"/>; they stay in the group.</summary>
    public long Unreadable { get; set; }

    /// <summary>Its records lie in the journal from here on; -1 before the first.</summary>
    public long FromOffset { get; set; } = -1;

    /// <summary>Its records end here.</summary>
    public long NextOffset { get; set; } = -1;

    /// <summary>Reasons of what did not pass with their counts, and some messages, as JSON.</summary>
    public string Detail { get; set; } = "{}";
    public long CreatedMs { get; set; }
    public string CreatedBy { get; set; } = "";
    public long UpdatedMs { get; set; }
}
