using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Audience.Events.Ids;

/// <summary>
/// Device ids of 38 decimal digits: UUIDs, and the MIDs under which an organisation knows them. A MID leads to its UUID and back without anything
/// being stored (contract audience.md 5.1; the original's function is private).
/// </summary>
/// <remarks>
/// A Feistel network over two halves of 19 digits: each round adds to one half a number made from the other, modulo 10^19, so every id of 38 digits
/// has exactly one image of 38 digits, and the rounds undone in reverse give it back. Not a secret: whoever knows the organisation can compute it.
/// </remarks>
internal sealed class DeviceIds
{
    internal const int Digits = 38;

    private const ulong Half = 10_000_000_000_000_000_000; // 10^19
    private const int Rounds = 8;

    private static readonly UInt128 Count = (UInt128)Half * Half;

    private readonly byte[] _key;

    internal DeviceIds(string orgId) => _key = SHA256.HashData(Encoding.UTF8.GetBytes("sluice mid\0" + orgId));

    /// <summary>A UUID that nobody has.</summary>
    internal static UInt128 New()
    {
        Span<byte> bytes = stackalloc byte[16];
        UInt128 drawn;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            drawn = BinaryPrimitives.ReadUInt128LittleEndian(bytes) >> 1; // 10^38 is a little less than 2^127
        }
        while (drawn >= Count);
        return drawn;
    }

    /// <summary>Reads exactly 38 decimal digits.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out UInt128 id)
    {
        id = 0;
        return text.Length == Digits && !text.ContainsAnyExceptInRange('0', '9') && UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    /// <summary>The 38 digits, zeros in front included.</summary>
    internal static string Format(UInt128 id) => id.ToString("D38", CultureInfo.InvariantCulture);

    /// <summary>The organisation's MID of a UUID.</summary>
    internal UInt128 MidOf(UInt128 uuid)
    {
        var (left, right) = ((ulong)(uuid / Half), (ulong)(uuid % Half));
        for (var round = 0; round < Rounds; round++)
            (left, right) = (right, (ulong)(((UInt128)left + Mix(round, right)) % Half));
        return (UInt128)left * Half + right;
    }

    /// <summary>The UUID that a MID of the organisation stands for.</summary>
    internal UInt128 UuidOf(UInt128 mid)
    {
        var (left, right) = ((ulong)(mid / Half), (ulong)(mid % Half));
        for (var round = Rounds - 1; round >= 0; round--)
            (left, right) = ((ulong)(((UInt128)right + Half - Mix(round, left)) % Half), left);
        return (UInt128)left * Half + right;
    }

    private ulong Mix(int round, ulong half)
    {
        Span<byte> input = stackalloc byte[9];
        Span<byte> output = stackalloc byte[HMACSHA256.HashSizeInBytes];
        input[0] = (byte)round;
        BinaryPrimitives.WriteUInt64LittleEndian(input[1..], half);
        HMACSHA256.HashData(_key, input, output);
        return (ulong)(BinaryPrimitives.ReadUInt128LittleEndian(output) % Half);
    }
}
