using Sluice.Storage;

namespace Sluice.Audience.Backfills;

/// <summary>Reads the messages of a stretch of the journal from the lake, in the journal's order: window by window, the batches of one side by side.</summary>
/// <remarks>
/// Holds the open files of one window, no more than landing had open when it cut it. What is deleted or replaced meanwhile is read as it is when its window's turn comes.
/// </remarks>
internal sealed class LakeReader : IDisposable
{
    private const int Looks = 4;

    private readonly LandedBatches _batches;
    private readonly FileStore _lake;
    private readonly long _from;
    private readonly long _to;
    private readonly PriorityQueue<LandedStream, long> _open = new();
    private LandedStream? _current;
    private long _nextWindow = -1;

    internal LakeReader(LandedBatches batches, FileStore lake, long from, long to)
    {
        (_batches, _lake, _from, _to) = (batches, lake, from, to);
        Position = from;
    }

    /// <summary>The message that <see cref="TryRead"/> found.</summary>
    internal LandedStream Current => _current ?? throw new InvalidOperationException("Nothing has been read.");

    /// <summary>Every message before this offset has been read.</summary>
    internal long Position { get; private set; }

    /// <summary>Opens the next window; false when there is none, and all has been read.</summary>
    /// <exception cref="LakeDamagedException">A file is missing.</exception>
    internal async Task<bool> OpenNextAsync(CancellationToken cancellation)
    {
        if (_nextWindow < 0)
            _nextWindow = await _batches.FindWindowAsync(_from, cancellation) ?? _from;
        var missing = "";
        for (var look = 0; look < Looks; look++)
        {
            var window = await _batches.ListNextWindowAsync(_nextWindow, _to, cancellation);
            if (window.Count == 0)
            {
                Position = Math.Max(Position, _to);
                return false;
            }
            // Files go after the rows that list them: looked for again, what is gone is not listed any more.
            if (Open(window) is not { } gone)
            {
                _nextWindow = window[0].FromOffset + 1;
                return true;
            }
            missing = gone;
        }
        throw new LakeDamagedException(missing, "it is listed, and it or the file beside it is not there.");
    }

    /// <summary>Goes on to the next message of the open window; false at its end.</summary>
    /// <exception cref="LakeDamagedException">A file is damaged.</exception>
    internal bool TryRead()
    {
        if (_current is { } last)
        {
            _current = null;
            GoOn(last);
        }
        while (_open.TryDequeue(out var next, out var offset))
        {
            if (offset >= _from && offset < _to)
            {
                (_current, Position) = (next, offset + 1);
                return true;
            }
            GoOn(next); // to the end of what was read before or lies behind, so that it, too, is found whole
        }
        return false;
    }

    public void Dispose()
    {
        _current?.Dispose();
        foreach (var (stream, _) in _open.UnorderedItems)
            stream.Dispose();
        _open.Clear();
    }

    // Returns the name of what is not there.
    private string? Open(List<LandedBatch> window)
    {
        var opened = new List<LandedStream>();
        foreach (var batch in window)
        {
            if (LandedStream.TryOpen(_lake, batch) is not { } stream)
            {
                opened.ForEach(one => one.Dispose());
                return batch.HeaderPath;
            }
            opened.Add(stream);
        }
        foreach (var stream in opened)
            GoOn(stream);
        return null;
    }

    private void GoOn(LandedStream stream)
    {
        try
        {
            if (stream.TryRead())
            {
                _open.Enqueue(stream, stream.Header.Offset);
                return;
            }
        }
        catch
        {
            stream.Dispose();
            throw;
        }
        stream.Dispose();
    }
}
