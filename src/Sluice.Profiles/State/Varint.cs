namespace Sluice.Profiles.State;

/// <summary>Whole numbers in as few bytes as they need: seven bits each, the last one below 128.</summary>
internal static class Varint
{
    internal const int MaxBytes = 10;

    internal static int Write(Span<byte> to, ulong value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            to[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        to[length++] = (byte)value;
        return length;
    }

    /// <summary>Reads a number and moves on behind it.</summary>
    /// <exception cref="InvalidDataException">The bytes end within it, or it is longer than any number.</exception>
    internal static ulong Read(scoped ref ReadOnlySpan<byte> from)
    {
        ulong value = 0;
        for (var index = 0; index < from.Length && index < MaxBytes; index++)
        {
            value |= (ulong)(from[index] & 0x7F) << (7 * index);
            if (from[index] < 0x80)
            {
                from = from[(index + 1)..];
                return value;
            }
        }
        throw new InvalidDataException("A stored number does not end.");
    }
}
