using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Sluice.Collection.Receive;

/// <summary>How reading a request body ended.</summary>
internal enum BodyOutcome
{
    Read,
    TooLarge,
    BadCompression,
    ExpandsTooFar,
    UnknownEncoding,
}

/// <summary>A whole request body on a pooled array. Dispose returns the array.</summary>
internal readonly struct RequestBody(BodyOutcome outcome, byte[] buffer, int length) : IDisposable
{
    /// <summary>How many times its size a compressed body may decode to; real messages stay below a hundred, gzip itself ends at a thousand.</summary>
    internal const int MaxRatio = 500;

    private const int FirstBufferBytes = 32 * 1024; // two such reads cover an ordinary request; Content-Length usually tells better

    internal BodyOutcome Outcome { get; } = outcome;

    internal ReadOnlySpan<byte> Span => buffer.AsSpan(0, length);

    /// <summary>Reads plain or gzip bodies, the bound applying to what a body decodes to.</summary>
    internal static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            return request.ContentLength > maxBytes
                ? new RequestBody(BodyOutcome.TooLarge, [], 0)
                : await ReadGzipAsync(request, maxBytes, cancellation);
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return new RequestBody(BodyOutcome.UnknownEncoding, [], 0);
        if (request.ContentLength > maxBytes)
            return new RequestBody(BodyOutcome.TooLarge, [], 0);
        return await ReadPlainAsync(request.BodyReader, (int)(request.ContentLength ?? FirstBufferBytes), maxBytes, cancellation);
    }

    public void Dispose()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private static async ValueTask<RequestBody> ReadPlainAsync(PipeReader reader, int expectedBytes, int maxBytes, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(expectedBytes, 1));
        var length = 0;
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(cancellation);
                var arrived = read.Buffer;
                if (length + arrived.Length > maxBytes)
                {
                    reader.AdvanceTo(arrived.End);
                    ArrayPool<byte>.Shared.Return(buffer);
                    return new RequestBody(BodyOutcome.TooLarge, [], 0);
                }

                Grow(ref buffer, length, length + (int)arrived.Length);
                arrived.CopyTo(buffer.AsSpan(length));
                length += (int)arrived.Length;
                reader.AdvanceTo(arrived.End);
                if (read.IsCompleted)
                    return new RequestBody(BodyOutcome.Read, buffer, length);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    // What arrives is read whole before any of it is decoded: both sizes are bounded, and so is what one makes of the other.
    private static async ValueTask<RequestBody> ReadGzipAsync(HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        using var packed = await ReadPlainAsync(request.BodyReader, (int)(request.ContentLength ?? FirstBufferBytes), maxBytes, cancellation);
        return packed.Outcome == BodyOutcome.Read ? packed.Decode(maxBytes) : packed;
    }

    private RequestBody Decode(int maxBytes)
    {
        var mostBytes = (int)Math.Min(maxBytes, Math.Max(length * (long)MaxRatio, FirstBufferBytes));
        var plain = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        var plainLength = 0;
        try
        {
            using var packed = new MemoryStream(buffer, 0, length, writable: false);
            using var gzip = new GZipStream(packed, CompressionMode.Decompress);
            while (true)
            {
                Grow(ref plain, plainLength, plainLength + 1);
                var read = gzip.Read(plain, plainLength, plain.Length - plainLength);
                if (read == 0)
                    return new RequestBody(BodyOutcome.Read, plain, plainLength);
                plainLength += read;
                if (plainLength > mostBytes)
                    return GiveUp(mostBytes < maxBytes ? BodyOutcome.ExpandsTooFar : BodyOutcome.TooLarge);
            }
        }
        catch (InvalidDataException)
        {
            return GiveUp(BodyOutcome.BadCompression);
        }

        RequestBody GiveUp(BodyOutcome outcome)
        {
            ArrayPool<byte>.Shared.Return(plain);
            return new RequestBody(outcome, [], 0);
        }
    }

    private static void Grow(ref byte[] buffer, int used, int needed)
    {
        if (needed <= buffer.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, buffer.Length * 2));
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
