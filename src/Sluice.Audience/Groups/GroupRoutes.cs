using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Groups;

/// <summary><c>/groups/</c> (contract audience.md 3.13), for admins. Groups are Access's; their rights on objects are in <see cref="PermissionRoutes"/>.</summary>
internal sealed class GroupRoutes(GroupFamily family, AccountGroups groups)
{
    private const int MaxBulkIds = 10_000;
    private const int MaxWildcards = 1_000;

    internal void Map(RouteGroupBuilder routes)
    {
        var admins = routes.MapGroup("/groups").AddEndpointFilter<RouteGroupBuilder, AdminsOnly>();
        admins.MapGet("", (Delegate)((HttpContext http) => FamilyRoutes.ListAsync(http, family)));
        admins.MapPost("", (Delegate)CreateAsync);
        admins.MapGet("/{id:long}", (HttpContext http, long id) => Answer(http, id, 200));
        admins.MapPut("/{id:long}", ChangeAsync);
        admins.MapDelete("/{id:long}", DeleteAsync);
        admins.MapMethods("/bulk-delete", ["POST", "DELETE"], (Delegate)DeleteManyAsync); // documented as DELETE, posted by the original's own pages
    }

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        var (wish, problem) = await ReadAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var (id, fault) = await groups.CreateAsync(http, wish!);
        return fault is not null ? AudienceAnswers.Refuse(AccountAnswers.Of(fault)) : Answer(http, id, 201);
    }

    private async Task<IResult> ChangeAsync(HttpContext http, long id)
    {
        var (wish, problem) = await ReadAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        if (groups.Find(id) is { } known && FamilyRoutes.FindStale(http, "group", GroupRow.Of(known)) is { } stale)
            return AudienceAnswers.Refuse(stale);
        return await groups.ChangeAsync(http, id, wish!) is { } fault ? AudienceAnswers.Refuse(AccountAnswers.Of(fault)) : Answer(http, id, 200);
    }

    private async Task<IResult> DeleteAsync(HttpContext http, long id) =>
        (await groups.DeleteAsync(http, [id])).Count == 0 ? Results.NoContent() : AudienceAnswers.Refuse(AudienceProblem.NotFound($"group {id}"));

    private async Task<IResult> DeleteManyAsync(HttpContext http)
    {
        var (ids, problem) = await Body.ReadIdsAsync(http, MaxBulkIds);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var missing = await groups.DeleteAsync(http, [.. ids]);
        return missing.Count == 0 ? Results.NoContent()
            : AudienceAnswers.Refuse(AudienceProblem.Invalid("Some groups are not there; nothing was deleted", [.. missing.Select(id => $"{id}: There is no group {id}")]));
    }

    private static async Task<(GroupWish? Wish, AudienceProblem? Problem)> ReadAsync(HttpContext http)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return (null, problem);
        var wildcards = body!.Has("wildcardPermissions") ? "wildcardPermissions" : "wildcards";
        var wish = new GroupWish
        {
            Name = body.Text("name", null),
            Description = body.Has("description") ? body.Text("description", null, 4_000) ?? "" : null,
            Wildcards = body.Has(wildcards) ? body.Texts(wildcards, [], MaxWildcards) : null,
            Users = body.Has("users") ? body.Numbers("users", []) : null,
        };
        return (wish, body.Problem);
    }

    private IResult Answer(HttpContext http, long id, int status)
    {
        if (groups.Find(id) is not { } group)
            return AudienceAnswers.Refuse(AudienceProblem.NotFound($"group {id}"));
        var row = GroupRow.Of(group);
        var view = new RowView(Caller.Of(http), AudienceEnvironment.Of(http).Catalogue.Snapshot, ListQuery.Read(http)) { IsSingle = true };
        http.Response.Headers.ETag = row.ETag;
        return AudienceAnswers.Json(status, json => GroupRow.Fields.Write(json, row, view));
    }
}
