using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Collection.Routes;
using Sluice.Schemas;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>A resource together with everything it uses and what its descriptors demand: the whole that ingestion checks.</summary>
internal sealed class ComposedSchema
{
    private readonly NameSource _source;
    private readonly NamedForm _whole;

    private ComposedSchema(RegistryResource resource, NameSource source, NamedForm whole)
    {
        Resource = resource;
        _source = source;
        _whole = whole;
        Root = ComposedField.Of(source, whole.Root);
    }

    internal RegistryResource Resource { get; }

    /// <summary>The record itself.</summary>
    internal ComposedField Root { get; }

    /// <summary>Composes under the names of ingested records, with what class and descriptors add to the document.</summary>
    internal static ComposedSchema Of(RegistryLibrary library, RegistryResource resource)
    {
        var source = new NameSource(library, compatible: true);
        var demands = new JsonArray();
        if (library.IsTimeSeries(resource))
            demands.Add(TimeSeriesDemand());
        var plain = ComposedField.Of(source, resource.Compatible.Root);
        foreach (var primary in library.DescriptorsOf(resource.Id).Where(one => one.IsPrimary))
            demands.Add(Presence(primary.Path, plain));

        if (demands.Count == 0)
            return new ComposedSchema(resource, source, resource.Compatible);
        demands.Insert(0, new JsonObject { ["$ref"] = resource.Id });
        var whole = new JsonObject { ["type"] = "object", ["allOf"] = demands };
        return new ComposedSchema(resource, source, new NamedForm("", JsonSerializer.SerializeToElement(whole, JsonFormat.Readable)));
    }

    /// <summary>Composes under the names as published.</summary>
    internal static ComposedField Published(RegistryLibrary library, RegistryResource resource) =>
        ComposedField.Of(new NameSource(library, compatible: false), resource.Stored.Root);

    /// <exception cref="SchemaException">The whole is no schema; the message says where and why.</exception>
    internal CompiledSchema Compile() => SchemaCompiler.Compile(
        _whole.Json,
        !Resource.StandsAlone && Uri.TryCreate(_whole.Id, UriKind.Absolute, out var address) ? address : null,
        id => _source.Find(id)?.Json);

    /// <summary>What the receiving path needs of it.</summary>
    /// <exception cref="SchemaException">As <see cref="Compile"/>.</exception>
    internal SchemaRoute ToRoute() => new(
        Encoding.UTF8.GetBytes(Resource.Id),
        Resource.Stamp.Version,
        Compile(),
        [.. _source.Library.DescriptorsOf(Resource.Id).Where(one => one.Kind == Descriptor.Identity).OrderBy(one => one.Id, StringComparer.Ordinal).Select(Field)]);

    private static IdentityField Field(Descriptor one) =>
        new([.. one.Path.Select(Encoding.UTF8.GetBytes)], Encoding.UTF8.GetBytes(one.Namespace), one.IsPrimary);

    private static JsonObject TimeSeriesDemand() => new()
    {
        ["properties"] = new JsonObject
        {
            ["_id"] = new JsonObject { ["type"] = "string" },
            ["timestamp"] = new JsonObject { ["type"] = "string" },
        },
        ["required"] = new JsonArray("_id", "timestamp"),
    };

    // Contract 1.8: the primary identity and every object above it must be there.
    private static JsonObject Presence(string[] path, ComposedField above)
    {
        var demand = new JsonObject();
        if (path.Length == 0)
            return demand;
        if (above.Type == "array" && above.Items() is { } items)
            return new JsonObject { ["items"] = Presence(path, items) };
        demand["required"] = new JsonArray(path[0]);
        if (path.Length > 1 && above.Find(path[0]) is { } below)
            demand["properties"] = new JsonObject { [path[0]] = Presence(path[1..], below) };
        return demand;
    }
}
