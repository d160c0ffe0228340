using System.Buffers;
using System.IO.Compression;
using Sluice.Storage;

namespace Sluice.Collection.Land;

/// <summary>Gathers lines and hands them to the compressor in large pieces: one native call per piece, not per line.</summary>
internal sealed class LineWriter : IDisposable
{
    private const int PieceBytes = 64 * 1024;

    private readonly PendingFile _file;
    private readonly GZipStream _gzip;
    private byte[] _piece = ArrayPool<byte>.Shared.Rent(2 * PieceBytes);
    private int _used;

    internal LineWriter(PendingFile file)
    {
        _file = file;
        _gzip = new GZipStream(file.Stream, CompressionLevel.Fastest, leaveOpen: true);
    }

    /// <summary>Bytes written, before compression.</summary>
    internal long PlainBytes { get; private set; }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        PlainBytes += bytes.Length;
        if (_used + bytes.Length > _piece.Length)
        {
            FlushPiece();
            if (bytes.Length > _piece.Length)
            {
                _gzip.Write(bytes);
                return;
            }
        }
        bytes.CopyTo(_piece.AsSpan(_used));
        _used += bytes.Length;
    }

    internal void EndLine()
    {
        Write("\n"u8);
        if (_used >= PieceBytes)
            FlushPiece();
    }

    /// <summary>Makes the file appear under its name, on disk; returns its size.</summary>
    internal long Complete()
    {
        FlushPiece();
        _gzip.Dispose();
        return _file.Complete();
    }

    public void Dispose()
    {
        if (_piece.Length > 0)
            ArrayPool<byte>.Shared.Return(_piece);
        _piece = [];
        try
        {
            _gzip.Dispose();
        }
        catch (IOException)
        {
            // The compressor's last bytes found no room, and nobody wants them: the file is given up.
        }
        _file.Dispose();
    }

    private void FlushPiece()
    {
        _gzip.Write(_piece, 0, _used);
        _used = 0;
    }
}
