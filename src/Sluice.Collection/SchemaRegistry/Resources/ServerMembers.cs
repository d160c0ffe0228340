using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The members of a resource that only the server says (contract collection.md 3.1): taken off what clients send, put on what they get.</summary>
internal static class ServerMembers
{
    private static readonly string[] Names =
    [
        "$id", "meta:altId", "meta:resourceType", "version", "imsOrg", "meta:containerId", "meta:tenantNamespace", "meta:registryMetadata",
        "meta:class", "meta:extends", "meta:xdmType", "refs", "meta:sandboxId", "meta:sandboxType", "meta:createdDate", "meta:descriptors",
    ];

    internal static void RemoveFrom(JsonObject document)
    {
        foreach (var name in Names)
            document.Remove(name);
    }

    internal static JsonElement Without(JsonElement document)
    {
        var copy = JsonObject.Create(document)!;
        RemoveFrom(copy);
        return JsonSerializer.SerializeToElement(copy, JsonFormat.Readable);
    }

    /// <summary>Completes a document of a resource, in whatever form it is.</summary>
    internal static JsonObject AddTo(JsonObject document, RegistryResource resource, RegistryLibrary library, string orgId)
    {
        document["$id"] = resource.Id;
        document["meta:altId"] = resource.AltId;
        document["meta:resourceType"] = resource.Type.Path;
        document["version"] = resource.Version;
        document["meta:containerId"] = resource.IsGlobal ? "global" : "tenant";
        document["meta:xdmType"] = "object";
        document.TryAdd("type", "object");
        var isBuildingBlock = resource.Type != ResourceType.Schema;
        document.TryAdd("meta:abstract", isBuildingBlock);
        document.TryAdd("meta:extensible", isBuildingBlock);
        document["refs"] = List(resource.References);
        if (!resource.IsGlobal)
        {
            document["imsOrg"] = orgId;
            document["meta:tenantNamespace"] = "_" + library.TenantId;
            document["meta:extends"] = List(library.ExtendedBy(resource));
            if (library.ClassOf(resource) is { } @class)
                document["meta:class"] = @class.Id;
        }
        if (!document.ContainsKey("required") && !resource.StandsAlone && resource.Type == ResourceType.Schema
            && ComposedSchema.Of(library, resource).Root.Required is { Count: > 0 } required)
            document["required"] = List(required);
        document["meta:registryMetadata"] = Metadata(resource.Stamp, resource.ETag);
        return document;
    }

    internal static JsonObject Metadata(ResourceStamp stamp, string etag) => new()
    {
        ["repo:createdDate"] = stamp.CreatedMs,
        ["repo:lastModifiedDate"] = stamp.ModifiedMs,
        ["xdm:createdClientId"] = stamp.CreatedBy,
        ["xdm:lastModifiedClientId"] = stamp.ModifiedBy,
        ["xdm:createdUserId"] = stamp.CreatedBy,
        ["xdm:lastModifiedUserId"] = stamp.ModifiedBy,
        ["eTag"] = etag,
    };

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
