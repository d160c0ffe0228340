using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Sluice.Schemas;

namespace Sluice.Benchmarks;

/// <summary>Validating the sample messages' entities, against reading the same bytes without any checks.</summary>
[MemoryDiagnoser]
public class ValidateBenchmarks
{
    private const int MaxDepth = 100;

    private readonly CompiledSchema _schema = SampleEntities.Schema();
    private byte[][] _entities = [];

    /// <summary>Whether the entities have no white space.</summary>
    [Params(true, false)]
    public bool Compact { get; set; }

    [GlobalSetup]
    public void ReadEntities() => _entities = SampleEntities.Read(Compact);

    [Benchmark(Baseline = true)]
    public int BareReader()
    {
        int tokens = 0;
        foreach (byte[] entity in _entities)
            tokens += ReadAll(entity);
        return tokens;
    }

    [Benchmark]
    public int Scanner()
    {
        int accepted = 0;
        foreach (byte[] entity in _entities)
        {
            int position = 0;
            accepted += JsonScanner.TrySkipValue(entity, ref position, MaxDepth, out _) ? 1 : 0;
        }

        return accepted;
    }

    [Benchmark]
    public int IsValid()
    {
        int valid = 0;
        foreach (byte[] entity in _entities)
            valid += _schema.IsValid(entity) ? 1 : 0;
        return valid;
    }

    [Benchmark]
    public int Document()
    {
        int valid = 0;
        foreach (byte[] entity in _entities)
        {
            using var document = JsonDocument.Parse(entity);
            valid += document.RootElement.ValueKind == JsonValueKind.Object ? 1 : 0;
        }

        return valid;
    }

    internal static int ReadAll(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        int tokens = 0;
        while (reader.Read())
            tokens++;
        return tokens;
    }
}
