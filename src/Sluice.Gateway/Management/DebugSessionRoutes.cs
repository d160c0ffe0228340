using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Conditions;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Trace;

namespace Sluice.Gateway.Management;

/// <summary>Debug sessions of a deployed revision: begin one, see what it recorded, end it. The paths and the shape of a transaction are those that clients of the original know.</summary>
internal static class DebugSessionRoutes
{
    private const string Sessions = "/apis/{name}/revisions/{revision}/debugsessions";
    private const string One = Sessions + "/{session}";

    private const int DefaultCount = 20;
    private const int MostCount = 200;
    private const int DefaultSeconds = 600;
    private const int MostSeconds = 3_600;
    private const int DefaultTraceKb = 512;
    private const int MostTraceKb = 5_120;
    private const int MaxNameCharacters = 255;

    internal static void Map(IEndpointRouteBuilder environment)
    {
        environment.On("GET", Sessions, call => OfRevisionAsync(call, (environment, revision) => List(environment, call.Path("name"), revision)));
        environment.On("POST", Sessions, CreateAsync);
        environment.On("GET", One, call => OfSessionAsync(call, (_, session) => ManagementAnswers.Ok(Describe(session, call.Gateway, withTransactions: true))));
        environment.On("DELETE", One, call => OfSessionAsync(call, Remove));
        environment.On("GET", One + "/data", call => OfSessionAsync(call, (_, session) => ManagementAnswers.Names(session.Records.Select(record => record.Id))));
        environment.On("DELETE", One + "/data", call => OfSessionAsync(call, Clear));
        environment.On("GET", One + "/data/{transaction}", call => OfSessionAsync(call, (_, session) => session.Find(call.Path("transaction")) is { } record
            ? ManagementAnswers.Ok(Transaction(record))
            : ManagementAnswers.NoResource("Debug transaction", call.Path("transaction"))));
    }

    private static Task<IResult> OfRevisionAsync(ManagementCall call, Func<GatewayEnvironment, int, IResult> handle) => EntityRoutes.InEnvironmentAsync(call, (call, environment) =>
    {
        var name = call.Path("name");
        return Task.FromResult(
            !ManagementCall.TryRevision(call.Path("revision"), out var revision) || environment.Snapshot.FindProxy(name)?.Revision != revision
                ? DeploymentRoutes.NotDeployed(environment, name, call.Path("revision"))
                : handle(environment, revision));
    });

    // A session outlives its revision: what it recorded can be read after a redeploy.
    private static Task<IResult> OfSessionAsync(ManagementCall call, Func<GatewayEnvironment, DebugSession, IResult> handle) => EntityRoutes.InEnvironmentAsync(call, (call, environment) => Task.FromResult(
        ManagementCall.TryRevision(call.Path("revision"), out var revision) && environment.Services.Debug.Find(call.Path("name"), revision, call.Path("session")) is { } session
            ? handle(environment, session)
            : ManagementAnswers.NoResource("Debug session", call.Path("session"))));

    private static IResult List(GatewayEnvironment environment, string proxy, int revision) => ManagementAnswers.Ok(new JsonObject
    {
        ["sessions"] = new JsonArray([.. environment.Services.Debug.All.Where(session => session.Proxy == proxy && session.Revision == revision).Select(session => (JsonNode)new JsonObject
        {
            ["id"] = session.Name, ["createTimestamp"] = session.CreatedAt.ToUnixTimeMilliseconds(), ["byteSize"] = session.Size,
        })]),
    });

    // Both forms: {"name", "count", "filter", "timeout", "tracesize"}, and ?session= without a body.
    private static async Task<IResult> CreateAsync(ManagementCall call)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object, or none");
        return await OfRevisionAsync(call, (environment, revision) => Create(call, environment, revision, body));
    }

    private static IResult Create(ManagementCall call, GatewayEnvironment environment, int revision, JsonObject body)
    {
        var form = new EntityForm(body);
        var name = call.Query("session") ?? form.OptionalText("name") ?? Guid.NewGuid().ToString();
        var proxy = call.Path("name");
        if (name.Length > MaxNameCharacters || !BundleReader.IsName(name))
            return ManagementAnswers.Bad($"name: letters, digits, . _ - $ % and blank, {MaxNameCharacters} at most");
        if (!TryNumber(form.OptionalText("count"), DefaultCount, MostCount, out var count))
            return ManagementAnswers.Bad($"count: 1 to {MostCount} requests");
        if (!TryNumber(form.OptionalText("timeout") ?? call.Query("timeout"), DefaultSeconds, MostSeconds, out var seconds))
            return ManagementAnswers.Bad($"timeout: 1 to {MostSeconds} seconds");
        if (!TryNumber(form.OptionalText("tracesize"), DefaultTraceKb, MostTraceKb, out var kilobytes))
            return ManagementAnswers.Bad($"tracesize: 1 to {MostTraceKb} KB");
        Condition? filter = null;
        if (form.OptionalText("filter", ConditionParser.MaxCharacters) is { Length: > 0 } text)
        {
            filter = ConditionParser.Parse(text, out var fault);
            if (fault is not null)
                return ManagementAnswers.Bad($"filter: at character {fault.Position + 1}: {fault.Text}");
        }
        if (form.Fault is { } unreadable)
            return ManagementAnswers.Bad(unreadable);
        if (environment.Services.Debug.Find(proxy, revision, name) is not null)
            return ManagementAnswers.Refuse(409, "messaging.config.beans.DebugSessionAlreadyExists", $"There is a debug session {name} of revision {revision} of {proxy} already");
        var now = environment.Services.Clock.GetUtcNow();
        var session = new DebugSession
        {
            Name = name,
            Proxy = proxy,
            Revision = revision,
            Filter = filter,
            Count = count,
            TraceBytes = (long)kilobytes << 10,
            CreatedAt = now,
            EndsAt = now.AddSeconds(seconds),
        };
        return environment.Services.Debug.TryAdd(session)
            ? ManagementAnswers.Json(201, Describe(session, call.Gateway, withTransactions: false))
            : ManagementAnswers.Refuse(400, "TooMany", $"There are {DebugSessions.MostSessions} debug sessions in {environment.Name} already; delete one");
    }

    private static IResult Remove(GatewayEnvironment environment, DebugSession session)
    {
        environment.Services.Debug.Remove(session);
        return ManagementAnswers.Ok(new JsonObject { ["name"] = session.Name, ["state"] = "deleted" });
    }

    private static IResult Clear(GatewayEnvironment environment, DebugSession session)
    {
        session.Clear();
        return ManagementAnswers.Ok(new JsonObject());
    }

    private static bool TryNumber(string? text, int byDefault, int most, out int number)
    {
        number = byDefault;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= most);
    }

    private static JsonObject Describe(DebugSession session, GatewayRuntime gateway, bool withTransactions)
    {
        var body = new JsonObject
        {
            ["name"] = session.Name,
            ["apiProxy"] = session.Proxy,
            ["revision"] = Text(session.Revision),
            ["count"] = session.Count,
            ["tracesize"] = session.TraceBytes >> 10,
            ["timeout"] = Text((long)(session.EndsAt - session.CreatedAt).TotalSeconds),
            ["filter"] = session.Filter?.Text ?? "",
            ["createTime"] = session.CreatedAt.ToString("O", CultureInfo.InvariantCulture),
            ["endTime"] = session.EndsAt.ToString("O", CultureInfo.InvariantCulture),
            ["recording"] = session.IsOpen(DateTimeOffset.FromUnixTimeMilliseconds(gateway.NowMs)),
        };
        if (withTransactions)
        {
            body["transactions"] = new JsonArray([.. session.Records.Select(record => (JsonNode)new JsonObject
            {
                ["id"] = record.Id,
                ["verb"] = record.Verb,
                ["uri"] = record.Uri,
                ["status"] = record.Status,
                ["startedAt"] = record.StartedMs,
                ["elapsedMicroseconds"] = record.ElapsedMicroseconds,
                ["completed"] = record.IsComplete,
            })]);
        }
        return body;
    }

    private static JsonObject Transaction(TraceRecord record) => record.Look((points, clean) => new JsonObject
    {
        ["completed"] = record.IsComplete,
        ["point"] = new JsonArray([.. points.Select(point => (JsonNode)Point(record, point, clean))]),
        ["sluice"] = new JsonObject
        {
            ["messageId"] = record.Id,
            ["apiProxy"] = record.Proxy,
            ["revision"] = Text(record.Revision),
            ["startedAt"] = record.StartedMs,
            ["elapsedMicroseconds"] = record.ElapsedMicroseconds,
            ["status"] = record.Status,
            ["truncated"] = record.IsTruncated,
        },
    });

    private static JsonObject Point(TraceRecord record, TracePoint point, Func<string, string> clean)
    {
        var started = record.MicrosecondsUntil(point.StartedAt);
        var results = new JsonArray((JsonNode)new JsonObject
        {
            ["ActionResult"] = "DebugInfo",
            ["timestamp"] = DateTimeOffset.FromUnixTimeMilliseconds(record.StartedMs).AddMicroseconds(started).ToString("O", CultureInfo.InvariantCulture),
            ["properties"] = new JsonObject
            {
                ["property"] = new JsonArray([.. point.Properties.Select(property => (JsonNode)new JsonObject { ["name"] = property.Name, ["value"] = clean(property.Value) })]),
            },
            ["sluice"] = new JsonObject { ["startedAtMicroseconds"] = started, ["elapsedMicroseconds"] = record.MicrosecondsUntil(point.EndedAt) - started },
        });
        if (point.Message is { } message)
            results.Add((JsonNode)Message(message, clean));
        if (point.Accesses.Count > 0)
        {
            results.Add((JsonNode)new JsonObject
            {
                ["ActionResult"] = "VariableAccess",
                ["accessList"] = new JsonArray([.. point.Accesses.Select(access => (JsonNode)Access(access, clean))]),
            });
        }
        return new JsonObject { ["id"] = point.Kind, ["results"] = results };
    }

    private static JsonObject Message(TracedMessage message, Func<string, string> clean)
    {
        var body = new JsonObject { ["ActionResult"] = message.Kind };
        if (message.Verb is not null)
        {
            body["verb"] = message.Verb;
            body["uRI"] = clean(message.Uri ?? "");
        }
        else
            body["statusCode"] = Text(message.Status);
        body["headers"] = new JsonArray([.. message.Headers.Select(header => (JsonNode)new JsonObject { ["name"] = header.Name, ["value"] = clean(header.Value) })]);
        if (message.Content is not null)
            body["content"] = clean(message.Content);
        return body;
    }

    private static JsonObject Access(TraceAccess access, Func<string, string> clean)
    {
        var body = new JsonObject { ["name"] = access.Name, ["value"] = access.Value is null ? null : clean(access.Value) };
        if (access.IsWrite)
            body["success"] = access.IsDone;
        return new JsonObject { [access.IsWrite ? "Set" : "Get"] = body };
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
