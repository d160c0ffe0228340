using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Access;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Management;

namespace Sluice.Gateway;

/// <summary>The door's registrations, its place in the pipeline, and its management routes.</summary>
public static class GatewayModule
{
    internal static readonly ApiDocument Description = new("gateway", typeof(GatewayModule).Assembly);

    private static readonly string[] Bases = ["/v1/organizations", "/v1/o"];

    private const int MostCaches = 100; // contract gateway.md 2.4
    private const int MostTargetServers = 1_000;
    private const int MostReferences = 500;

    /// <summary>Registers the gateway; it opens when the program starts.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewayOptions options) => services
        .AddSingleton(options)
        .AddSingleton<GatewayRuntime>()
        .AddSingleton<GatewayMetrics>()
        .AddHostedService<GatewayService>();

    /// <summary>Lets proxies answer; stands before routing, which would only cost them time.</summary>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder app) => app.UseMiddleware<GatewayMiddleware>();

    /// <summary>Speaks for paths of the management API that are none; stands before routing, and after all who would speak for them.</summary>
    public static IApplicationBuilder UseGatewayPaths(this IApplicationBuilder app) => app.UseMiddleware<ManagementPaths>();

    /// <summary>Has what comes in by a listener go to proxies and nowhere else, whatever its path.</summary>
    public static void ServeProxiesOnly(IConnectionBuilder listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(ProxiesOnly.Mark);
        return next(connection);
    });

    /// <summary>Whether a path is of the management API.</summary>
    public static bool Manages(PathString requestPath) => Array.Exists(Bases, path => requestPath.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));

    /// <summary>Tells a client of the management API that its request broke off, in the shape of all its refusals.</summary>
    public static Task AnswerFaultAsync(HttpContext http, int status, string message)
    {
        var code = status switch { 500 => "server_error", 503 => "unavailable", _ => "bad_request" };
        return ManagementAnswers.Refuse(status, code, message).ExecuteAsync(http);
    }

    /// <summary>Maps the management API in both its forms (contract gateway.md 3.7), and its description.</summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        var caches = new EntityRoutes(EnvironmentEntities.CacheKind, "/caches", "Cache", MostCaches, EntityChecks.Cache);
        var servers = new EntityRoutes(EnvironmentEntities.TargetServerKind, "/targetservers", "Target server", MostTargetServers, EntityChecks.TargetServer);
        var references = new EntityRoutes(EnvironmentEntities.ReferenceKind, "/references", "Reference", MostReferences, EntityChecks.Reference);
        Description.MapOn(routes);
        foreach (var path in Bases)
        {
            routes.MapGroup(path).RequireCaller(AccessArea.Gateway).On("GET", "", OrganizationRoutes.ListAsync);
            var organization = routes.MapGroup(path + "/{org}").RequireCaller(AccessArea.Gateway);
            OrganizationRoutes.Map(organization);
            DeveloperRoutes.Map(organization);
            AppRoutes.Map(organization);
            ProductRoutes.Map(organization);
            MapRoutes.OfOrganization.Map(organization);
            MapRoutes.OfProxy.Map(organization);
            foreach (var kind in Enum.GetValues<BundleKind>())
            {
                new RevisionRoutes(kind).Map(organization);
                new DeploymentRoutes(kind).MapOrganization(organization);
            }
            foreach (var name in (string[])["/environments/{env}", "/e/{env}"])
            {
                var environment = organization.MapGroup(name);
                environment.On("GET", "", OrganizationRoutes.EnvironmentAsync);
                environment.On("GET", "/deployments", DeploymentRoutes.ListAsync);
                foreach (var kind in Enum.GetValues<BundleKind>())
                    new DeploymentRoutes(kind).MapEnvironment(environment);
                caches.Map(environment);
                CacheEntryRoutes.Map(environment);
                servers.Map(environment);
                KeystoreRoutes.Map(environment);
                references.Map(environment);
                ResourceFileRoutes.Map(environment);
                MapRoutes.OfEnvironment.Map(environment);
                FlowHookRoutes.Map(environment);
                CountRoutes.Map(environment);
                DebugSessionRoutes.Map(environment);
            }
        }
        return routes;
    }
}
