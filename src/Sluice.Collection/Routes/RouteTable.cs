using System.Collections.Frozen;

namespace Sluice.Collection.Routes;

/// <summary>Every inlet, dataset, schema and namespace of an environment at one moment: immutable, taken once per request, swapped whole on change.</summary>
internal sealed class RouteTable
{
    private readonly FrozenDictionary<string, InletRoute> _inlets;
    private readonly FrozenDictionary<byte[], DatasetRoute>.AlternateLookup<ReadOnlySpan<byte>> _datasets;
    private readonly FrozenDictionary<byte[], SchemaRoute>.AlternateLookup<ReadOnlySpan<byte>> _schemas;

    internal RouteTable(
        IEnumerable<InletRoute> inlets, IEnumerable<DatasetRoute> datasets, IEnumerable<SchemaRoute> schemas, NamespaceCodes? namespaces = null)
    {
        Namespaces = namespaces ?? NamespaceCodes.Standard;
        _inlets = inlets.SelectMany(inlet => inlet.Names.Select(name => KeyValuePair.Create(name, inlet))).ToFrozenDictionary(StringComparer.Ordinal);
        var byId = datasets.ToFrozenDictionary(dataset => dataset.Id, Utf8Key.Comparer);
        _datasets = byId.GetAlternateLookup<ReadOnlySpan<byte>>();
        Deduplicates = _inlets.Values.Any(inlet => inlet.DeduplicationSeconds > 0) || byId.Values.Any(dataset => dataset.DeduplicationSeconds > 0);
        _schemas = schemas.ToFrozenDictionary(schema => schema.Id, Utf8Key.Comparer).GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Whether any inlet or dataset asks for repetitions to be found.</summary>
    internal bool Deduplicates { get; }

    /// <summary>The namespaces that identities may be of.</summary>
    internal NamespaceCodes Namespaces { get; }

    internal static RouteTable Empty { get; } = new([], [], []);

    /// <summary>Finds an inlet by its id, or by the id of the connection that stands on it (contract collection.md 1.1).</summary>
    internal InletRoute? FindInlet(string inletId) => _inlets.GetValueOrDefault(inletId);

    internal DatasetRoute? FindDataset(ReadOnlySpan<byte> id) => _datasets.TryGetValue(id, out var dataset) ? dataset : null;

    internal SchemaRoute? FindSchema(ReadOnlySpan<byte> id) => _schemas.TryGetValue(id, out var schema) ? schema : null;
}
