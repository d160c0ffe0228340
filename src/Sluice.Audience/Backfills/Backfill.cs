namespace Sluice.Audience.Backfills;

/// <summary>A trait's rule, applied to a stretch of history that lies before it: of the lake where the journal is over, else of the journal.</summary>
internal sealed class Backfill
{
    internal const string Running = "running";
    internal const string Paused = "paused";
    internal const string Cancelled = "cancelled";
    internal const string Done = "done";
    internal const string Failed = "failed";

    public string Id { get; set; } = "";
    public long Sid { get; set; }

    /// <summary>Journal offset of the first record looked at.</summary>
    public long FromOffset { get; set; }

    /// <summary>The offset before which it ends.</summary>
    public long ToOffset { get; set; }

    /// <summary>How far it is.</summary>
    public long AtOffset { get; set; }

    public string State { get; set; } = Running;

    /// <summary>Why it failed; else empty.</summary>
    public string Reason { get; set; } = "";

    /// <summary>The beginning of the window that was asked for, in ms since 1970; 0 for as far as anything is known.</summary>
    public long FromMs { get; set; }

    /// <summary>Where the journal began when it last began or went on: what landed before is in the lake only. -1 before it began.</summary>
    public long JournalFrom { get; set; } = -1;

    /// <summary>When the first record was received that it reads in the journal: calls before that are in no lake. -1 when there is none, or before it began.</summary>
    public long EventsFromMs { get; set; } = -1;

    /// <summary>How many messages of the lake it passed over because it is not kept whose they are.</summary>
    public long WithoutIdentities { get; set; }

    /// <summary>How many realizations were found so far.</summary>
    public long Realizations { get; set; }

    /// <summary>In how many pieces of profiles they were told; a profile counts once for each.</summary>
    public long Profiles { get; set; }

    public long CreatedMs { get; set; }
    public long UpdatedMs { get; set; }
    public long CreatedBy { get; set; }

    /// <summary>The offset before which its window is covered, or will be.</summary>
    internal long End => State is Cancelled or Failed ? AtOffset : ToOffset;
}
