using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sluice.Gateway.Sealing;

/// <summary>Seals what caches, key value maps and consumer secrets put on disk: AES-256-GCM under the newest key of a ring, each sealed text bound to what it belongs to (contract gateway.md 1.7, Ruling 7).</summary>
/// <remarks>A sealed text is: key number (4 bytes, little-endian), nonce (12), tag (16), cipher text. Threading: any.</remarks>
internal sealed class Sealer
{
    internal const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeadBytes = 4 + NonceBytes + TagBytes;

    private readonly Dictionary<int, byte[]> _keys;
    private readonly int _newest;
    private readonly byte[] _hashKey;

    /// <param name="keys">The ring: keys by number; the highest seals.</param>
    internal Sealer(IReadOnlyDictionary<int, byte[]> keys)
    {
        _keys = new Dictionary<int, byte[]>(keys);
        _newest = _keys.Keys.Max();
        // The first key of the ring names entries for as long as the ring is used; it is not used to seal with by itself.
        _hashKey = HMACSHA256.HashData(_keys[_keys.Keys.Min()], "sluice cache key"u8);
    }

    internal byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> belongsTo)
    {
        var text = new byte[HeadBytes + plain.Length];
        BinaryPrimitives.WriteInt32LittleEndian(text, _newest);
        RandomNumberGenerator.Fill(text.AsSpan(4, NonceBytes));
        using var aes = new AesGcm(_keys[_newest], TagBytes);
        aes.Encrypt(text.AsSpan(4, NonceBytes), plain, text.AsSpan(HeadBytes), text.AsSpan(4 + NonceBytes, TagBytes), belongsTo);
        return text;
    }

    /// <summary>What was sealed; null when it was changed, belongs to something else, or its key is gone.</summary>
    internal byte[]? TryOpen(ReadOnlySpan<byte> text, ReadOnlySpan<byte> belongsTo)
    {
        if (text.Length < HeadBytes || !_keys.TryGetValue(BinaryPrimitives.ReadInt32LittleEndian(text), out var key))
            return null;
        var plain = new byte[text.Length - HeadBytes];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(text.Slice(4, NonceBytes), text[HeadBytes..], text.Slice(4 + NonceBytes, TagBytes), plain, belongsTo);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>What a key is found by: tells nothing of it to who has only the database.</summary>
    internal byte[] Hash(ReadOnlySpan<char> text) => HMACSHA256.HashData(_hashKey, MemoryMarshal.AsBytes(text));
}
