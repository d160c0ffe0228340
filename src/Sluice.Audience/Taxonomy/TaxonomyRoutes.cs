using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Audience.Families;

namespace Sluice.Audience.Taxonomy;

/// <summary><c>/taxonomies/0/</c>: the top level, one category, and what lies directly below it (contract audience.md 3.10).</summary>
internal static class TaxonomyRoutes
{
    internal static RouteGroupBuilder MapTaxonomy(this RouteGroupBuilder routes, CategoryFamily family)
    {
        routes.MapGet("/taxonomies/0", (Delegate)((HttpContext http) => FamilyRoutes.ListAsync(http, family, row => row.ParentId == Category.NoParent)));
        routes.MapGet("/taxonomies/0/{id}", (HttpContext http, string id) => FamilyRoutes.GetAsync(http, family, id));
        routes.MapGet("/taxonomies/0/{id}/childCategories", (HttpContext http, string id) => ChildrenAsync(http, family, id));
        return routes;
    }

    private static async Task<IResult> ChildrenAsync(HttpContext http, CategoryFamily family, string id)
    {
        var (parent, missing) = family.Find(AudienceEnvironment.Of(http).Catalogue.Snapshot, id);
        return missing is not null ? AudienceAnswers.Refuse(missing)
            : await FamilyRoutes.ListAsync(http, family, row => row.ParentId == parent!.Id);
    }
}
