using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Schemas;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>What the registry tells beside its resources: statistics, samples, history, and export (contract collection.md 3.1).</summary>
internal sealed class RegistryRpc(AccessRuntime access, TimeProvider clock)
{
    private const int RecentCount = 10;

    internal IResult Stats(HttpContext http)
    {
        var snapshot = CollectionEnvironment.Of(http).Registry.Current;
        var library = snapshot.Library;
        var tenants = library.Resources.Where(one => !one.IsGlobal).ToList();
        var counts = new JsonObject();
        foreach (var type in new[] { ResourceType.Schema, ResourceType.Class, ResourceType.FieldGroup, ResourceType.DataType })
            counts[type.Path] = tenants.Count(one => one.Type == type);
        counts["mixins"] = counts[ResourceType.FieldGroup.Path]!.GetValue<int>(); // the older word
        counts["descriptors"] = library.Descriptors.Count;
        counts["unions"] = UnionView.All(library).Count();

        var usage = new JsonObject();
        foreach (var group in tenants.Where(one => one.Type == ResourceType.Schema).GroupBy(one => library.ClassOf(one)?.Id ?? ""))
        {
            if (group.Key.Length > 0)
                usage[group.Key] = new JsonArray([.. group.Select(one => (JsonNode)new JsonObject { ["$id"] = one.Id, ["title"] = one.Title })]);
        }
        return RegistryAnswers.Json(new JsonObject
        {
            ["imsOrg"] = access.Organisation.OrgId,
            ["tenantId"] = access.Organisation.TenantId,
            ["counts"] = counts,
            ["recentlyCreatedResources"] = Recent(tenants, one => one.Stamp.CreatedMs),
            ["recentlyUpdatedResources"] = Recent(tenants, one => one.Stamp.ModifiedMs),
            ["classUsage"] = usage,
            ["unusableSchemas"] = new JsonObject(snapshot.Faults.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
        });
    }

    internal IResult Sample(HttpContext http, string encodedId)
    {
        var id = ResourceIds.FromPath(encodedId);
        var library = CollectionEnvironment.Of(http).Registry.Current.Library;
        if (library.Find(id) is not { } resource)
            return Refuse(RegistryFault.NotFound(ResourceType.Schema, id));
        try
        {
            var (sample, fault) = SampleEntity.Make(ComposedSchema.Of(library, resource));
            return sample is null ? Refuse(RegistryFault.BadDocument(fault!)) : RegistryAnswers.Json(sample);
        }
        catch (SchemaException error)
        {
            return Refuse(RegistryFault.BadDocument(error.Message)); // a published file that lacks another
        }
    }

    internal async Task<IResult> AuditLogAsync(HttpContext http, string encodedId)
    {
        var id = ResourceIds.FromPath(encodedId);
        var registry = CollectionEnvironment.Of(http).Registry;
        var resource = registry.Current.Library.Find(id);
        var entries = await registry.Store.ListAuditAsync(resource?.Id ?? id, http.RequestAborted);
        if (resource is null && entries.Count == 0)
            return Refuse(RegistryFault.NotFound(ResourceType.Schema, id));
        return RegistryAnswers.Json(new JsonArray([.. entries.Select(one => (JsonNode)new JsonObject
        {
            ["id"] = one.ResourceId,
            ["action"] = one.Action,
            ["version"] = $"1.{one.Version - 1}",
            ["updatedTime"] = one.AtMs,
            ["updatedClient"] = one.ClientId,
            ["updatedUser"] = one.ClientId,
            ["paths"] = JsonNode.Parse(one.Places),
        })]));
    }

    /// <summary>A tenant's resource with everything it needs that is not shipped, what is used before its users, then the descriptors.</summary>
    internal IResult Export(HttpContext http, string encodedId)
    {
        var id = ResourceIds.FromPath(encodedId);
        var library = CollectionEnvironment.Of(http).Registry.Current.Library;
        if (library.Find(id) is not { IsGlobal: false } resource)
            return Refuse(RegistryFault.NotFound(ResourceType.Schema, id));
        var needed = library.WithUsed(resource).Where(one => one.Stamp != ResourceStamp.Shipped).Reverse().ToList();
        var parts = needed.Select(one => (JsonNode)ResourceView.Raw(library, one, isPublished: true, access.Organisation.OrgId))
            .Concat(needed.SelectMany(one => library.DescriptorsOf(one.Id)).Select(one => (JsonNode)DescriptorView.Whole(one, access.Organisation.OrgId)));
        return RegistryAnswers.Json(new JsonArray([.. parts]));
    }

    private static JsonArray Recent(IEnumerable<RegistryResource> all, Func<RegistryResource, long> time) => new(
        [.. all.OrderByDescending(time).Take(RecentCount).Select(one => (JsonNode)new JsonObject
        {
            ["title"] = one.Title,
            ["description"] = Descriptor.Text(one.Document, "description"),
            ["meta:resourceType"] = one.Type.Path,
            ["meta:created"] = one.Stamp.CreatedMs,
            ["meta:updated"] = one.Stamp.ModifiedMs,
            ["version"] = one.Version,
            ["$id"] = one.Id,
            ["meta:altId"] = one.AltId,
        })]);

    private IResult Refuse(RegistryFault fault) => RegistryAnswers.Refuse(fault, clock);
}
