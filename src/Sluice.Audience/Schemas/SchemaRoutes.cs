using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Audience.Families;

namespace Sluice.Audience.Schemas;

/// <summary>The two reads of <see cref="SchemaFamily"/>: one schema is a document of its own, not a row.</summary>
internal static class SchemaRoutes
{
    internal static RouteGroupBuilder MapSchemas(this RouteGroupBuilder routes, SchemaFamily family)
    {
        routes.MapGet("/schemas", (Delegate)((HttpContext http) => FamilyRoutes.ListAsync(http, family)));
        routes.MapGet("/schemas/{name}", (HttpContext http, string name) =>
        {
            var (schema, missing) = family.Find(AudienceEnvironment.Of(http).Catalogue.Snapshot, name);
            return missing is not null ? AudienceAnswers.Refuse(missing) : AudienceAnswers.Json(200, schema!.Write);
        });
        return routes;
    }
}
