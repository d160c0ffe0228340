namespace Sluice.Journal;

/// <summary>A file seen through one buffer, filled in large chunks. Grows for a frame larger than the chunk.</summary>
/// <remarks>
/// Tells the system to forget what it has gone past: written and read once, the journal would otherwise push everything else out of
/// memory, and the writer would always copy into pages that are new to it (bench/README.md). A slower reader reads from the disk; one that
/// only looks on (<paramref name="forgets"/> false) leaves the pages to the readers behind it.
/// </remarks>
internal sealed class ReadWindow(int chunkBytes, bool forgets) : IDisposable
{
    private IJournalFile? _file;
    private byte[] _buffer = [];
    private long _start;
    private int _count;

    /// <summary>Looks through <paramref name="file"/> from now on, and owns it.</summary>
    internal void Attach(IJournalFile file)
    {
        if (forgets)
            _file?.ForgetRead(_start + _count);
        _file?.Dispose();
        _file = file;
        _count = 0;
    }

    /// <summary>
    /// The bytes from <paramref name="position"/> on, valid until the next call. Reads ahead, never past
    /// <paramref name="limit"/>. Fewer than asked for only when the file is shorter.
    /// </summary>
    internal ReadOnlySpan<byte> Get(long position, int bytes, long limit)
    {
        if (position < _start || position + bytes > _start + _count)
        {
            if (_buffer.Length < bytes || _buffer.Length == 0)
                _buffer = GC.AllocateUninitializedArray<byte>(Math.Max(bytes, chunkBytes));
            if (_count > 0 && forgets)
                _file!.ForgetRead(_start + _count);
            var wanted = (int)Math.Clamp(limit - position, 0, _buffer.Length);
            _count = _file!.Read(_buffer.AsSpan(0, wanted), position);
            _start = position;
        }

        var found = (int)Math.Min(bytes, _start + _count - position);
        return _buffer.AsSpan((int)(position - _start), found);
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        _count = 0;
    }
}
