using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sluice.Gateway.Management;

/// <summary>The organization and its environments, as clients ask for them before anything else.</summary>
internal static class OrganizationRoutes
{
    internal static void Map(IEndpointRouteBuilder organization)
    {
        organization.On("GET", "", GetAsync);
        organization.On("GET", "/environments", call => Task.FromResult(ManagementAnswers.Names(call.Gateway.Environments.Select(one => one.Name.Value))));
        organization.On("GET", "/e", call => Task.FromResult(ManagementAnswers.Names(call.Gateway.Environments.Select(one => one.Name.Value))));
    }

    internal static Task<IResult> EnvironmentAsync(ManagementCall call) => Task.FromResult(call.Environment() is { } environment
        ? ManagementAnswers.Ok(new JsonObject { ["name"] = environment.Name.Value, ["organization"] = environment.Organization })
        : ManagementAnswers.NoEnvironment(call.Path("env")));

    internal static Task<IResult> ListAsync(ManagementCall call) => Task.FromResult(ManagementAnswers.Names([call.Gateway.Organization]));

    private static Task<IResult> GetAsync(ManagementCall call) => Task.FromResult(ManagementAnswers.Ok(new JsonObject
    {
        ["name"] = call.Gateway.Organization,
        ["displayName"] = call.Gateway.Organization,
        ["environments"] = new JsonArray([.. call.Gateway.Environments.Select(one => (JsonNode)one.Name.Value)]),
    }));
}
