using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
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

    /// <summary>Has what comes in by a listener go to proxies and nowhere else, whatever its path.</summary>
    public static void ServeProxiesOnly(IConnectionBuilder listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(ProxiesOnly.Mark);
        return next(connection);
    });

    /// <summary>Maps the management API in both its forms (contract gateway.md 3.7).</summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        var caches = new EntityRoutes(EnvironmentEntities.CacheKind, "/caches", "Cache", MostCaches, EntityChecks.Cache);
        var servers = new EntityRoutes(EnvironmentEntities.TargetServerKind, "/targetservers", "Target server", MostTargetServers, EntityChecks.TargetServer);
        var references = new EntityRoutes(EnvironmentEntities.ReferenceKind, "/references", "Reference", MostReferences, EntityChecks.Reference);
        foreach (var path in (string[])["/v1/organizations", "/v1/o"])
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
