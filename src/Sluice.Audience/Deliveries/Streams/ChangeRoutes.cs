using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Audience.Catalogue;
using Sluice.Profiles.Engine;

namespace Sluice.Audience.Deliveries.Streams;

/// <summary><c>GET /segment-changes</c>: every entry into a segment and every exit, as pages or as a stream of events.</summary>
internal static class ChangeRoutes
{
    private const int ChangesPerRead = 1_000;
    private const string RetryAfter = "30"; // seconds
    private const int MaxScanned = 20_000; // changes looked at for one page

    internal static RouteGroupBuilder MapChanges(this RouteGroupBuilder routes, ChangeStreams streams)
    {
        routes.MapGet("/segment-changes", (Delegate)((HttpContext http) => GetAsync(http, streams)));
        return routes;
    }

    private static async Task<IResult> GetAsync(HttpContext http, ChangeStreams streams)
    {
        var (query, problem) = ChangeQuery.Read(http);
        if (problem is not null)
            return AudienceAnswers.Refuse(problem);
        var environment = AudienceEnvironment.Of(http);
        if (environment.Engine is not { } engine)
            return Unavailable(http, "This node applies no events, and so knows no changes");
        if (WantsEvents(http.Request))
            return streams.TryOpen(environment, query!) ?? Unavailable(http, $"There are {ChangeStreams.MaxReaders} readers of changes already; come back later, or read pages");
        return await PageAsync(environment, engine.Profiles, query!, http.RequestAborted);
    }

    private static IResult Unavailable(HttpContext http, string reason)
    {
        http.Response.Headers.RetryAfter = RetryAfter;
        return AudienceAnswers.Refuse(new AudienceProblem(503, "unavailable", reason));
    }

    private static bool WantsEvents(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase));

    private static async Task<IResult> PageAsync(AudienceEnvironment environment, ProfileEngine profiles, ChangeQuery query, CancellationToken cancellation)
    {
        var (end, at, scanned, missed) = (profiles.CommittedSeq, query.After, 0, 0L);
        if (query is { After: 0, Since: { } since })
            at = (await profiles.FindChangeAsync(DateTimeOffset.FromUnixTimeMilliseconds(since), cancellation) ?? end + 1) - 1;
        var shown = new List<SegmentChange>();
        while (shown.Count < query.Limit && scanned < MaxScanned && at < end)
        {
            var changes = await profiles.ReadChangesAsync(at, ChangesPerRead, cancellation);
            if (scanned == 0 && query.After > 0)
                missed = (changes.Count > 0 ? changes[0].Seq : end + 1) - query.After - 1;
            if (changes.Count == 0)
            {
                at = end;
                break;
            }
            var catalogue = environment.Catalogue.Snapshot;
            foreach (var change in changes.TakeWhile(_ => shown.Count < query.Limit))
            {
                at = change.Seq;
                scanned++;
                if (query.Shows(catalogue, change))
                    shown.Add(change);
            }
        }
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("changes");
            foreach (var change in shown)
                ChangeJson.Write(json, change);
            json.WriteEndArray();
            json.WriteNumber("next", at);
            json.WriteNumber("newest", Math.Max(at, end));
            json.WriteNumber("missed", missed);
            json.WriteEndObject();
        });
    }
}
