using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Mappings;

/// <summary><c>/destinations/{id}/mappings/</c> and the other paths under which clients reach mappings (contract audience.md 3.6).</summary>
internal sealed class MappingRoutes(MappingFamily family, MappingWrites writes)
{
    private const int MaxAtOnce = 1_000;
    private const string Own = "/destinations/{id:long}/mappings/{mid:long}";
    private const string Direct = "/destinations/mappings/{mid:long}";
    private const string OfSegments = "/destinations/{id:long}/segments/{mid:long}";

    internal void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/destinations/{id:long}/mappings", ListAsync);
        routes.MapPost("/destinations/{id:long}/mappings", CreateAsync);
        routes.MapPost("/destinations/{id:long}/traits", CreateAsync); // as the original's page prints it for serialized URLs
        routes.MapPost("/destinations/{id:long}/bulk-create", CreateManyAsync);
        foreach (var path in (string[])[Own, OfSegments])
        {
            routes.MapGet(path, (HttpContext http, long id, long mid) => GetAsync(http, id, mid));
            routes.MapPut(path, (HttpContext http, long id, long mid) => UpdateAsync(http, id, mid));
            routes.MapDelete(path, (HttpContext http, long id, long mid) => DeleteAsync(http, id, mid));
        }
        routes.MapGet(Direct, (HttpContext http, long mid) => GetAsync(http, null, mid));
        routes.MapPut(Direct, (HttpContext http, long mid) => UpdateAsync(http, null, mid));
        routes.MapDelete(Direct, (HttpContext http, long mid) => DeleteAsync(http, null, mid));
    }

    private async Task<IResult> ListAsync(HttpContext http, long id)
    {
        var catalogue = AudienceEnvironment.Of(http).Catalogue.Snapshot;
        var caller = Caller.Of(http);
        if (family.FindDestination(catalogue, id, caller).Problem is { } missing)
            return AudienceAnswers.Refuse(missing);
        return await FamilyRoutes.ListAsync(http, family, row => row.DestinationId == id && MappingFields.IsVisible(catalogue, row, caller));
    }

    private Task<IResult> GetAsync(HttpContext http, long? id, long mid)
    {
        var query = ListQuery.Read(http);
        var view = new RowView(Caller.Of(http), AudienceEnvironment.Of(http).Catalogue.Snapshot, query) { IsSingle = true };
        var (found, problem) = Find(view.Catalogue, id, mid, view.Caller);
        return Task.FromResult((query.Problem ?? problem) is { } refused ? AudienceAnswers.Refuse(refused)
            : AudienceAnswers.One(http, family, found!, view, 200));
    }

    private async Task<IResult> CreateAsync(HttpContext http, long id)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        return problem is not null ? AudienceAnswers.Refuse(problem) : await FamilyRoutes.WriteAsync(http, family, 201, async draft =>
        {
            var (destination, missing) = family.FindDestination(draft.Current, id, Caller.Of(http));
            return missing is not null ? missing : await writes.CreateAsync(draft, destination!, body!, Caller.Of(http));
        });
    }

    /// <summary>Makes all mappings of an array, or none.</summary>
    private async Task<IResult> CreateManyAsync(HttpContext http, long id)
    {
        var (root, problem) = await Body.ReadAsync(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() > MaxAtOnce || root.EnumerateArray().Any(one => one.ValueKind != JsonValueKind.Object))
            return AudienceAnswers.Refuse(AudienceProblem.Invalid($"The body must be a list of at most {MaxAtOnce} mappings"));

        var caller = Caller.Of(http);
        var catalogue = AudienceEnvironment.Of(http).Catalogue;
        var (outcome, _) = await catalogue.WriteAsync<List<Mapping>>(caller.UserId ?? 0, dryRun: false, async draft =>
        {
            var (destination, missing) = family.FindDestination(draft.Current, id, caller);
            if (missing is not null)
                return missing;
            var (made, refused) = (new List<Mapping>(), new List<(int At, AudienceProblem Problem)>());
            foreach (var (at, one) in root.EnumerateArray().Index())
            {
                var (mapping, why) = await writes.CreateAsync(draft, destination!, new Body(one), caller);
                if (why is not null)
                    refused.Add((at, why));
                else
                    made.Add(mapping!);
            }
            return refused.Count == 0 ? made : refused[0].Problem with
            {
                Message = $"{refused.Count} of {root.GetArrayLength()} mappings cannot be made; none was",
                ChildMessages = [.. refused.Select(one => $"[{one.At}]: {one.Problem.Message}")],
            };
        }, http.RequestAborted);
        if (outcome.Problem is { } blocked)
            return AudienceAnswers.Refuse(blocked);
        var view = new RowView(caller, catalogue.Snapshot, ListQuery.Read(http)) { IsSingle = true };
        return AudienceAnswers.Json(201, json =>
        {
            json.WriteStartArray();
            foreach (var mapping in outcome.Value!)
                MappingFields.All.Write(json, mapping, view);
            json.WriteEndArray();
        });
    }

    private async Task<IResult> UpdateAsync(HttpContext http, long? id, long mid)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        return problem is not null ? AudienceAnswers.Refuse(problem) : await FamilyRoutes.WriteAsync(http, family, 200, async draft =>
        {
            var (found, missing) = Find(draft.Current, id, mid, Caller.Of(http));
            return (missing ?? FamilyRoutes.FindStale(http, "mapping", found!)) is { } refused ? refused
                : await family.UpdateAsync(draft, found!, body!, Caller.Of(http));
        });
    }

    private Task<IResult> DeleteAsync(HttpContext http, long? id, long mid) => FamilyRoutes.WriteAsync(http, family, 204, async draft =>
    {
        var (found, missing) = Find(draft.Current, id, mid, Caller.Of(http));
        return (missing ?? FamilyRoutes.FindStale(http, "mapping", found!) ?? await family.RemoveAsync(draft, found!, Caller.Of(http))) is { } refused ? refused : found!;
    });

    private Outcome<Mapping> Find(CatalogueSnapshot catalogue, long? id, long mid, Caller caller)
    {
        if (catalogue.Find(Kinds.Mappings, mid) is not { } mapping || (id is not null && mapping.DestinationId != id))
            return AudienceProblem.NotFound($"mapping [{mid}]" + (id is null ? "" : $" of destination {id}"));
        return family.FindDestination(catalogue, mapping.DestinationId, caller).Problem is { } missing ? missing
            : MappingFields.IsVisible(catalogue, mapping, caller) ? mapping
            : AudienceProblem.Forbidden($"You may not see segment {mapping.Sid}");
    }
}
