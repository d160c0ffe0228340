using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Collection.Batches;
using Sluice.Storage;

namespace Sluice.Collection.Export;

/// <summary>Sends the first lines of a lake file as plain NDJSON.</summary>
internal sealed class LakeFileHead(FileStore lake, Batch batch, int maxLines) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var lines = LakeFile.OpenLines(lake, batch.Path);
        if (lines is null)
        {
            await CollectionAnswers.NotFound($"The file of batch [{batch.BatchId}] is no longer kept").ExecuteAsync(httpContext);
            return;
        }
        var response = httpContext.Response;
        response.ContentType = LakeFile.ContentType;
        if (HttpMethods.IsHead(httpContext.Request.Method))
            return;
        await using var writer = new StreamWriter(response.Body, new UTF8Encoding(false));
        for (var count = 0; count < maxLines && await lines.ReadLineAsync(httpContext.RequestAborted) is { } line; count++)
        {
            await writer.WriteAsync(line.AsMemory(), httpContext.RequestAborted);
            await writer.WriteAsync('\n');
        }
    }
}
