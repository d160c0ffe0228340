using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Destinations;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Deliveries;

/// <summary><c>GET /destinations/{id}/history/outbound</c>: what went to a destination, hour by hour (contract audience.md 3.6).</summary>
internal static class DestinationHistory
{
    private static readonly TimeSpan Default = TimeSpan.FromDays(30); // what clients get that name no dates

    internal static async Task<IResult> GetAsync(HttpContext http, DestinationFamily family, long id, TimeProvider clock)
    {
        var query = ListQuery.Read(http);
        var end = query.Number("endDate") ?? clock.GetUtcNow().ToUnixTimeMilliseconds();
        var start = query.Number("startDate") ?? end - (long)Default.TotalMilliseconds;
        if (query.Problem is { } problem)
            return AudienceAnswers.Refuse(problem);
        var environment = AudienceEnvironment.Of(http);
        if (environment.Catalogue.Snapshot.Find(Kinds.Destinations, id) is not { } row)
            return AudienceAnswers.Refuse(AudienceProblem.NotFound($"destination [{id}]"));
        if (!family.RightsOn(Caller.Of(http), row).HasFlag(ObjectRights.Read))
            return AudienceAnswers.Refuse(AudienceProblem.Forbidden($"You may not see destination {id}"));
        var hours = row.DestinationType == Destination.Server ? await environment.Deliveries.Store.ListHoursAsync(id, start, end, http.RequestAborted) : [];
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            foreach (var hour in hours)
            {
                json.WriteStartObject();
                json.WriteNumber("pushID", hour.PushId);
                json.WriteNumber("orderID", id);
                json.WriteNumber("dataProviderID", row.DataSourceId ?? 0);
                json.WriteString("syncType", "realtime");
                json.WriteBoolean("fullPublish", false);
                json.WriteNumber("receivedRecords", hour.Received);
                json.WriteNumber("attemptedRecords", hour.Attempted);
                json.WriteNumber("successRecords", hour.Success);
                json.WriteNumber("startTime", hour.StartMs);
                json.WriteNumber("endTime", hour.EndMs);
                json.WriteNull("dataFileName"); // messages, not files
                json.WriteBoolean("success", hour.Success >= hour.Received);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }
}
