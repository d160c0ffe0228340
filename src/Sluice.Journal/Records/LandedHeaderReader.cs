using System.Buffers.Binary;

namespace Sluice.Journal.Records;

/// <summary>Reads a header file of the lake from its beginning to its end, and takes nothing for good that is not whole.</summary>
/// <param name="plain">The file, decompressed; it becomes the reader's.</param>
public sealed class LandedHeaderReader(Stream plain) : IDisposable
{
    private const int MaxIdentityBytes = 20 * (IdentityEncoder.FixedBytes + byte.MaxValue + ushort.MaxValue);

    private byte[] _entry = new byte[4_096];
    private int _length;
    private int _count;
    private int _lastLine = -1;
    private long _lastOffset = -1;
    private bool _isStarted;

    /// <summary>The entry that was read last.</summary>
    public LandedHeader Current => new(_entry.AsSpan(0, _length));

    /// <summary>Goes on to the next entry; false at the end of a file that is whole.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of a newer version.</exception>
    public bool TryRead()
    {
        if (!_isStarted)
            ReadStart();
        Fill(0, LandedHeader.EndBytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(_entry) == LandedHeader.End)
        {
            var count = BinaryPrimitives.ReadInt32LittleEndian(_entry.AsSpan(4));
            return count == _count && plain.ReadByte() < 0 ? false : throw Damaged($"its end says {count} entries where {_count} are");
        }

        Fill(LandedHeader.EndBytes, LandedHeader.FixedBytes - LandedHeader.EndBytes);
        var (xactionIdBytes, identityBytes) = (LandedHeader.XactionIdBytesOf(_entry), LandedHeader.IdentityBytesOf(_entry));
        if (identityBytes is < 0 or > MaxIdentityBytes)
            throw Damaged($"entry {_count + 1} claims {identityBytes} bytes of identities");
        _length = LandedHeader.FixedBytes + xactionIdBytes + identityBytes;
        if (_length > _entry.Length)
            Array.Resize(ref _entry, _length);
        Fill(LandedHeader.FixedBytes, xactionIdBytes + identityBytes);
        if (Current.Line <= _lastLine || Current.Offset <= _lastOffset)
            throw Damaged($"entry {_count + 1} does not follow the one before");
        (_lastLine, _lastOffset) = (Current.Line, Current.Offset);
        _count++;
        return true;
    }

    public void Dispose() => plain.Dispose();

    private void ReadStart()
    {
        Fill(0, LandedHeader.Start.Length);
        if (!_entry.AsSpan(0, LandedHeader.Start.Length).SequenceEqual(LandedHeader.Start))
            throw Damaged("it does not begin as one");
        _isStarted = true;
    }

    private void Fill(int at, int bytes)
    {
        if (plain.ReadAtLeast(_entry.AsSpan(at, bytes), bytes, throwOnEndOfStream: false) < bytes)
            throw Damaged("it ends too early");
    }

    private static InvalidDataException Damaged(string how) => new($"The header file is damaged: {how}.");
}
