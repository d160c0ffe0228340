using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sluice.Collection.Deduplication;

/// <summary>128 bits that stand for one id in one scope. From SHA-256: two different ids that meet would lose a message, so nobody may be able to make them meet.</summary>
internal readonly record struct MessageKey(ulong High, ulong Low)
{
    private const int StackBytes = 512;

    /// <summary>Hashes what the id belongs to and the id itself; parts are length-prefixed, so that no two inputs can meet.</summary>
    /// <param name="kind">What sort of id this is.</param>
    /// <param name="scope">The dataset or inlet it belongs to; at most 255 bytes.</param>
    /// <param name="id">The id, without JSON escapes.</param>
    internal static MessageKey Of(KeyKind kind, ReadOnlySpan<byte> scope, ReadOnlySpan<byte> id)
    {
        var bytes = 2 + scope.Length + id.Length;
        byte[]? rented = null;
        Span<byte> text = bytes <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(bytes);
        text[0] = (byte)kind;
        text[1] = checked((byte)scope.Length);
        scope.CopyTo(text[2..]);
        id.CopyTo(text[(2 + scope.Length)..]);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..bytes], hash);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return new MessageKey(BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]));
    }
}

/// <summary>What sort of id a <see cref="MessageKey"/> was made of.</summary>
internal enum KeyKind : byte
{
    /// <summary><c>header.msgId</c>.</summary>
    MessageId = 1,

    /// <summary><c>body.xdmEntity._id</c>.</summary>
    EntityId = 2,

    /// <summary>A request's <c>Idempotency-Key</c>.</summary>
    Request = 3,

    /// <summary>The xaction id of a refused message that is sent again.</summary>
    Resend = 4,
}
