using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Deployments;

namespace Sluice.Gateway.Management;

/// <summary>The four places where an environment runs a shared flow around every proxy: attach one, detach it (contract gateway.md 3.4).</summary>
internal static class FlowHookRoutes
{
    private const string Kind = EnvironmentEntities.FlowHookKind;

    private static readonly string[] Hooks = ["PostProxyFlowHook", "PostTargetFlowHook", "PreProxyFlowHook", "PreTargetFlowHook"];

    internal static void Map(IEndpointRouteBuilder environment)
    {
        environment.On("GET", "/flowhooks", call => EntityRoutes.InEnvironmentAsync(call, (_, _) => Task.FromResult(ManagementAnswers.Names(Hooks))));
        environment.On("GET", "/flowhooks/{hook}", call => OfHookAsync(call, GetAsync));
        environment.On("PUT", "/flowhooks/{hook}", call => OfHookAsync(call, AttachAsync));
        environment.On("POST", "/flowhooks/{hook}", call => OfHookAsync(call, AttachAsync));
        environment.On("DELETE", "/flowhooks/{hook}", call => OfHookAsync(call, DetachAsync));
    }

    private static Task<IResult> OfHookAsync(ManagementCall call, Func<ManagementCall, GatewayEnvironment, Task<IResult>> handle) => EntityRoutes.InEnvironmentAsync(
        call, (call, environment) => Hooks.Contains(call.Path("hook")) ? handle(call, environment) : Task.FromResult(ManagementAnswers.Refuse(
            404, "messaging.config.beans.FlowHookDoesNotExist", $"There is no flow hook {call.Path("hook")}; they are {string.Join(", ", Hooks)}")));

    private static async Task<IResult> GetAsync(ManagementCall call, GatewayEnvironment environment)
    {
        var (kind, name) = (Kind, call.Path("hook"));
        var body = await environment.Storage.Sql.ReadAsync(session => session.FindAsync<string>("select body from gateway_entity where kind = @kind and name = @name", new { kind, name }), call.Cancellation);
        return ManagementAnswers.Ok(Describe(name, body is null ? null : JsonNode.Parse(body) as JsonObject));
    }

    private static async Task<IResult> AttachAsync(ManagementCall call, GatewayEnvironment environment)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        var form = new EntityForm(body);
        var shared = form.Name("sharedFlow", "A flow hook");
        var (kind, name, now) = (Kind, call.Path("hook"), call.NowMs);
        var hook = new JsonObject { ["sharedFlow"] = shared, ["continueOnError"] = BundleElement.ReadFlag(form.Text("continueOnError"), byDefault: true), ["description"] = form.Text("description") };
        if (form.Fault is { } fault)
            return ManagementAnswers.Bad(fault);
        if (environment.Snapshot.FindSharedFlow(shared) is null)
            return ManagementAnswers.Refuse(400, "flow.SharedFlowNotFound", $"The shared flow {shared} is not deployed to {environment.Name}; deploy it first");
        await environment.ChangeEntitiesAsync(session => session.ExecuteAsync(
            """
            insert into gateway_entity (kind, name, body, created_ms, modified_ms) values (@kind, @name, @body, @now, @now)
            on conflict (kind, name) do update set body = excluded.body, modified_ms = excluded.modified_ms
            """, new { kind, name, body = hook.ToJsonString(), now }), call.Cancellation);
        return ManagementAnswers.Ok(Describe(name, hook));
    }

    private static async Task<IResult> DetachAsync(ManagementCall call, GatewayEnvironment environment)
    {
        var (kind, name) = (Kind, call.Path("hook"));
        await environment.ChangeEntitiesAsync(session => session.ExecuteAsync("delete from gateway_entity where kind = @kind and name = @name", new { kind, name }), call.Cancellation);
        return ManagementAnswers.Ok(Describe(name, null));
    }

    private static JsonObject Describe(string name, JsonObject? hook) => hook is null ? new JsonObject { ["flowHookPoint"] = name } : new JsonObject
    {
        ["flowHookPoint"] = name,
        ["sharedFlow"] = hook["sharedFlow"]?.ToString(),
        ["continueOnError"] = hook["continueOnError"]?.GetValue<bool>() ?? true,
        ["description"] = hook["description"]?.ToString() ?? "",
    };
}
