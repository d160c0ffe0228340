using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Sluice.Collection.Batches;
using Sluice.Storage;

namespace Sluice.Collection.Export;

/// <summary>Sends a lake file as plain NDJSON: whole, a range of it, or joined with the envelopes of its messages.</summary>
internal sealed class LakeFileResult(FileStore lake, Batch batch, bool withEnvelope) : IResult
{
    private const int CopyBytes = 65_536;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        await using var file = LakeFile.Open(lake, batch.Path);
        if (file is null)
        {
            await CollectionAnswers.NotFound($"The file of batch [{batch.BatchId}] is no longer kept").ExecuteAsync(httpContext);
            return;
        }

        response.ContentType = LakeFile.ContentType;
        if (withEnvelope)
        {
            if (!HttpMethods.IsHead(httpContext.Request.Method))
                await SendWithEnvelopeAsync(file, response, httpContext.RequestAborted);
            return;
        }

        response.Headers.AcceptRanges = "bytes";
        var (from, to) = FindRange(new RequestHeaders(httpContext.Request.Headers), batch.PlainBytes);
        if (from >= batch.PlainBytes && batch.PlainBytes > 0)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{batch.PlainBytes}");
            response.ContentLength = 0;
            return;
        }
        if (to - from != batch.PlainBytes)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{to - 1}/{batch.PlainBytes}");
        }
        response.ContentLength = to - from;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await SendRangeAsync(file, from, to, response.Body, httpContext.RequestAborted);
    }

    // One range only; anything else is answered with the whole, as RFC 9110 section 14.2 allows.
    private static (long From, long To) FindRange(RequestHeaders headers, long length)
    {
        if (headers.Range is not { Unit.Value: "bytes", Ranges: { Count: 1 } ranges })
            return (0, length);
        var range = ranges.First();
        return (range.From, range.To) switch
        {
            ({ } from, { } to) => (from, Math.Min(to, length - 1) + 1), // in this order: the client may name the greatest number there is
            ({ } from, null) => (from, length),
            (null, { } last) => (Math.Max(0, length - last), length),
            _ => (0, length),
        };
    }

    private static async Task SendRangeAsync(Stream file, long from, long to, Stream response, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            for (long at = 0; at < to;)
            {
                var read = await file.ReadAsync(buffer, cancellation);
                if (read == 0)
                    throw new InvalidDataException("The lake file is shorter than its batch says."); // the connection is cut, never padded
                var first = (int)Math.Clamp(from - at, 0, read);
                var last = (int)Math.Min(to - at, read);
                if (last > first)
                    await response.WriteAsync(buffer.AsMemory(first, last - first), cancellation);
                at += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task SendWithEnvelopeAsync(Stream data, HttpResponse response, CancellationToken cancellation)
    {
        using var entities = new StreamReader(data, Encoding.UTF8);
        using var envelopes = LakeFile.OpenLines(lake, LakeFile.EnvelopeOf(batch.Path))
            ?? throw new InvalidDataException("The envelope file of the batch is missing.");
        await using var writer = new StreamWriter(response.Body, new UTF8Encoding(false), CopyBytes);
        while (await entities.ReadLineAsync(cancellation) is { } entity)
        {
            var line = await envelopes.ReadLineAsync(cancellation) ?? throw new InvalidDataException("The envelope file ends too early.");
            var place = line.IndexOf((char)LakeFile.EntityPlace);
            await writer.WriteAsync(line.AsMemory(0, place), cancellation);
            await writer.WriteAsync(entity.AsMemory(), cancellation);
            await writer.WriteAsync(line.AsMemory(place + 1), cancellation);
            await writer.WriteAsync('\n');
        }
    }
}
