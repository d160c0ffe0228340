using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Traits;

namespace Sluice.Audience.Folders;

/// <summary><c>/folders/traits/</c> and <c>/folders/segments/</c> (contract audience.md 3.2). A trait folder has a trait of its own, which follows it.</summary>
internal sealed class FolderRoutes(EntityKind<Folder> kind, AudienceLimits limits)
{
    internal RouteGroupBuilder Map(RouteGroupBuilder routes, string path)
    {
        routes.MapGet(path, (Delegate)List);
        routes.MapPost(path, (Delegate)CreateAsync);
        routes.MapGet(path + "/{id:long}", Get);
        routes.MapPut(path + "/{id:long}", UpdateAsync);
        routes.MapDelete(path + "/{id:long}", DeleteAsync);
        return routes;
    }

    private bool IsOfTraits => kind == Kinds.TraitFolders;

    private IResult List(HttpContext http)
    {
        var tree = new FolderTree(AudienceEnvironment.Of(http).Catalogue.Snapshot, kind);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            tree.Write(json, Folder.Root, withSubFolders: true);
            json.WriteEndArray();
        });
    }

    private IResult Get(HttpContext http, long id) => Answer(AudienceEnvironment.Of(http).Catalogue.Snapshot, id, 200);

    private IResult Answer(CatalogueSnapshot catalogue, long id, int status)
    {
        var tree = new FolderTree(catalogue, kind);
        return tree.Has(id) ? AudienceAnswers.Json(status, json => tree.Write(json, id, withSubFolders: true)) : AudienceAnswers.Refuse(Missing(id));
    }

    private Task<IResult> CreateAsync(HttpContext http) => WriteAsync(http, 201, async (draft, body) =>
    {
        var tree = new FolderTree(draft.Current, kind);
        var folder = Read(body!, new Folder());
        if (draft.Current.Table(kind).Count >= limits.Folders)
            return AudienceProblem.Limit($"There are {limits.Folders} folders already");
        if ((body!.Problem ?? FindFault(tree, folder, height: 1)) is { } problem)
            return problem;
        var added = await draft.AddAsync(kind, folder);
        if (IsOfTraits)
            await FolderTraits.AddAsync(draft, added);
        return added;
    });

    private Task<IResult> UpdateAsync(HttpContext http, long id) => WriteAsync(http, 200, (draft, body) =>
    {
        var tree = new FolderTree(draft.Current, kind);
        if (draft.Current.Find(kind, id) is not { } old)
            return Task.FromResult<Outcome<Folder>>(Missing(id));
        var folder = Read(body!, old);
        var problem = body!.Problem
            ?? (tree.IsWithin(folder.ParentFolderId, id) ? AudienceProblem.Invalid("A folder cannot lie in itself", "parentFolderId is the folder or one below it") : null)
            ?? FindFault(tree, folder, tree.HeightOf(id));
        if (problem is not null)
            return Task.FromResult<Outcome<Folder>>(problem);
        var changed = draft.Change(kind, folder);
        if (IsOfTraits)
            FolderTraits.Rename(draft, changed);
        return Task.FromResult<Outcome<Folder>>(changed);
    });

    private async Task<IResult> DeleteAsync(HttpContext http, long id)
    {
        if (!MayChange(Caller.Of(http)))
            return AudienceAnswers.Refuse(AudienceProblem.Forbidden("You may not change folders"));
        var (outcome, _) = await AudienceEnvironment.Of(http).Catalogue.WriteAsync<Folder>(Caller.Of(http).UserId ?? 0, dryRun: false, draft =>
        {
            if (draft.Current.Find(kind, id) is not { } folder)
                return Task.FromResult<Outcome<Folder>>(id == Folder.Root ? AudienceProblem.Conflict("folder_not_empty", "The root folder stays") : Missing(id));
            var inside = InsideOf(draft.Current, id).Take(20).ToList();
            if (inside.Count > 0)
                return Task.FromResult<Outcome<Folder>>(AudienceProblem.Conflict("folder_not_empty", $"Folder {id} is not empty", inside));
            var problem = IsOfTraits ? FolderTraits.Remove(draft, folder) : null;
            if (problem is not null)
                return Task.FromResult<Outcome<Folder>>(problem);
            draft.Remove(kind, folder);
            return Task.FromResult<Outcome<Folder>>(folder);
        }, http.RequestAborted);
        return outcome.Problem is { } refused ? AudienceAnswers.Refuse(refused) : Results.NoContent();
    }

    private async Task<IResult> WriteAsync(HttpContext http, int status, Func<Draft, Body?, Task<Outcome<Folder>>> write)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        if (!MayChange(Caller.Of(http)))
            return AudienceAnswers.Refuse(AudienceProblem.Forbidden("You may not change folders"));
        var catalogue = AudienceEnvironment.Of(http).Catalogue;
        var (outcome, _) = await catalogue.WriteAsync(Caller.Of(http).UserId ?? 0, dryRun: false, draft => write(draft, body), http.RequestAborted);
        return outcome.Problem is { } refused ? AudienceAnswers.Refuse(refused) : Answer(catalogue.Snapshot, outcome.Value!.Id, status);
    }

    // No right is about folders; whoever may make what they hold may arrange it.
    private bool MayChange(Caller caller) => caller.IsAdmin || caller.Has(IsOfTraits ? "CREATE_ALL_TRAITS" : "CREATE_ALL_SEGMENTS")
        || caller.Has(IsOfTraits ? "EDIT_ALL_TRAITS" : "EDIT_ALL_SEGMENTS");

    private static Folder Read(Body body, Folder old)
    {
        var name = body.RequiredText("name", old.Name);
        if (name.Contains('/', StringComparison.Ordinal))
            body.Refuse("name", "must not hold a slash");
        return old with { Name = name, ParentFolderId = body.Number("parentFolderId", old.ParentFolderId) ?? Folder.Root };
    }

    private AudienceProblem? FindFault(FolderTree tree, Folder folder, int height) =>
        !tree.Has(folder.ParentFolderId) ? AudienceProblem.Invalid($"There is no folder {folder.ParentFolderId}", "parentFolderId names no folder")
        : tree.DepthOf(folder.ParentFolderId) + height > limits.FolderDepth ? AudienceProblem.Limit($"Folders lie at most {limits.FolderDepth} deep")
        : tree.ChildrenOf(folder.ParentFolderId).FirstOrDefault(one => one.Id != folder.Id && one.Name.Equals(folder.Name, StringComparison.OrdinalIgnoreCase)) is { } twin
            ? AudienceProblem.Conflict("duplicate_name", $"There is a folder [{folder.Name}] there already: {twin.Id}")
        : null;

    private IEnumerable<string> InsideOf(CatalogueSnapshot catalogue, long id) =>
        catalogue.Table(kind).Rows.Where(one => one.ParentFolderId == id).Select(one => $"Folder {one.Id}").Concat(IsOfTraits
            ? catalogue.Table(Kinds.Traits).Rows.Where(one => one.FolderId == id && one.TraitType != Trait.OfFolder).Select(one => $"Trait {one.Id}")
            : catalogue.Table(Kinds.Segments).Rows.Where(one => one.FolderId == id).Select(one => $"Segment {one.Id}"));

    private static AudienceProblem Missing(long id) => AudienceProblem.NotFound($"folder {id}");
}
