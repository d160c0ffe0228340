namespace Sluice.Collection.Receive;

/// <summary>What stands at a place of the body.</summary>
internal enum SliceKind : byte
{
    Absent,
    Text,
    Object,
    Other,
}

/// <summary>A place in the request body. Of a string: what stands between its quotes.</summary>
internal readonly record struct Slice(int Start, int Length, SliceKind Kind, bool Escaped)
{
    internal bool IsText => Kind == SliceKind.Text;

    internal bool IsAbsent => Kind == SliceKind.Absent;

    internal ReadOnlySpan<byte> Of(ReadOnlySpan<byte> body) => body.Slice(Start, Length);
}
