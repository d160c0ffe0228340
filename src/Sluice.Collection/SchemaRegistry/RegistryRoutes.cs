using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The schema registry, <c>/data/foundation/schemaregistry</c> (contract collection.md 3), and the import of published files.</summary>
internal static class RegistryRoutes
{
    private static readonly string[] Writes = ["POST", "PUT", "PATCH", "DELETE"];

    internal static RouteGroupBuilder MapSchemaRegistry(this RouteGroupBuilder registry)
    {
        registry.MapGet("/stats", (HttpContext http, RegistryRpc rpc) => rpc.Stats(http));
        registry.MapGet("/rpc/export/{**id}", (HttpContext http, string id, RegistryRpc rpc) => rpc.Export(http, id));
        registry.MapPost("/rpc/import", (HttpContext http, ImportOperations import) => import.ImportExportedAsync(http));
        registry.MapGet("/rpc/sampledata/{**id}", (HttpContext http, string id, RegistryRpc rpc) => rpc.Sample(http, id));
        registry.MapGet("/rpc/auditlog/{**id}", (HttpContext http, string id, RegistryRpc rpc) => rpc.AuditLogAsync(http, id));

        registry.MapGet("/tenant/descriptors", (HttpContext http, DescriptorOperations descriptor) => descriptor.List(http));
        registry.MapPost("/tenant/descriptors", (HttpContext http, DescriptorOperations descriptor) => descriptor.CreateAsync(http));
        registry.MapGet("/tenant/descriptors/{id}", (HttpContext http, string id, DescriptorOperations descriptor) => descriptor.Get(http, id));
        registry.MapPut("/tenant/descriptors/{id}", (HttpContext http, string id, DescriptorOperations descriptor) => descriptor.ReplaceAsync(http, id));
        registry.MapDelete("/tenant/descriptors/{id}", (HttpContext http, string id, DescriptorOperations descriptor) => descriptor.RemoveAsync(http, id));

        registry.MapGet("/tenant/unions", (HttpContext http, UnionOperations union) => union.List(http));
        registry.MapGet("/tenant/unions/{**id}", (HttpContext http, string id, UnionOperations union) => union.Get(http, id));
        registry.MapMethods("/tenant/unions/{**id}", Writes, (ResourceOperations resource) => resource.ReadOnly("A union"));

        registry.MapGet("/global/{type}", (HttpContext http, string type, ResourceOperations resource) => resource.List(http, isGlobal: true, type));
        registry.MapGet("/global/{type}/{**id}", (HttpContext http, string type, string id, ResourceOperations resource) => resource.Get(http, isGlobal: true, type, id));
        registry.MapMethods("/global/{**path}", Writes, (ResourceOperations resource) => resource.ReadOnly("The container [global]"));

        registry.MapGet("/tenant/{type}", (HttpContext http, string type, ResourceOperations resource) => resource.List(http, isGlobal: false, type));
        registry.MapPost("/tenant/{type}", (HttpContext http, string type, ResourceOperations resource) => resource.CreateAsync(http, type));
        registry.MapGet("/tenant/{type}/{**id}", (HttpContext http, string type, string id, ResourceOperations resource) => resource.Get(http, isGlobal: false, type, id));
        registry.MapPut("/tenant/{type}/{**id}", (HttpContext http, string type, string id, ResourceOperations resource) => resource.ReplaceAsync(http, type, id));
        registry.MapPatch("/tenant/{type}/{**id}", (HttpContext http, string type, string id, ResourceOperations resource) => resource.PatchAsync(http, type, id));
        registry.MapDelete("/tenant/{type}/{**id}", (HttpContext http, string type, string id, ResourceOperations resource) => resource.RemoveAsync(http, type, id));
        return registry;
    }

    /// <summary>A path of ours, <c>/api/sluice/v1/schemaregistry</c>: over the original's API the global container can only be read.</summary>
    internal static RouteGroupBuilder MapRegistryImport(this RouteGroupBuilder registry)
    {
        registry.MapPost("/global/import", (HttpContext http, ImportOperations import) => import.ImportGlobalAsync(http));
        return registry;
    }
}
