namespace Sluice.Journal;

/// <summary>
/// The frames of the appends that will share a write and a flush, and whom to tell. One group gathers while the other is written.
/// Not safe for several threads: belongs to the append queue's lock, then to the writer.
/// </summary>
internal sealed class PendingGroup(int maxBytes)
{
    private const int FirstBufferBytes = 64 << 10;

    private readonly List<Piece> _pieces = [];
    private byte[] _bytes = [];

    internal int Length { get; private set; }

    internal List<AppendOperation> Operations { get; } = [];

    internal int PieceCount => _pieces.Count;

    internal bool IsEmpty => Operations.Count == 0;

    /// <summary>How many new segments the group asks for.</summary>
    internal int Rolls => _pieces.Count - 1;

    /// <summary>Empties the group; its first frame will stand at <paramref name="offset"/> of <paramref name="segment"/>.</summary>
    internal void Begin(Segment segment, long offset)
    {
        Length = 0;
        Operations.Clear();
        _pieces.Clear();
        _pieces.Add(new Piece(segment, offset, 0));
    }

    internal bool HasRoomFor(int bytes) => bytes <= maxBytes - Length;

    /// <summary>What follows goes to a new segment, which begins where the group ends now.</summary>
    internal void Roll(Segment segment) => _pieces.Add(new Piece(segment, segment.BaseOffset, Length));

    /// <summary>Copies the batch's frames and stamps each with its place.</summary>
    internal void Add(AppendBatch batch, AppendOperation operation, long offset, long timeMs)
    {
        Grow(batch.Bytes);
        var frames = _bytes.AsSpan(Length, batch.Bytes);
        batch.Frames.CopyTo(frames);
        var piece = _pieces[^1];
        var position = 0;
        while (position < frames.Length)
        {
            var header = frames.Slice(position, FrameHeader.Bytes);
            var next = position + FrameHeader.Bytes + FrameHeader.DraftedBytes(header);
            var flags = next < frames.Length ? FrameFlags.More : FrameFlags.None;
            var distance = (uint)(offset + position - piece.Offset);
            FrameHeader.Stamp(header, offset + position, timeMs, distance, flags, piece.Segment.Header.Salt);
            position = next;
        }

        Length += frames.Length;
        operation.Records = batch.Count;
        operation.Place = new AppendResult(offset, offset + frames.Length, timeMs);
        Operations.Add(operation);
    }

    /// <summary>The part of the group that goes to one segment, and its bytes.</summary>
    internal Piece PieceAt(int index, out ReadOnlySpan<byte> bytes)
    {
        var piece = _pieces[index];
        var end = index + 1 < _pieces.Count ? _pieces[index + 1].Start : Length;
        bytes = _bytes.AsSpan(piece.Start, end - piece.Start);
        return piece;
    }

    private void Grow(int more)
    {
        if (_bytes.Length - Length >= more)
            return;
        var size = Math.Min(Math.Max(Math.Max(FirstBufferBytes, 2L * _bytes.Length), (long)Length + more), maxBytes);
        var larger = GC.AllocateUninitializedArray<byte>((int)size);
        _bytes.AsSpan(0, Length).CopyTo(larger);
        _bytes = larger;
    }

    /// <param name="Segment">The segment it goes to.</param>
    /// <param name="Offset">Its first offset. Everything before is flushed before it is written, so its frames measure from here.</param>
    /// <param name="Start">Where its bytes begin in the group.</param>
    internal readonly record struct Piece(Segment Segment, long Offset, int Start);
}
