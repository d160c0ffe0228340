using System.IO.Compression;
using Sluice.Journal.Records;
using Sluice.Storage;

namespace Sluice.Audience.Backfills;

/// <summary>The messages of one batch that count for profiles, in the journal's order: from its header file, each with its entity from the batch file.</summary>
internal sealed class LandedStream : IDisposable
{
    private readonly LandedBatch _batch;
    private readonly LandedHeaderReader _headers;
    private readonly LineReader _lines;
    private long _count;

    private LandedStream(LandedBatch batch, Stream headers, Stream lines)
    {
        _batch = batch;
        _headers = new LandedHeaderReader(new GZipStream(headers, CompressionMode.Decompress));
        _lines = new LineReader(new GZipStream(lines, CompressionMode.Decompress));
    }

    /// <summary>What is known of the message that was read last.</summary>
    internal LandedHeader Header => _headers.Current;

    /// <summary>Its entity.</summary>
    internal ReadOnlySpan<byte> Entity => _lines.Line;

    /// <summary>Opens a batch; null when a file of it is not there.</summary>
    internal static LandedStream? TryOpen(FileStore lake, LandedBatch batch)
    {
        if (lake.Find(batch.HeaderPath) is not { } headers)
            return null;
        if (lake.Find(batch.Path) is { } lines)
            return new LandedStream(batch, headers, lines);
        headers.Dispose();
        return null;
    }

    /// <summary>Goes on to the next message; false at the end, where both files have been found whole.</summary>
    /// <exception cref="LakeDamagedException">One of them is not.</exception>
    internal bool TryRead()
    {
        if (!TryReadHeader())
        {
            while (TryReadLine())
            {
                // The rest is of no interest to profiles; its checksum is.
            }
            if (_lines.Count != _batch.RecordCount)
                throw new LakeDamagedException(_batch.Path, $"it has {_lines.Count} lines, and its batch {_batch.RecordCount} messages.");
            return false;
        }
        var line = Header.Line;
        while (_lines.Count <= line)
        {
            if (!TryReadLine())
                throw new LakeDamagedException(_batch.Path, $"it has {_lines.Count} lines, and line {line + 1} is looked for.");
        }
        return true;
    }

    /// <summary>Says that the entity read last is none.</summary>
    internal LakeDamagedException Damaged() => new(_batch.Path, $"line {_lines.Count} is not the JSON that landed.");

    public void Dispose()
    {
        _headers.Dispose();
        _lines.Dispose();
    }

    private bool TryReadHeader()
    {
        try
        {
            if (_headers.TryRead())
                return ++_count <= _batch.HeaderCount ? true : throw new InvalidDataException($"it has more than the {_batch.HeaderCount} entries that its batch says.");
        }
        catch (InvalidDataException damage)
        {
            throw new LakeDamagedException(_batch.HeaderPath, damage.Message);
        }
        return _count == _batch.HeaderCount ? false : throw new LakeDamagedException(_batch.HeaderPath, $"it has {_count} entries, and its batch {_batch.HeaderCount}.");
    }

    private bool TryReadLine()
    {
        try
        {
            return _lines.TryRead();
        }
        catch (InvalidDataException damage)
        {
            throw new LakeDamagedException(_batch.Path, damage.Message);
        }
    }
}
