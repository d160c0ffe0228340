using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sluice.Schemas.Text;

/// <summary>The two vector searches that everything else is built on: the end of a string, and the end of white space.</summary>
internal static class StringScan
{
    /// <summary>The first quote, backslash or control character at or after a position; the length when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark Validate.IsValid: most strings end within the first vector
    public static int FindStop(ReadOnlySpan<byte> json, int position)
    {
        if (position <= json.Length - Vector128<byte>.Count)
        {
            uint stops = Stops(Vector128.Create(json.Slice(position, Vector128<byte>.Count)));
            if (stops != 0)
                return position + BitOperations.TrailingZeroCount(stops);
            position += Vector128<byte>.Count;
        }

        return FindStopFurther(json, position);
    }

    /// <summary>The first byte at or after a position that is not white space; the length when there is none.</summary>
    public static int SkipWhitespaceRun(ReadOnlySpan<byte> json, int position)
    {
        // Indented text: a line feed, then a run of spaces.
        while (position <= json.Length - Vector128<byte>.Count)
        {
            var chunk = Vector128.Create(json.Slice(position, Vector128<byte>.Count));
            var white = Vector128.Equals(chunk, Vector128.Create((byte)' ')) | Vector128.Equals(chunk, Vector128.Create((byte)'\n'))
                | Vector128.Equals(chunk, Vector128.Create((byte)'\r')) | Vector128.Equals(chunk, Vector128.Create((byte)'\t'));
            uint others = ~white.ExtractMostSignificantBits() & 0xFFFF;
            if (others != 0)
                return position + BitOperations.TrailingZeroCount(others);
            position += Vector128<byte>.Count;
        }

        while ((uint)position < (uint)json.Length && json[position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            position++;
        return position;
    }

    private static int FindStopFurther(ReadOnlySpan<byte> json, int position)
    {
        while (position <= json.Length - Vector256<byte>.Count)
        {
            var chunk = Vector256.Create(json.Slice(position, Vector256<byte>.Count));
            uint stops = (Vector256.Equals(chunk, Vector256.Create((byte)'"')) | Vector256.Equals(chunk, Vector256.Create((byte)'\\'))
                | Vector256.LessThan(chunk, Vector256.Create((byte)' '))).ExtractMostSignificantBits();
            if (stops != 0)
                return position + BitOperations.TrailingZeroCount(stops);
            position += Vector256<byte>.Count;
        }

        if (position <= json.Length - Vector128<byte>.Count)
        {
            uint stops = Stops(Vector128.Create(json.Slice(position, Vector128<byte>.Count)));
            if (stops != 0)
                return position + BitOperations.TrailingZeroCount(stops);
            position += Vector128<byte>.Count;
        }

        while ((uint)position < (uint)json.Length && json[position] is not ((byte)'"' or (byte)'\\' or < (byte)' '))
            position++;
        return position;
    }

    private static uint Stops(Vector128<byte> chunk) =>
        (Vector128.Equals(chunk, Vector128.Create((byte)'"')) | Vector128.Equals(chunk, Vector128.Create((byte)'\\'))
            | Vector128.LessThan(chunk, Vector128.Create((byte)' '))).ExtractMostSignificantBits();
}
