namespace Sluice.Collection.Replays;

/// <summary>A repetition of landing over a part of the journal: its batches are made again and take the place of those that are there.</summary>
internal sealed class Replay
{
    internal const string Running = "running";
    internal const string Done = "done";
    internal const string Failed = "failed";

    /// <summary>A ULID.</summary>
    public string ReplayId { get; set; } = "";

    /// <summary>The part of the journal that was asked for; windows that overlap it are replayed whole.</summary>
    public long FromOffset { get; set; }
    public long ToOffset { get; set; }

    /// <summary>Only this dataset's batches; empty for all.</summary>
    public string DatasetId { get; set; } = "";

    /// <summary><c>running</c>, <c>done</c>, <c>cancelled</c>, or <c>failed</c> with a <see cref="Reason"/>.</summary>
    public string State { get; set; } = Running;
    public string Reason { get; set; } = "";

    /// <summary>Windows that begin before it are done.</summary>
    public long AtOffset { get; set; }
    public long WindowsTotal { get; set; }
    public long WindowsDone { get; set; }
    public long BytesTotal { get; set; }
    public long BytesDone { get; set; }
    public long BatchesReplaced { get; set; }
    public long Records { get; set; }
    public long CreatedMs { get; set; }
    public string CreatedBy { get; set; } = "";
    public long UpdatedMs { get; set; }
}

/// <summary>One window that landing once cut, as its batches remember it.</summary>
internal sealed class LandedWindow
{
    public long FromOffset { get; set; }
    public long NextOffset { get; set; }
}
