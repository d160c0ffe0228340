using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Bulk;

/// <summary>
/// <c>/v1/configuration</c> (ours), for admins: the whole configuration of an environment as one JSON file. <c>GET</c> writes it, <c>POST</c> brings
/// one in beside what is there, <c>PUT</c> makes the environment what the file says; <c>?dryRun=true</c> only tells what would change.
/// </summary>
internal sealed class ConfigurationRoutes(BulkFamilies families)
{
    internal void Map(RouteGroupBuilder routes)
    {
        var admins = routes.MapGroup("/configuration").AddEndpointFilter<RouteGroupBuilder, AdminsOnly>();
        admins.MapGet("", (Delegate)ExportAsync);
        admins.MapPost("", (Delegate)((HttpContext http) => ImportAsync(http, replaces: false)));
        admins.MapPut("", (Delegate)((HttpContext http) => ImportAsync(http, replaces: true)));
    }

    private async Task<IResult> ExportAsync(HttpContext http)
    {
        var caller = Caller.Of(http);
        var view = new RowView(caller, AudienceEnvironment.Of(http).Catalogue.Snapshot, ListQuery.None) { IsSingle = true };
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{AudienceEnvironment.Of(http).Name}-configuration.json\"";
        await using var answer = new StreamedJson(http);
        var json = answer.Json;
        json.WriteStartObject();
        json.WriteString("format", ConfigurationFile.Format);
        foreach (var family in families.All)
        {
            json.WriteStartArray(family.Kind.Name);
            foreach (var row in family.Rows(view.Catalogue))
            {
                if (family.FollowsAnother(row))
                    continue;
                family.Write(json, row, view);
                await answer.PaceAsync();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
        return Results.Empty;
    }

    private async Task<IResult> ImportAsync(HttpContext http, bool replaces)
    {
        var caller = Caller.Of(http);
        var (root, problem) = await Body.ReadAsync(http, Body.MaxBulkBytes);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var file = new ConfigurationFile(families, root, caller);
        if (file.FindFault() is { } fault)
            return AudienceAnswers.Refuse(fault);

        var query = ListQuery.Read(http);
        var dryRun = query.Flag("dryRun");
        var catalogue = AudienceEnvironment.Of(http).Catalogue;
        CatalogueSnapshot before = catalogue.Snapshot, after = before;
        var (outcome, changes) = await catalogue.WriteAsync<object>(caller.UserId ?? 0, dryRun, async draft =>
        {
            before = draft.Current;
            var blocked = await file.ApplyAsync(draft, replaces);
            after = draft.Current;
            return blocked is not null ? blocked : file;
        }, http.RequestAborted);
        return outcome.Problem is { } why ? AudienceAnswers.Refuse(why) : AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            new BulkReport(families, caller, query).Write(json, before, after, changes, file.Unchanged, dryRun);
            json.WriteEndObject();
        });
    }
}
