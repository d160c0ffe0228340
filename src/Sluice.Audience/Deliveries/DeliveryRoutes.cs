using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Deliveries.Queue;
using Sluice.Audience.Destinations;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Deliveries;

/// <summary>What operators see of deliveries to a server-to-server destination, and what they do with those it refused.</summary>
internal static class DeliveryRoutes
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    internal static RouteGroupBuilder MapDeliveries(this RouteGroupBuilder routes)
    {
        routes.MapGet("/destinations/{id:long}/deliveries", (HttpContext http, long id) => StateAsync(http, id));
        routes.MapGet("/destinations/{id:long}/dead-letters", (HttpContext http, long id) => ListAsync(http, id));
        routes.MapPost("/destinations/{id:long}/dead-letters/redeliver", (HttpContext http, long id) => RedeliverAsync(http, id));
        routes.MapDelete("/destinations/{id:long}/dead-letters", (HttpContext http, long id) => RemoveAsync(http, id));
        return routes;
    }

    private static async Task<IResult> StateAsync(HttpContext http, long id)
    {
        if (Refusal(http, id, ObjectRights.Read) is { } refusal)
            return refusal;
        var environment = AudienceEnvironment.Of(http);
        var state = await environment.Deliveries.Store.FindAsync(DeliveryState.OfDestination, id, http.RequestAborted);
        var letters = await environment.Deliveries.Letters.CountAsync(id, http.RequestAborted);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("destinationId", id);
            StateJson.Write(json, environment, DeliveryState.OfDestination, id, state);
            json.WriteNumber("unaddressed", state?.Unaddressed ?? 0);
            json.WriteNumber("deadLetters", letters);
            json.WriteEndObject();
        });
    }

    private static async Task<IResult> ListAsync(HttpContext http, long id)
    {
        var query = ListQuery.Read(http);
        var (after, limit) = (query.Number("after") ?? 0, query.Number("limit") ?? DefaultLimit);
        if (query.Problem is { } problem)
            return AudienceAnswers.Refuse(problem);
        if (limit is < 1 or > MaxLimit)
            return AudienceAnswers.Refuse(AudienceProblem.Invalid("The parameter limit cannot be used", $"limit must be from 1 to {MaxLimit}"));
        if (Refusal(http, id, ObjectRights.Read) is { } refusal)
            return refusal;
        var desk = AudienceEnvironment.Of(http).Deliveries;
        var letters = await desk.Letters.ListAsync(id, after, (int)limit, http.RequestAborted);
        var total = await desk.Letters.CountAsync(id, http.RequestAborted);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("total", total);
            json.WriteStartArray("letters");
            foreach (var letter in letters)
                Write(json, letter);
            json.WriteEndArray();
            json.WriteNumber("next", letters.Count > 0 ? letters[^1].Id : after);
            json.WriteEndObject();
        });
    }

    private static async Task<IResult> RedeliverAsync(HttpContext http, long id)
    {
        if (Refusal(http, id, ObjectRights.Read | ObjectRights.Write) is { } refusal)
            return refusal;
        IReadOnlyList<long>? ids = null;
        if (http.Request.ContentLength is not (null or 0) || http.Request.Headers.TransferEncoding.Count > 0)
        {
            var (body, problem) = await Body.ReadObjectAsync(http);
            if (problem is not null)
                return AudienceAnswers.Refuse(problem);
            ids = body!.Has("ids") ? body.Numbers("ids", [], DeadLetterStore.MaxChosen) : null;
            if (body.Problem is { } fault)
                return AudienceAnswers.Refuse(fault);
        }
        var desk = AudienceEnvironment.Of(http).Deliveries;
        var count = await desk.Letters.RedeliverAsync(id, ids, http.RequestAborted);
        desk.Hurry.Announce();
        desk.Changes.Announce();
        return AudienceAnswers.Json(202, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("redelivering", count);
            json.WriteEndObject();
        });
    }

    private static async Task<IResult> RemoveAsync(HttpContext http, long id)
    {
        var query = ListQuery.Read(http);
        var ids = query.Numbers("id");
        if (query.Problem is { } problem)
            return AudienceAnswers.Refuse(problem);
        if (ids.Count > DeadLetterStore.MaxChosen)
            return AudienceAnswers.Refuse(AudienceProblem.Invalid("The parameter id cannot be used", $"id has at most {DeadLetterStore.MaxChosen} values"));
        if (Refusal(http, id, ObjectRights.Read | ObjectRights.Write) is { } refusal)
            return refusal;
        await AudienceEnvironment.Of(http).Deliveries.Letters.RemoveAsync(id, ids.Count == 0 ? null : [.. ids], http.RequestAborted);
        return Results.NoContent();
    }

    private static IResult? Refusal(HttpContext http, long id, ObjectRights wanted)
    {
        if (AudienceEnvironment.Of(http).Catalogue.Snapshot.Find(Kinds.Destinations, id) is not { } destination)
            return AudienceAnswers.Refuse(AudienceProblem.NotFound($"destination [{id}]"));
        if (!Caller.Of(http).RightsOn(ObjectKind.Destination, id, null).HasFlag(wanted))
            return AudienceAnswers.Refuse(AudienceProblem.Forbidden(wanted == ObjectRights.Read ? $"You may not see destination {id}" : $"You may not change destination {id}"));
        return destination.DestinationType == Destination.Server ? null
            : AudienceAnswers.Refuse(AudienceProblem.Invalid($"Destination {id} is of type {destination.DestinationType}; only those of type {Destination.Server} have deliveries"));
    }

    private static void Write(Utf8JsonWriter json, DeadLetter letter)
    {
        json.WriteStartObject();
        json.WriteNumber("id", letter.Id);
        json.WriteNumber("time", letter.AtMs);
        json.WritePropertyName("users");
        json.WriteRawValue(letter.Users);
        json.WriteNumber("attempts", letter.Attempts);
        json.WriteNumber("lastStatus", letter.LastStatus);
        json.WriteString("lastError", letter.LastError);
        json.WriteBoolean("redelivering", letter.Waiting);
        json.WriteEndObject();
    }
}
