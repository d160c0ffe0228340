using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Collection.Receive;
using Sluice.Collection.Routes;
using Sluice.Collection.SchemaRegistry;
using Sluice.Journal;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>The hot path of design.md section 5: nothing is allocated per message from the body's bytes to the journal's buffer.</summary>
public sealed class AllocationTests
{
    private const int Requests = 200;

    [Fact]
    public async Task A_valid_message_allocates_nothing_from_receive_through_validate_to_append()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-allocation-");
        await using (var journal = EventJournal.Open(new JournalOptions { Folder = folder.FullName }, TimeProvider.System, NullLogger.Instance))
        {
            var routes = Routes();
            var few = Body(10);
            var many = Body(110);
            for (var warmUp = 0; warmUp < 50; warmUp++)
            {
                await ReceiveAsync(journal, routes, few);
                await ReceiveAsync(journal, routes, many);
            }

            var fewBytes = new long[Requests];
            var manyBytes = new long[Requests];
            for (var request = 0; request < Requests; request++)
            {
                fewBytes[request] = await ReceiveAsync(journal, routes, few);
                manyBytes[request] = await ReceiveAsync(journal, routes, many);
            }

            // A request costs what a request costs; a hundred messages more cost not a byte. Medians: now and then a
            // shared pool has given its buffer to another thread or to the collector and makes a new one.
            var (fewMedian, manyMedian) = (fewBytes.Order().ElementAt(Requests / 2), manyBytes.Order().ElementAt(Requests / 2));
            TestContext.Current.TestOutputHelper?.WriteLine($"per request: {fewMedian} bytes with 10 messages, {manyMedian} with 110");
            Assert.Equal(fewMedian, manyMedian);
            Assert.True(fewMedian < 2_000, $"{fewMedian} bytes per request");
        }
        folder.Delete(recursive: true);
    }

    // Measures one thread: the work up to the journal's buffer is synchronous on it; the flush is another thread's.
    private static async Task<long> ReceiveAsync(EventJournal journal, RouteTable routes, byte[] body)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var append = Receive(journal, routes, body, out var batch, out var request);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        await append;
        batch.Dispose();
        request.Dispose();
        return allocated;
    }

    private static ValueTask<AppendResult> Receive(EventJournal journal, RouteTable routes, byte[] body, out AppendBatch batch, out ReceivedRequest request)
    {
        var inlet = routes.FindInlet("inlet")!;
        request = new ReceivedRequest(inlet, routes, new XactionStamp(1_700_000_000_000, 1, 1), isAuthenticated: false);
        Assert.True(new EnvelopeReader(body).TryRead(request.Slots, out _, out _));
        batch = AppendBatch.Rent();
        var next = request.EncodeFrom(0, body, batch, int.MaxValue);
        if (next != request.Slots.Count || request.AcceptedCount != next)
            throw new InvalidOperationException("The messages of this test must be valid.");
        return journal.AppendAsync(batch, CancellationToken.None);
    }

    private static RouteTable Routes()
    {
        var schema = new SchemaRoute("https://ns.adobe.com/acme/schemas/1"u8.ToArray(), 1, SchemaCompiler.Compile(
            File.ReadAllText(Path.Combine(SharedData.Repository, "samples/schemas/web-event.schema.json"))), []);
        var dataset = new DatasetRoute("5e41fb9b9c0d1f18a8b3a1c2"u8.ToArray(), schema, IsEnabled: true, ForProfiles: true);
        var inlet = new InletRoute("inlet", "inlet"u8.ToArray(), "ACME@AdobeOrg"u8.ToArray(), "", AuthenticationRequired: false, null);
        return new RouteTable([inlet], [dataset], [schema]);
    }

    private static byte[] Body(int messages)
    {
        var sample = JsonNode.Parse(File.ReadAllText(Path.Combine(SharedData.Repository, "samples/messages/valid.json")))!["messages"]![0]!;
        sample["body"]!["xdmEntity"]!["identityMap"] =
            JsonNode.Parse("""{"ECID":[{"id":"3813","primary":true,"authenticatedState":"authenticated"}],"email":[{"id":"a@example.com"}]}""");
        var text = sample.ToJsonString()
            .Replace("{SCHEMA_ID}", "https://ns.adobe.com/acme/schemas/1", StringComparison.Ordinal)
            .Replace("{DATASET_ID}", "5e41fb9b9c0d1f18a8b3a1c2", StringComparison.Ordinal)
            .Replace("{IMS_ORG}", "ACME@AdobeOrg", StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes("{\"messages\":[" + string.Join(',', Enumerable.Repeat(text, messages)) + "]}");
    }
}
