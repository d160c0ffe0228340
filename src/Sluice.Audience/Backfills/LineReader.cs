namespace Sluice.Audience.Backfills;

/// <summary>Reads a file line by line, as bytes, without holding more than a line of it.</summary>
internal sealed class LineReader(Stream plain) : IDisposable
{
    private const int FirstBytes = 65_536;
    private const int MaxLineBytes = 64 << 20; // more than any record of the journal may have

    private byte[] _buffer = new byte[FirstBytes];
    private int _start;
    private int _end;
    private int _lineBytes;

    /// <summary>The line read last, without its end.</summary>
    internal ReadOnlySpan<byte> Line => _buffer.AsSpan(_start, _lineBytes);

    /// <summary>Lines read so far.</summary>
    internal long Count { get; private set; }

    /// <summary>Goes on to the next line; false at the end of the file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or ends within a line.</exception>
    internal bool TryRead()
    {
        if (Count > 0)
            _start += _lineBytes + 1;
        for (var searched = 0; ;)
        {
            var at = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                _lineBytes = searched + at;
                Count++;
                return true;
            }
            searched = _end - _start;
            MakeRoom();
            var read = plain.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            if (read > 0)
                continue;
            (_start, _lineBytes) = (_end - 1, 0); // so that asking again ends again
            return searched == 0 ? false : throw new InvalidDataException("it ends within a line");
        }
    }

    public void Dispose() => plain.Dispose();

    private void MakeRoom()
    {
        if (_end < _buffer.Length)
            return;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_end, _start) = (_end - _start, 0);
            return;
        }
        if (_buffer.Length >= MaxLineBytes)
            throw new InvalidDataException($"a line has more than {MaxLineBytes} bytes");
        Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
