using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Deployments;

namespace Sluice.Gateway.Management;

/// <summary>Deploys revisions and takes them out again, in both forms that clients know (contract gateway.md 3.7).</summary>
internal sealed class DeploymentRoutes(BundleKind kind)
{
    private readonly string _base = kind == BundleKind.Proxy ? "/apis" : "/sharedflows";

    internal void MapOrganization(IEndpointRouteBuilder organization)
    {
        organization.On("GET", _base + "/{name}/deployments", ListOfNameAsync);
        organization.On("POST", _base + "/{name}/deployments", ByActionAsync);
        organization.On("GET", _base + "/{name}/revisions/{revision}/deployments", ListOfNameAsync);
        organization.On("POST", _base + "/{name}/revisions/{revision}/deployments", ByActionAsync);
    }

    internal void MapEnvironment(IEndpointRouteBuilder environment)
    {
        environment.On("POST", _base + "/{name}/revisions/{revision}/deployments", DeployAsync);
        environment.On("GET", _base + "/{name}/revisions/{revision}/deployments", GetAsync);
        environment.On("GET", _base + "/{name}/deployments", GetAsync);
        environment.On("DELETE", _base + "/{name}/revisions/{revision}/deployments", UndeployAsync);
    }

    internal static async Task<IResult> ListAsync(ManagementCall call)
    {
        if (call.Environment() is not { } environment)
            return ManagementAnswers.NoEnvironment(call.Path("env"));
        var rows = await environment.Deployments.ListAsync(call.Cancellation);
        return ManagementAnswers.Ok(new JsonObject { ["deployments"] = new JsonArray([.. rows.Select(row => (JsonNode)Describe(environment, row))]) });
    }

    private async Task<IResult> ListOfNameAsync(ManagementCall call)
    {
        var name = call.Path("name");
        if ((await call.Gateway.Bundles.ListAsync(kind, name, call.Cancellation)).Count == 0)
            return ManagementAnswers.NoApplication(name);
        var found = new JsonArray();
        foreach (var environment in call.Gateway.Environments)
        {
            if (await environment.Deployments.FindAsync(kind, name, call.Cancellation) is { } row && (call.Path("revision") is "" || call.Path("revision") == Text(row.Revision)))
                found.Add((JsonNode)Describe(environment, row));
        }
        return ManagementAnswers.Ok(new JsonObject { ["name"] = name, ["deployments"] = found });
    }

    // POST …/deployments?action=deploy&env=&revision=&basepath=
    private async Task<IResult> ByActionAsync(ManagementCall call)
    {
        var (name, env) = (call.Path("name"), call.Query("env") ?? "");
        if (call.Gateway.FindEnvironment(env) is not { } environment)
            return ManagementAnswers.NoEnvironment(env);
        var wanted = call.Path("revision") is { Length: > 0 } inPath ? inPath : call.Query("revision") ?? "";
        return call.Query("action") switch
        {
            null or "deploy" => await DeployAsync(call, environment, name, wanted),
            "undeploy" => await UndeployAsync(call, environment, name, wanted),
            var other => ManagementAnswers.Bad($"action is '{other}'; it is deploy or undeploy"),
        };
    }

    private async Task<IResult> DeployAsync(ManagementCall call) => call.Environment() is { } environment
        ? await DeployAsync(call, environment, call.Path("name"), call.Path("revision"))
        : ManagementAnswers.NoEnvironment(call.Path("env"));

    private async Task<IResult> UndeployAsync(ManagementCall call) => call.Environment() is { } environment
        ? await UndeployAsync(call, environment, call.Path("name"), call.Path("revision"))
        : ManagementAnswers.NoEnvironment(call.Path("env"));

    private async Task<IResult> GetAsync(ManagementCall call)
    {
        if (call.Environment() is not { } environment)
            return ManagementAnswers.NoEnvironment(call.Path("env"));
        var (name, wanted) = (call.Path("name"), call.Path("revision"));
        return await environment.Deployments.FindAsync(kind, name, call.Cancellation) is { } row && (wanted.Length == 0 || wanted == Text(row.Revision))
            ? ManagementAnswers.Ok(Describe(environment, row))
            : NotDeployed(environment, name, wanted);
    }

    private async Task<IResult> DeployAsync(ManagementCall call, GatewayEnvironment environment, string name, string wanted)
    {
        if (!ManagementCall.TryRevision(wanted, out var revision))
            return ManagementAnswers.NoRevision(name, wanted);
        var overrides = call.Flag("override") || call.Query("action") is null && call.Query("override") is null && kind == BundleKind.SharedFlow;
        var outcome = await environment.DeployAsync(kind, name, revision, call.Query("basepath"), overrides, call.By, call.Cancellation);
        return outcome switch
        {
            DeployOutcome.Deployed done => Deployed(environment, done),
            DeployOutcome.Refused refused => ManagementAnswers.Refuse(
                400, refused.Faults[0].Name, $"Error Deploying Revision {revision} to {environment.Name}: {refused.Faults[0].Text}", refused.Faults),
            DeployOutcome.OtherRevision other => ManagementAnswers.Refuse(
                400, "distribution.RevisionConflict", $"Revision {other.Revision} of {name} is deployed to {environment.Name}; deploy with override=true, or undeploy it first"),
            DeployOutcome.NoSuchRevision => ManagementAnswers.NoRevision(name, wanted),
            _ => throw new UnreachableException(),
        };
    }

    private async Task<IResult> UndeployAsync(ManagementCall call, GatewayEnvironment environment, string name, string wanted)
    {
        if (!ManagementCall.TryRevision(wanted, out var revision))
            return ManagementAnswers.NoRevision(name, wanted);
        if (kind == BundleKind.SharedFlow && environment.Snapshot.Hooks.FindHookOf(name) is { } hook)
            return ManagementAnswers.Refuse(400, "distribution.SharedFlowInUse", $"The shared flow {name} is run by the flow hook {hook} of {environment.Name}; detach it first");
        if (!await environment.UndeployAsync(kind, name, revision, call.Cancellation))
            return NotDeployed(environment, name, wanted);
        return ManagementAnswers.Ok(new JsonObject { ["environment"] = environment.Name.Value, ["name"] = name, ["revision"] = wanted, ["state"] = "undeployed" });
    }

    private static IResult Deployed(GatewayEnvironment environment, DeployOutcome.Deployed done)
    {
        environment.Services.Log.Deployed(environment.Name.Value, done.Row.Kind, done.Row.Name, (int)done.Row.Revision);
        var body = Describe(environment, done.Row);
        if (done.Warnings.Count > 0)
            body["warnings"] = ManagementAnswers.Faults(done.Warnings);
        return ManagementAnswers.Ok(body);
    }

    internal static IResult NotDeployed(GatewayEnvironment environment, string name, string revision) =>
        ManagementAnswers.Refuse(404, "distribution.RevisionNotDeployed", $"Revision {revision} of {name} is not deployed in environment {environment.Name}");

    private static JsonObject Describe(GatewayEnvironment environment, DeploymentRow row)
    {
        var body = new JsonObject
        {
            ["organization"] = environment.Organization,
            ["environment"] = environment.Name.Value,
            [row.Kind == BundleKind.Proxy.Word() ? "apiProxy" : "sharedFlow"] = row.Name,
            ["name"] = row.Name,
            ["revision"] = Text(row.Revision),
            ["basePath"] = row.BasePath.Length == 0 ? "/" : row.BasePath,
            ["deployStartTime"] = Text(row.DeployedMs),
            ["deployedBy"] = row.DeployedBy,
            ["state"] = "deployed",
        };
        if (environment.Snapshot.FindProxy(row.Name) is { } plan && row.Kind == BundleKind.Proxy.Word())
            body["paths"] = new JsonArray([.. plan.Endpoints.Select(one => (JsonNode)one.BasePath)]);
        return body;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
