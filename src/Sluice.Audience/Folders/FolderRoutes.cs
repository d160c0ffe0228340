using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Segments;

namespace Sluice.Audience.Folders;

/// <summary><c>/folders/traits/</c> and <c>/folders/segments/</c> (contract audience.md 3.2): the verbs of all families, answered with trees.</summary>
internal sealed class FolderRoutes(FolderFamily family)
{
    internal RouteGroupBuilder Map(RouteGroupBuilder routes, string path, SegmentFamily segments)
    {
        routes.MapGet(path, (Delegate)List);
        routes.MapPost(path, (Delegate)CreateAsync);
        routes.MapGet(path + "/{id:long}", (HttpContext http, long id) => Answer(http, AudienceEnvironment.Of(http).Catalogue.Snapshot, id, 200));
        routes.MapPut(path + "/{id:long}", UpdateAsync);
        routes.MapDelete(path + "/{id:long}", DeleteAsync);
        if (!family.IsOfTraits)
            routes.MapGet(path + "/{id:long}/segments", (HttpContext http, long id) => SegmentsAsync(http, segments, id));
        return routes;
    }

    private IResult List(HttpContext http)
    {
        var tree = new FolderTree(AudienceEnvironment.Of(http).Catalogue.Snapshot, family.Kind);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            tree.Write(json, Folder.Root);
            json.WriteEndArray();
        });
    }

    private IResult Answer(HttpContext http, CatalogueSnapshot catalogue, long id, int status)
    {
        if (catalogue.Find(family.Kind, id) is { } folder)
            http.Response.Headers.ETag = folder.ETag;
        var tree = new FolderTree(catalogue, family.Kind);
        return tree.Has(id) ? AudienceAnswers.Json(status, json => tree.Write(json, id)) : AudienceAnswers.Refuse(Missing(id));
    }

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        return problem is not null ? AudienceAnswers.Refuse(problem)
            : await WriteAsync(http, 201, draft => family.CreateAsync(draft, body!, Caller.Of(http)));
    }

    private async Task<IResult> UpdateAsync(HttpContext http, long id)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        return problem is not null ? AudienceAnswers.Refuse(problem) : await WriteAsync(http, 200, async draft =>
        {
            var (folder, missing) = FamilyRoutes.FindToChange(http, family, draft, Segment(id), ObjectRights.Write);
            return missing is not null ? missing : await family.UpdateAsync(draft, folder!, body!, Caller.Of(http));
        });
    }

    private async Task<IResult> DeleteAsync(HttpContext http, long id)
    {
        if (id == Folder.Root)
            return AudienceAnswers.Refuse(AudienceProblem.Conflict("folder_not_empty", "The root folder stays"));
        return await WriteAsync(http, 204, async draft =>
        {
            var (folder, missing) = FamilyRoutes.FindToChange(http, family, draft, Segment(id), ObjectRights.Delete);
            return (missing ?? await family.RemoveAsync(draft, folder!, Caller.Of(http))) is { } blocked ? blocked : folder!;
        });
    }

    private async Task<IResult> SegmentsAsync(HttpContext http, SegmentFamily segments, long id)
    {
        if (!new FolderTree(AudienceEnvironment.Of(http).Catalogue.Snapshot, family.Kind).Has(id))
            return AudienceAnswers.Refuse(Missing(id));
        return await FamilyRoutes.ListAsync(http, segments, segment => segment.FolderId == id);
    }

    private async Task<IResult> WriteAsync(HttpContext http, int status, Func<Draft, Task<Outcome<Folder>>> write)
    {
        var catalogue = AudienceEnvironment.Of(http).Catalogue;
        var (outcome, _) = await catalogue.WriteAsync(Caller.Of(http).UserId ?? 0, dryRun: false, write, http.RequestAborted);
        return outcome.Problem is { } refused ? AudienceAnswers.Refuse(refused)
            : status == 204 ? Results.NoContent()
            : Answer(http, catalogue.Snapshot, outcome.Value!.Id, status);
    }

    private static string Segment(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static AudienceProblem Missing(long id) => AudienceProblem.NotFound($"folder {id}");
}
