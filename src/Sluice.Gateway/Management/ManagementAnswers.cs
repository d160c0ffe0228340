using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Gateway.Bundles;

namespace Sluice.Gateway.Management;

/// <summary>Answers of the management API: JSON, and refusals as <c>{"code","message","contexts"}</c> (contract gateway.md 2.4, 3.7).</summary>
internal static class ManagementAnswers
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static IResult Json(int status, JsonNode body) => Results.Text(body.ToJsonString(Plain), "application/json", statusCode: status);

    internal static IResult Ok(JsonNode body) => Json(StatusCodes.Status200OK, body);

    internal static IResult Names(IEnumerable<string> names) => Ok(new JsonArray([.. names.Select(name => (JsonNode)name)]));

    internal static IResult Refuse(int status, string code, string message, IEnumerable<BundleFault>? faults = null)
    {
        var body = new JsonObject { ["code"] = code, ["message"] = message, ["contexts"] = new JsonArray() };
        if (faults is not null)
            body["faults"] = Faults(faults);
        return Json(status, body);
    }

    internal static JsonArray Faults(IEnumerable<BundleFault> faults) => new([.. faults.Select(fault => (JsonNode)new JsonObject
    {
        ["name"] = fault.Name,
        ["message"] = fault.Text,
        ["file"] = fault.Spot.File,
        ["line"] = fault.Spot.Line,
        ["column"] = fault.Spot.Column,
    })]);

    internal static IResult NoEnvironment(string name) => Refuse(404, "messaging.config.beans.EnvironmentDoesNotExist", $"Environment {name} does not exist");

    internal static IResult NoOrganization(string name) => Refuse(404, "messaging.config.beans.OrganizationDoesNotExist", $"Organization {name} does not exist");

    internal static IResult NoApplication(string name) => Refuse(404, "messaging.config.beans.ApplicationDoesNotExist", $"APIProxy named {name} does not exist");

    internal static IResult NoRevision(string name, string revision) => Refuse(404, "messaging.config.beans.ApplicationRevisionDoesNotExist", $"APIProxy revision {revision} does not exist in {name}");

    internal static IResult NoResource(string kind, string name) => Refuse(404, "messaging.config.beans.ResourceReferenceDoesNotExist", $"{kind} {name} does not exist");

    internal static IResult Bad(string message) => Refuse(400, "InvalidRequest", message);
}
