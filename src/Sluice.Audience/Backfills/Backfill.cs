namespace Sluice.Audience.Backfills;

/// <summary>A trait's rule, applied to a stretch of the journal that lies before it.</summary>
internal sealed class Backfill
{
    internal const string Running = "running";
    internal const string Paused = "paused";
    internal const string Cancelled = "cancelled";
    internal const string Done = "done";

    public string Id { get; set; } = "";
    public long Sid { get; set; }

    /// <summary>Journal offset of the first record looked at.</summary>
    public long FromOffset { get; set; }

    /// <summary>The offset before which it ends.</summary>
    public long ToOffset { get; set; }

    /// <summary>How far it is.</summary>
    public long AtOffset { get; set; }

    public string State { get; set; } = Running;

    /// <summary>How many realizations were found so far.</summary>
    public long Realizations { get; set; }

    /// <summary>In how many pieces of profiles they were told; a profile counts once for each.</summary>
    public long Profiles { get; set; }

    public long CreatedMs { get; set; }
    public long UpdatedMs { get; set; }
    public long CreatedBy { get; set; }

    internal bool IsOver => State is Cancelled or Done;
}
