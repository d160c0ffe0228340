namespace Sluice.Client.Spool;

/// <summary>The files of a spool, oldest first: one is written, decided ones go.</summary>
internal sealed class SpoolSegments(string folder, IEnumerable<SpoolSegment> found, long maxSegmentBytes) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<SpoolSegment> _all = [.. found];

    /// <summary>The file for a group that begins with a message of this number.</summary>
    internal SpoolSegment ForWriting(long next)
    {
        lock (_lock)
        {
            // A file's name is its first number: one without a message cannot have a successor yet.
            if (_all.Count > 0 && (_all[^1].Length < maxSegmentBytes || _all[^1].First == next))
                return _all[^1];
            var created = SpoolSegment.Create(folder, next);
            _all.Add(created);
            return created;
        }
    }

    /// <summary>Whether a file holds nothing but what is decided, and is not the one that is written.</summary>
    internal bool HasDone(long below)
    {
        lock (_lock)
            return _all.Count > 1 && _all[1].First <= below;
    }

    /// <summary>Removes the files that hold nothing but what is decided.</summary>
    internal void RemoveBelow(long below)
    {
        lock (_lock)
        {
            while (_all.Count > 1 && _all[1].First <= below)
            {
                _all[0].Dispose();
                File.Delete(_all[0].Path);
                _all.RemoveAt(0);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _all.ForEach(segment => segment.Dispose());
    }
}
