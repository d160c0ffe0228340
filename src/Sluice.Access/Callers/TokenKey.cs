using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Access;

/// <summary>What stands for a token in memory and, as text, in the database: its SHA-256.</summary>
internal readonly record struct TokenKey(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Longer tokens are none of ours: a JWT of ours has under 1,000 characters.</summary>
    internal const int MaxTokenCharacters = 4_096;

    internal static TokenKey Of(ReadOnlySpan<char> token)
    {
        Span<byte> bytes = stackalloc byte[512];
        byte[]? rented = null;
        var most = Encoding.UTF8.GetMaxByteCount(token.Length);
        if (most > bytes.Length)
            bytes = rented = System.Buffers.ArrayPool<byte>.Shared.Rent(most);
        try
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(token, bytes)], hash);
            return Read(hash);
        }
        finally
        {
            if (rented is not null)
                System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Reads what <see cref="ToString"/> wrote; false when the text is no hash.</summary>
    internal static bool TryParse(string text, out TokenKey key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var isHash = Convert.FromHexString(text, hash, out _, out var written) == System.Buffers.OperationStatus.Done && written == hash.Length;
        key = isHash ? Read(hash) : default;
        return isHash;
    }

    /// <summary>64 hexadecimal digits, as <see cref="SecretHash.Of(string)"/> gives.</summary>
    public override string ToString()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt64BigEndian(hash, A);
        BinaryPrimitives.WriteUInt64BigEndian(hash[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(hash[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(hash[24..], D);
        return Convert.ToHexStringLower(hash);
    }

    private static TokenKey Read(ReadOnlySpan<byte> hash) => new(
        BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(hash[16..]), BinaryPrimitives.ReadUInt64BigEndian(hash[24..]));
}
