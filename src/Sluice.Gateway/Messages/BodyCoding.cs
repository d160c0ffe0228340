using System.IO.Compression;

namespace Sluice.Gateway.Messages;

/// <summary>Unpacks bodies that came packed, for those who read them: policies, and clients that did not ask for it.</summary>
internal static class BodyCoding
{
    // A small body may unpack to any size.
    private const int MaxUnpackedBytes = 64 << 20;

    /// <summary>The plain body; null for a coding that is not known, for what is not packed so, and for what is too large.</summary>
    internal static byte[]? TryUnpack(string coding, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var packed = new MemoryStream(body.ToArray(), writable: false);
            using var source = Open(coding.Trim(), packed);
            if (source is null)
                return null;
            var plain = new MemoryStream();
            var buffer = new byte[32 << 10];
            for (int read; (read = source.Read(buffer)) > 0;)
            {
                if (plain.Length + read > MaxUnpackedBytes)
                    return null;
                plain.Write(buffer, 0, read);
            }
            return plain.ToArray();
        }
        catch (Exception failure) when (failure is InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Stream? Open(string coding, Stream packed) =>
        coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || coding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase) ? new GZipStream(packed, CompressionMode.Decompress)
        : coding.Equals("deflate", StringComparison.OrdinalIgnoreCase) ? new ZLibStream(packed, CompressionMode.Decompress)
        : coding.Equals("br", StringComparison.OrdinalIgnoreCase) ? new BrotliStream(packed, CompressionMode.Decompress)
        : null;
}
