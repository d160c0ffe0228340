namespace Sluice.Client;

/// <summary>Where a producer keeps what it was given until the server has it.</summary>
public sealed class SpoolOptions
{
    /// <summary>The folder, of this producer alone; made if it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes of undecided messages it may hold: at least two requests. Default 1 GiB. Beyond, enqueuing waits.</summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>Bytes that <c>rejected.ndjson</c> may have before it is put aside, and the one put aside before it is deleted: from 1 MiB. Default 256 MiB.</summary>
    public long MaxRejectedBytes { get; init; } = 256L << 20;
}

/// <summary>A spool that another process has open, is damaged, or cannot be written any more.</summary>
public sealed class SpoolException : IOException
{
    internal SpoolException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
