using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Deliveries.Queue;
using Sluice.Audience.Deliveries.Send;

namespace Sluice.Audience.Deliveries.Webhooks;

/// <summary><c>/segment-change-webhooks</c>: who is told of changes of memberships; for admins.</summary>
internal sealed class ChangeWebhookRoutes(bool allowLoopback, TimeProvider clock)
{
    private const string Base = "/segment-change-webhooks";
    private const int MaxSegments = 1_000;

    internal void Map(RouteGroupBuilder routes)
    {
        var webhooks = routes.MapGroup(Base).AddEndpointFilter<RouteGroupBuilder, AdminsOnly>();
        webhooks.MapGet("/", (Delegate)ListAsync);
        webhooks.MapPost("/", (Delegate)CreateAsync);
        webhooks.MapGet("/{id:long}", (HttpContext http, long id) => GetAsync(http, id));
        webhooks.MapPut("/{id:long}", (HttpContext http, long id) => ReplaceAsync(http, id));
        webhooks.MapDelete("/{id:long}", (HttpContext http, long id) => RemoveAsync(http, id));
    }

    private static async Task<IResult> ListAsync(HttpContext http)
    {
        var environment = AudienceEnvironment.Of(http);
        var webhooks = await environment.Deliveries.Webhooks.ListAsync(http.RequestAborted);
        var states = (await environment.Deliveries.Store.ListAsync(DeliveryState.OfWebhook, http.RequestAborted)).ToDictionary(one => one.Id);
        return AudienceAnswers.Json(200, json =>
        {
            json.WriteStartArray();
            foreach (var webhook in webhooks)
                Write(json, environment, webhook, states.GetValueOrDefault(webhook.Id), null);
            json.WriteEndArray();
        });
    }

    private static async Task<IResult> GetAsync(HttpContext http, long id) =>
        await AudienceEnvironment.Of(http).Deliveries.Webhooks.FindAsync(id, http.RequestAborted) is { } webhook ? await AnswerAsync(http, webhook, 200, null) : NoSuchWebhook(id);

    private async Task<IResult> CreateAsync(HttpContext http)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var webhook = new ChangeWebhook { Enabled = true, CreatedMs = now, ModifiedMs = now };
        if (await ReadAsync(http, webhook) is { } problem)
            return AudienceAnswers.Refuse(problem);
        var made = webhook.Secret.Length == 0 ? webhook.Secret = WebhookSignature.NewSecret() : null;
        var desk = AudienceEnvironment.Of(http).Deliveries;
        if (!await desk.Webhooks.TryAddAsync(webhook, http.RequestAborted))
            return AudienceAnswers.Refuse(AudienceProblem.Limit($"There are {ChangeWebhookStore.MaxWebhooks} webhooks already"));
        await desk.Webhooks.ReadAsync(CancellationToken.None); // it is made, whether the caller waits or not
        http.Response.Headers.Location = string.Create(CultureInfo.InvariantCulture, $"{AudienceModule.OwnBase}{Base}/{webhook.Id}");
        return await AnswerAsync(http, webhook, 201, made);
    }

    private async Task<IResult> ReplaceAsync(HttpContext http, long id)
    {
        var desk = AudienceEnvironment.Of(http).Deliveries;
        if (await desk.Webhooks.FindAsync(id, http.RequestAborted) is not { } webhook)
            return NoSuchWebhook(id);
        var wanted = http.Request.Headers.IfMatch.ToString();
        if (wanted.Length > 0 && wanted != "*" && wanted != webhook.ETag)
            return Stale(id);
        if (await ReadAsync(http, webhook) is { } problem)
            return AudienceAnswers.Refuse(problem);
        webhook.ModifiedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (!await desk.Webhooks.TryUpdateAsync(webhook, http.RequestAborted))
            return Stale(id);
        webhook.Version++;
        await desk.Webhooks.ReadAsync(CancellationToken.None); // it is changed, whether the caller waits or not
        return await AnswerAsync(http, webhook, 200, null);
    }

    private static async Task<IResult> RemoveAsync(HttpContext http, long id)
    {
        var desk = AudienceEnvironment.Of(http).Deliveries;
        if (!await desk.Webhooks.TryRemoveAsync(id, http.RequestAborted))
            return NoSuchWebhook(id);
        await desk.Webhooks.ReadAsync(CancellationToken.None);
        return Results.NoContent();
    }

    // What is left out keeps its value, as everywhere in this API.
    private async Task<AudienceProblem?> ReadAsync(HttpContext http, ChangeWebhook webhook)
    {
        var (body, problem) = await Body.ReadObjectAsync(http);
        if (problem is not null)
            return problem;
        var (secret, segments) = (body!.Text("secret", webhook.Secret) ?? "", body.Numbers("segments", [.. webhook.Wanted], MaxSegments));
        webhook.Name = body.RequiredText("name", webhook.Name);
        webhook.Url = body.RequiredText("url", webhook.Url, TargetRule.MaxUrlCharacters);
        webhook.Enabled = body.Flag("enabled", webhook.Enabled);
        if (webhook.Url.Length > 0 && TargetRule.Fault(webhook.Url, allowLoopback) is { } fault)
            body.Refuse("url", fault);
        if (secret.Length > 0 && !WebhookSignature.IsSecret(secret))
            body.Refuse("secret", WebhookSignature.Shape);
        var catalogue = AudienceEnvironment.Of(http).Catalogue.Snapshot;
        foreach (var sid in segments.Where(sid => !webhook.Wanted.Contains(sid) && catalogue.Find(Kinds.Segments, sid) is null).Take(10))
            body.Refuse("segments", $"names no segment: {sid}");
        (webhook.Secret, webhook.Segments) = (secret.Length > 0 ? secret : webhook.Secret, JsonSerializer.Serialize([.. segments], WebhookJson.Default.Int64Array));
        return body.Problem;
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, ChangeWebhook webhook, int status, string? secret)
    {
        var environment = AudienceEnvironment.Of(http);
        var state = await environment.Deliveries.Store.FindAsync(DeliveryState.OfWebhook, webhook.Id, http.RequestAborted);
        http.Response.Headers.ETag = webhook.ETag;
        return AudienceAnswers.Json(status, json => Write(json, environment, webhook, state, secret));
    }

    private static void Write(Utf8JsonWriter json, AudienceEnvironment environment, ChangeWebhook webhook, DeliveryState? state, string? secret)
    {
        json.WriteStartObject();
        json.WriteNumber("id", webhook.Id);
        json.WriteString("name", webhook.Name);
        json.WriteString("url", webhook.Url);
        json.WritePropertyName("segments");
        json.WriteRawValue(webhook.Segments);
        json.WriteBoolean("enabled", webhook.Enabled);
        json.WriteNumber("createTime", webhook.CreatedMs);
        json.WriteNumber("updateTime", webhook.ModifiedMs);
        if (secret is not null)
            json.WriteString("secret", secret);
        json.WriteStartObject("deliveries");
        StateJson.Write(json, environment, DeliveryState.OfWebhook, webhook.Id, state);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static IResult NoSuchWebhook(long id) => AudienceAnswers.Refuse(AudienceProblem.NotFound($"webhook [{id}]"));

    private static IResult Stale(long id) =>
        AudienceAnswers.Refuse(new AudienceProblem(412, "precondition_failed", $"Somebody changed webhook {id} meanwhile; read it again"));
}
