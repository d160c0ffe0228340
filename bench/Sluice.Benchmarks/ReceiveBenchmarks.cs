using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using BenchmarkDotNet.Attributes;
using Sluice.Collection.Land;
using Sluice.Collection.Receive;
using Sluice.Collection.Routes;
using Sluice.Collection.SchemaRegistry;
using Sluice.Journal;
using Sluice.Journal.Records;
using Sluice.Storage;

namespace Sluice.Benchmarks;

/// <summary>What a request of a hundred messages costs between socket and journal, stage by stage, and what landing it costs.</summary>
[MemoryDiagnoser]
public class ReceiveBenchmarks
{
    private const int Messages = 100;

    private byte[] _body = [];
    private RouteTable _routes = RouteTable.Empty;
    private byte[][] _records = [];
    private readonly LandedMessage _landed = new("ACME@AdobeOrg");
    private FileStore _lake = null!;

    [GlobalSetup]
    public void Prepare()
    {
        var root = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(root, "samples")))
            root = Path.GetDirectoryName(root)!;
        var text = JsonNode.Parse(File.ReadAllText(Path.Combine(root, "samples/messages/valid.json")))!["messages"]![0]!.ToJsonString()
            .Replace("{SCHEMA_ID}", "https://ns.adobe.com/acme/schemas/1", StringComparison.Ordinal)
            .Replace("{DATASET_ID}", "5e41fb9b9c0d1f18a8b3a1c2", StringComparison.Ordinal)
            .Replace("{IMS_ORG}", "ACME@AdobeOrg", StringComparison.Ordinal);
        _body = Encoding.UTF8.GetBytes("{\"messages\":[" + string.Join(',', Enumerable.Repeat(text, Messages)) + "]}");
        var schema = new SchemaRoute(
            "https://ns.adobe.com/acme/schemas/1"u8.ToArray(), 1,
            SchemaCompiler.Compile(File.ReadAllText(Path.Combine(root, "samples/schemas/web-event.schema.json"))), []);
        var dataset = new DatasetRoute("5e41fb9b9c0d1f18a8b3a1c2"u8.ToArray(), schema, true, false);
        _routes = new RouteTable([new InletRoute("inlet", "inlet"u8.ToArray(), "ACME@AdobeOrg"u8.ToArray(), "", false, null)], [dataset], [schema]);
        _lake = new FileStore(Directory.CreateTempSubdirectory("sluice-bench-").FullName);
        _records = [.. Enumerable.Range(0, Messages).Select(_ => Record(text))];
    }

    [GlobalCleanup]
    public void Remove() => Directory.Delete(_lake.Root, recursive: true);

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public bool Check_utf8() => Utf8.IsValid(_body);

    [Benchmark(OperationsPerInvoke = Messages)]
    public int Read_the_envelope()
    {
        using var slots = new MessageSlots();
        new EnvelopeReader(_body).TryRead(slots, out _, out _);
        return slots.Count;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public int Read_judge_and_encode()
    {
        using var request = new ReceivedRequest(_routes.FindInlet("inlet")!, _routes, new XactionStamp(1, 1, 1), false);
        new EnvelopeReader(_body).TryRead(request.Slots, out _, out _);
        using var batch = AppendBatch.Rent();
        request.EncodeFrom(0, _body, batch, int.MaxValue);
        return request.AcceptedCount;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public int Build_the_landed_text()
    {
        var bytes = 0;
        foreach (var payload in _records)
        {
            MessageRecord.TryRead(payload, out var record);
            _landed.Take(record, 1_700_000_000_000);
            bytes += _landed.Text.Length;
        }
        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public long Land()
    {
        using var open = new OpenBatch(new Sluice.Collection.Batches.Batch { Path = "b.ndjson.gz" }, _lake);
        foreach (var payload in _records)
        {
            MessageRecord.TryRead(payload, out var record);
            _landed.Take(record, 1_700_000_000_000);
            open.AddGood(_landed, record, 0, 1_700_000_000_000);
        }
        return open.PlainBytes;
    }

    private static byte[] Record(string text)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var bytes = Encoding.UTF8.GetBytes(text);
        var start = text.IndexOf("\"xdmEntity\":", StringComparison.Ordinal) + "\"xdmEntity\":".Length;
        new MessageRecordFields
        {
            DatasetId = "5e41fb9b9c0d1f18a8b3a1c2"u8,
            InletId = "inlet"u8,
            XactionId = "1700000000000:1000:1:17"u8,
            Message = bytes,
            EntityStart = start,
            EntityBytes = bytes.Length - start - 2,
            HeaderInside = 11,
        }.WriteTo(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
