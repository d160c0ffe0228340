using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>All schemas of one class that were opened for profiles, seen as one (contract collection.md 3.4). Nobody writes it.</summary>
internal sealed class UnionView
{
    private readonly RegistryLibrary _library;
    private readonly RegistryResource _class;
    private readonly List<RegistryResource> _members;

    private UnionView(RegistryLibrary library, RegistryResource @class, List<RegistryResource> members)
    {
        _library = library;
        _class = @class;
        _members = members;
    }

    internal string Id => ResourceIds.Union(_class.Id);

    internal static IEnumerable<UnionView> All(RegistryLibrary library) =>
        library.Resources.Where(one => one.Type == ResourceType.Class).Select(one => Find(library, one.Id)).OfType<UnionView>();

    /// <summary>The union of a class, by its <c>$id</c> or its dotted id; null while no schema has joined it.</summary>
    internal static UnionView? Find(RegistryLibrary library, string classId) =>
        library.Find(classId) is { } @class && @class.Type == ResourceType.Class && library.MembersOf(@class.Id).ToList() is { Count: > 0 } members
            ? new UnionView(library, @class, members)
            : null;

    /// <summary>The union's own document: its members by reference, and the three fields that only a union has.</summary>
    internal JsonObject Write(string orgId)
    {
        var newest = _members.MaxBy(one => one.Stamp.ModifiedMs)!;
        return new JsonObject
        {
            ["$id"] = Id,
            ["meta:altId"] = ResourceIds.Union(_class.AltId),
            ["meta:resourceType"] = ResourceType.Union.Path,
            ["version"] = "1.0",
            ["title"] = $"Union of {_class.Title}",
            ["type"] = "object",
            ["description"] = $"Every field of the schemas of {_class.Id} that are open for profiles.",
            ["allOf"] = Parts(),
            ["meta:class"] = _class.Id,
            ["meta:extends"] = new JsonArray([.. _members.Select(one => (JsonNode)one.Id)]),
            ["meta:containerId"] = "tenant",
            ["meta:tenantNamespace"] = "_" + _library.TenantId,
            ["imsOrg"] = orgId,
            ["meta:abstract"] = false,
            ["meta:extensible"] = false,
            ["meta:immutableTags"] = new JsonArray("union"),
            ["meta:xdmType"] = "object",
            ["meta:registryMetadata"] = ServerMembers.Metadata(newest.Stamp, newest.ETag),
        };
    }

    /// <summary>Every field of its members together.</summary>
    internal ComposedField Root(bool compatible)
    {
        var document = new JsonObject { ["type"] = "object", ["allOf"] = Parts() };
        var form = new NamedForm(Id, JsonSerializer.SerializeToElement(document, JsonFormat.Readable));
        return ComposedField.Of(new NameSource(_library, compatible), form.Root);
    }

    private JsonArray Parts()
    {
        var parts = new JsonArray([.. _members.Select(one => (JsonNode)new JsonObject { ["$ref"] = one.Id })]);
        parts.Add(new JsonObject { ["properties"] = OwnFields() });
        return parts;
    }

    private static JsonObject OwnFields() => new()
    {
        ["identityMap"] = Map("Every identity of the profile, by namespace.",
            new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = WellKnown.IdentityItem } }),
        ["timeSeriesEvents"] = new JsonObject
        {
            ["title"] = "Time-series events",
            ["description"] = "The events that belong to the profile.",
            ["type"] = "array",
            ["items"] = new JsonObject { ["type"] = "object" },
        },
        ["segmentMembership"] = Map("The segments the profile is in, by namespace and segment.", Map("By segment.", new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["status"] = new JsonObject { ["type"] = "string" },
                ["lastQualificationTime"] = new JsonObject { ["type"] = "string", ["format"] = "date-time" },
            },
        })),
    };

    private static JsonObject Map(string description, JsonObject values) =>
        new() { ["type"] = "object", ["description"] = description, ["meta:xdmType"] = "map", ["additionalProperties"] = values };
}
