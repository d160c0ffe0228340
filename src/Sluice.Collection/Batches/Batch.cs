using Sluice.Collection.FailedMessages;

namespace Sluice.Collection.Batches;

/// <summary>A batch: what one window of landing cut for one dataset, either its good messages or its failed ones.</summary>
internal sealed class Batch
{
    internal const string DatasetOwner = "dataSet";
    internal const string InletOwner = "inlet";

    internal const string Success = "success";
    internal const string Failed = "failed";
    internal const string Loading = "loading";

    /// <summary>A ULID: 26 characters that sort by time.</summary>
    public string BatchId { get; set; } = "";

    /// <summary><c>dataSet</c>, or <c>inlet</c> for refused messages whose dataset is not known.</summary>
    public string OwnerKind { get; set; } = DatasetOwner;
    public string OwnerId { get; set; } = "";

    /// <summary><c>success</c> or <c>failed</c>: which messages it gathers.</summary>
    public string Outcome { get; set; } = Success;

    /// <summary><c>loading</c> until its file is registered, then the outcome; <c>inactive</c> once replaced.</summary>
    public string Status { get; set; } = Loading;
    public long CreatedMs { get; set; }
    public long UpdatedMs { get; set; }
    public long CompletedMs { get; set; }
    public long RecordCount { get; set; }

    /// <summary>Bytes of its lines before compression.</summary>
    public long PlainBytes { get; set; }

    /// <summary>Bytes of its data file on disk.</summary>
    public long FileBytes { get; set; }

    /// <summary>Its data file's name in the lake.</summary>
    public string Path { get; set; } = "";

    /// <summary>The part of the journal that its window took in: from here, up to but without <see cref="NextOffset"/>; -1 when not known.</summary>
    public long FromOffset { get; set; } = -1;
    public long NextOffset { get; set; } = -1;

    /// <summary>The codes of its messages' errors with their counts, as a JSON array.</summary>
    public string Errors { get; set; } = "[]";

    /// <summary>Of a failed batch that is being cut: its messages by what is wrong with them.</summary>
    internal IReadOnlyList<(FailureGroup Group, FailureLines Lines)> Failures { get; set; } = [];

    internal bool IsFailed => Outcome == Failed;
}
