using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Families;

/// <summary>The verbs that all families share: list, read, create, change, delete, delete many (contract audience.md sections 2 and 3).</summary>
internal static class FamilyRoutes
{
    private const int MaxBulkIds = 10_000;
    private const int MaxIdsRead = 1_000;

    /// <summary>Maps a family under its path.</summary>
    internal static RouteGroupBuilder MapFamily<T>(this RouteGroupBuilder routes, string path, Family<T> family)
        where T : Entity
    {
        routes.MapReadFamily(path, family);
        if (family.Verbs.HasFlag(FamilyVerbs.Create))
            routes.MapPost(path, (Delegate)((HttpContext http) => CreateAsync(http, family)));
        if (family.Verbs.HasFlag(FamilyVerbs.BulkDelete))
            routes.MapPost(path + "/bulk-delete", (Delegate)((HttpContext http) => BulkDeleteAsync(http, family)));
        if (family.Verbs.HasFlag(FamilyVerbs.Update))
            routes.MapPut(path + "/{id}", (HttpContext http, string id) => UpdateAsync(http, family, id));
        if (family.Verbs.HasFlag(FamilyVerbs.Delete))
            routes.MapDelete(path + "/{id}", (HttpContext http, string id) => DeleteAsync(http, family, id));
        return routes;
    }

    /// <summary>Maps what can only be read.</summary>
    internal static RouteGroupBuilder MapReadFamily<T>(this RouteGroupBuilder routes, string path, ReadFamily<T> family)
        where T : Entity
    {
        routes.MapGet(path, (Delegate)((HttpContext http) => ListAsync(http, family)));
        routes.MapGet(path + "/{id}", (HttpContext http, string id) => GetAsync(http, family, id));
        return routes;
    }

    internal static Task<IResult> ListAsync<T>(HttpContext http, ReadFamily<T> family)
        where T : Entity => ListAsync(http, family, null);

    /// <summary>Answers a list of the family's rows, narrowed further by <paramref name="among"/>.</summary>
    internal static async Task<IResult> ListAsync<T>(HttpContext http, ReadFamily<T> family, Func<T, bool>? among)
        where T : Entity
    {
        var query = ListQuery.Read(http);
        var view = ViewOf(http, query);
        var own = family.Filter(view);
        if (query.Problem is { } problem)
            return AudienceAnswers.Refuse(problem);

        var sees = family.HasRights && !view.Caller.IsAdmin ? (Func<T, bool>)(row => family.RightsOn(view.Caller, row).HasFlag(query.Wanted)) : null;
        Func<T, bool>? filter = own is null && among is null && sees is null ? null
            : row => own?.Invoke(row) != false && among?.Invoke(row) != false && sees?.Invoke(row) != false;
        await ListAnswer.WriteAsync(http, ListAnswer.Select(family.Rows(view.Catalogue), family.Fields, view, filter), family.Fields, view);
        return Results.Empty;
    }

    internal static Task<IResult> GetAsync<T>(HttpContext http, ReadFamily<T> family, string segment)
        where T : Entity
    {
        var (view, problem) = SingleView(http);
        if (problem is not null)
            return Task.FromResult(AudienceAnswers.Refuse(problem));
        if (family.ReadsSeveral && segment.Contains(',', StringComparison.Ordinal))
            return Task.FromResult(Several(family, segment, view));
        view = view with { IsByCode = CodeAddress.Is(segment) };
        var (row, refused) = FindToRead(family, segment, view);
        return Task.FromResult(refused is not null ? AudienceAnswers.Refuse(refused) : AudienceAnswers.One(http, family, row!, view, 200));
    }

    /// <summary>Finds the object that a path segment names, if the caller may see it.</summary>
    internal static Outcome<T> FindToRead<T>(ReadFamily<T> family, string segment, RowView view)
        where T : Entity
    {
        var (row, missing) = family.Find(view.Catalogue, segment);
        return missing is not null ? missing : family.RightsOn(view.Caller, row!).HasFlag(ObjectRights.Read) ? row! : Hidden(family, row!);
    }

    private static IResult Several<T>(ReadFamily<T> family, string segment, RowView view)
        where T : Entity
    {
        var ids = segment.Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (ids.Length > MaxIdsRead)
            return AudienceAnswers.Refuse(AudienceProblem.Invalid($"At most {MaxIdsRead} at a time"));
        var rows = new List<T>();
        foreach (var id in ids)
        {
            var (row, refused) = FindToRead(family, id, view);
            if (refused is not null)
                return AudienceAnswers.Refuse(refused);
            rows.Add(row!);
        }
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            foreach (var row in rows)
                family.Fields.Write(json, row, view);
            json.WriteEndArray();
        });
    }

    private static async Task<IResult> CreateAsync<T>(HttpContext http, Family<T> family)
        where T : Entity
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        return problem is not null ? AudienceAnswers.Refuse(problem)
            : await WriteAsync(http, family, 201, draft => family.CreateAsync(draft, body!, Caller.Of(http)));
    }

    private static async Task<IResult> UpdateAsync<T>(HttpContext http, Family<T> family, string segment)
        where T : Entity
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        return problem is not null ? AudienceAnswers.Refuse(problem)
            : await WriteAsync(http, family, 200, async draft =>
            {
                var (row, missing) = FindToChange(http, family, draft, segment, ObjectRights.Write);
                return missing is not null ? missing : await family.UpdateAsync(draft, row!, body!, Caller.Of(http));
            });
    }

    private static async Task<IResult> DeleteAsync<T>(HttpContext http, Family<T> family, string segment)
        where T : Entity
    {
        return await WriteAsync(http, family, 204, async draft =>
        {
            var (row, missing) = FindToChange(http, family, draft, segment, ObjectRights.Delete);
            return (missing ?? await family.RemoveAsync(draft, row!, Caller.Of(http))) is { } blocked ? blocked : row!;
        });
    }

    /// <summary>Deletes all ids of a bare array, or none: every id that cannot go has its line.</summary>
    private static async Task<IResult> BulkDeleteAsync<T>(HttpContext http, Family<T> family)
        where T : Entity
    {
        var (ids, problem) = await Body.ReadIdsAsync(http, MaxBulkIds);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);

        return await WriteAsync(http, family, 204, async draft =>
        {
            var refused = new List<(long Id, AudienceProblem Problem)>();
            foreach (var id in ids.Distinct())
            {
                var (row, missing) = FindToChange(http, family, draft, id.ToString(System.Globalization.CultureInfo.InvariantCulture), ObjectRights.Delete);
                if ((missing ?? await family.RemoveAsync(draft, row!, Caller.Of(http))) is { } blocked)
                    refused.Add((id, blocked));
            }
            return refused.Count == 0
                ? new Outcome<T>(null, null)
                : new AudienceProblem(
                    refused.Exists(one => one.Problem.Status == 403) ? 403 : refused[0].Problem.Status == 409 ? 409 : 400, refused[0].Problem.Code,
                    $"{refused.Count} of {ids.Count} cannot be deleted; nothing was")
                { ChildMessages = [.. refused.Select(one => $"{one.Id}: {one.Problem.Message}")] };
        });
    }

    /// <summary>Runs a write and answers with the object, or with nothing where <paramref name="status"/> is 204.</summary>
    internal static async Task<IResult> WriteAsync<T>(HttpContext http, Family<T> family, int status, Func<Draft, Task<Outcome<T>>> write)
        where T : Entity
    {
        var catalogue = AudienceEnvironment.Of(http).Catalogue;
        var caller = Caller.Of(http);
        var (outcome, _) = await catalogue.WriteAsync(caller.UserId ?? 0, dryRun: false, write, http.RequestAborted);
        if (outcome.Problem is { } problem)
            return AudienceAnswers.Refuse(problem);
        if (status == 204)
            return Results.NoContent();
        var view = ViewOf(http, ListQuery.Read(http)) with { IsSingle = true };
        return AudienceAnswers.One(http, family, outcome.Value!, view, status);
    }

    /// <summary>Finds the object that is to be changed, if the caller may and knows its newest version.</summary>
    internal static Outcome<T> FindToChange<T>(HttpContext http, Family<T> family, Draft draft, string segment, ObjectRights needed)
        where T : Entity
    {
        var (row, refused) = FindToChange(family, draft.Current, Caller.Of(http), segment, needed);
        return (refused ?? FindStale(http, family.Noun, row!)) is { } problem ? problem : row!;
    }

    /// <summary>Finds the object that is to be changed, if the caller may.</summary>
    internal static Outcome<T> FindToChange<T>(Family<T> family, CatalogueSnapshot catalogue, Caller caller, string segment, ObjectRights needed)
        where T : Entity
    {
        var (row, missing) = family.Find(catalogue, segment);
        if (missing is not null)
            return missing;
        var rights = family.RightsOn(caller, row!);
        return !rights.HasFlag(ObjectRights.Read) ? Hidden(family, row!)
            : !rights.HasFlag(needed) ? AudienceProblem.Forbidden($"You may not {(needed == ObjectRights.Delete ? "delete" : "change")} {family.Noun} {row!.Id}")
            : row!;
    }

    /// <summary>412 when the client says that it knows another version of the object (contract audience.md 2.3).</summary>
    internal static AudienceProblem? FindStale(HttpContext http, string noun, Entity row)
    {
        var wanted = http.Request.Headers.IfMatch.ToString();
        return wanted is "" or "*" || wanted == row.ETag ? null
            : new AudienceProblem(412, "precondition_failed", $"Somebody else changed {noun} {row.Id} meanwhile; read it again");
    }

    private static AudienceProblem Hidden<T>(ReadFamily<T> family, T row)
        where T : Entity => AudienceProblem.Forbidden($"You may not see {family.Noun} {row.Id}");

    /// <summary>What the request for one object asks to see.</summary>
    internal static (RowView View, AudienceProblem? Problem) SingleView(HttpContext http)
    {
        var query = ListQuery.Read(http);
        var view = ViewOf(http, query) with { IsSingle = true };
        return (view, query.Problem);
    }

    private static RowView ViewOf(HttpContext http, ListQuery query)
    {
        var environment = AudienceEnvironment.Of(http);
        return new RowView(Caller.Of(http), environment.Catalogue.Snapshot, query)
        {
            Metrics = environment.Engine is { } engine ? new RowMetrics(engine.Profiles.Reports, query.Metrics()) : null,
            EffectiveSince = environment.Engine is { } rules ? rules.Profiles.EffectiveSince : null,
        };
    }
}
