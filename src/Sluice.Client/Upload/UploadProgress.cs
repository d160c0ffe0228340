namespace Sluice.Client;

/// <summary>How far an upload is: what is decided, from the first line of its source on, over all runs.</summary>
public sealed record UploadProgress
{
    /// <summary>Bytes of the source whose messages are decided.</summary>
    public long Bytes { get; init; }

    /// <summary>The source's bytes; null where that is not known.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Lines that are decided, blank ones among them.</summary>
    public long Lines { get; init; }

    /// <summary>Messages the server has.</summary>
    public long Accepted { get; init; }

    /// <summary>Those of them that it had before.</summary>
    public long Duplicates { get; init; }

    /// <summary>Messages that cannot be taken.</summary>
    public long Rejected { get; init; }

    /// <summary>Messages that an earlier run decided; they are in the other numbers too.</summary>
    public long Earlier { get; init; }

    /// <summary>Why a request is being repeated; null while they are answered.</summary>
    public string? Trouble { get; init; }
}

/// <summary>An upload that cannot begin or go on; what is decided is kept, and another one goes on from there.</summary>
public sealed class UploadException : Exception
{
    internal UploadException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
