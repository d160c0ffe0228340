using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The schema registry, <c>/data/foundation/schemaregistry</c> (contract collection.md 3).</summary>
internal static class RegistryRoutes
{
    internal static RouteGroupBuilder MapSchemaRegistry(this RouteGroupBuilder registry)
    {
        registry.MapGet("/tenant/schemas", (HttpContext http, SchemaOperations schema) => schema.ListAsync(http));
        registry.MapPost("/tenant/schemas", (HttpContext http, SchemaOperations schema) => schema.CreateAsync(http));
        registry.MapGet("/tenant/schemas/{**schemaId}", (HttpContext http, string schemaId, SchemaOperations schema) => schema.GetAsync(http, schemaId));
        return registry;
    }
}
