using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Audience.Lists;

namespace Sluice.Tests.Audience;

/// <summary>Long answers leave while they are written, as fast as their reader takes them.</summary>
public sealed class StreamedJsonTests
{
    [Fact]
    public async Task A_long_answer_waits_for_its_reader_instead_of_being_held()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 128 * 1024, resumeWriterThreshold: 64 * 1024, useSynchronizationContext: false));
        var http = new DefaultHttpContext();
        await using var body = pipe.Writer.AsStream();
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        await using var answer = new StreamedJson(http);
        var text = new string('x', 1_000);

        // Rows are written until the answer waits; a reader comes only then.
        answer.Json.WriteStartArray();
        var rows = 0;
        ValueTask pace;
        do
        {
            answer.Json.WriteStringValue(text);
            rows++;
            pace = answer.PaceAsync();
        }
        while (pace.IsCompletedSuccessfully && rows < 10_000);

        Assert.InRange(rows, 64, 1_000); // far from the ten million bytes that were on offer
        var read = await pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
        pipe.Reader.AdvanceTo(read.Buffer.End);
        await pace;
        answer.Json.WriteEndArray();
        pipe.Reader.Complete();
    }
}
