using Sluice.Collection.FailedMessages;

namespace Sluice.Collection.Batches;

/// <summary>A batch: what one window of landing cut for one dataset, either its good messages or its failed ones.</summary>
internal sealed class Batch
{
    internal const string DatasetOwner = "dataSet";
    internal const string InletOwner = "inlet";

    internal const string Success = "success";
    internal const string Active = "active";
    internal const string Failed = "failed";
    internal const string Failure = "failure";
    internal const string Loading = "loading";
    internal const string Inactive = "inactive";
    internal const string Deleted = "deleted";

    /// <summary>The origin of what landing cuts; its rows that are <c>loading</c> are plans.</summary>
    internal const string Streaming = "streaming";

    /// <summary>The origin of what a replay makes, until it takes the place of what landing cut.</summary>
    internal const string Replayed = "replay";

    /// <summary>The origin of batches that a client registers: they have no files here.</summary>
    internal const string Registered = "registered";

    /// <summary>A ULID: 26 characters that sort by time.</summary>
    public string BatchId { get; set; } = "";

    /// <summary><c>dataSet</c>, or <c>inlet</c> for refused messages whose dataset is not known.</summary>
    public string OwnerKind { get; set; } = DatasetOwner;
    public string OwnerId { get; set; } = "";

    /// <summary><c>success</c> or <c>failed</c>: which messages it gathers.</summary>
    public string Outcome { get; set; } = Success;

    /// <summary><c>loading</c> until its file is registered, then the outcome; further steps: <see cref="BatchLifeCycle"/>.</summary>
    public string Status { get; set; } = Loading;
    public long CreatedMs { get; set; }
    public long UpdatedMs { get; set; }
    public long CompletedMs { get; set; }
    public long RecordCount { get; set; }

    /// <summary>Bytes of its lines before compression.</summary>
    public long PlainBytes { get; set; }

    /// <summary>Bytes of its data file on disk.</summary>
    public long FileBytes { get; set; }

    /// <summary>Its data file's name in the lake; empty when it has none, or has it no more.</summary>
    public string Path { get; set; } = "";

    /// <summary>The part of the journal that its window took in: from here, up to but without <see cref="NextOffset"/>; -1 when not known.</summary>
    public long FromOffset { get; set; } = -1;
    public long NextOffset { get; set; } = -1;

    /// <summary>How many of its messages count for profiles: the entries of its header file, which is there when they are any; -1 when it landed before there were such files.</summary>
    public long HeaderCount { get; set; } = -1;

    /// <summary>When the last of those was received; -1 without any.</summary>
    public long LastHeaderMs { get; set; } = -1;

    /// <summary>The codes of its messages' errors with their counts, as a JSON array.</summary>
    public string Errors { get; set; } = "[]";

    /// <summary>Of a failed batch that is being cut: its messages by what is wrong with them.</summary>
    internal IReadOnlyList<(FailureGroup Group, FailureLines Lines)> Failures { get; set; } = [];

    /// <summary>Who made it: <c>streaming</c>, or <c>registered</c> by a client through the catalog.</summary>
    public string Origin { get; set; } = Streaming;

    /// <summary>What a client said about it (external id, tags and the like), as JSON.</summary>
    public string Document { get; set; } = "{}";
    public long Version { get; set; } = 1;

    internal bool IsFailed => Outcome == Failed;

    /// <summary>Whether its file may be read: it is registered, and the batch was not deleted or replaced since.</summary>
    internal bool HasFile => Path.Length > 0 && Status is (Success or Failed);

    internal bool HasData => HasFile && !IsFailed;
}
