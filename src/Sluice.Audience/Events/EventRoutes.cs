using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Access;
using Sluice.Audience.Events.Ids;

namespace Sluice.Audience.Events;

/// <summary>The paths that browsers, apps and servers call for visitors: no token is asked for (contract audience.md 5.3).</summary>
internal static class EventRoutes
{
    private static readonly string[] Paths = ["/event", "/id", "/demoptout", "/demoptout.jpg"];

    /// <summary>Whether a path is one of these.</summary>
    internal static bool Owns(string path) =>
        Paths.Contains(path.TrimEnd('/'), StringComparer.OrdinalIgnoreCase) || path.StartsWith(SyncOperation.Prefix, StringComparison.OrdinalIgnoreCase);

    internal static void Map(IEndpointRouteBuilder routes, Func<AudienceEnvironment, EventEngine> engineOf)
    {
        var services = routes.ServiceProvider;
        var (options, clock) = (services.GetRequiredService<AudienceOptions>(), services.GetRequiredService<TimeProvider>());
        var access = services.GetRequiredService<AccessRuntime>();
        var hosts = new EventHosts(services.GetRequiredService<AudienceRuntime>(), access, options);
        var intake = new EventIntake(hosts, access.Organisation.OrgId, options, new DenyList(options.DenyRate, clock));
        var orders = new ProfileOrders(engineOf);
        var (events, ids) = (new EventOperation(intake, orders, options, clock), new IdOperation(intake, orders, options));
        var (syncs, optOuts) = (new SyncOperation(intake, orders, options), new OptOutOperation(intake, orders));

        MapBoth(routes, "/event", events.HandleAsync);
        MapBoth(routes, "/id", ids.HandleAsync);
        Describe(routes.MapGet("/demoptout", optOuts.HandleAsync));
        Describe(routes.MapGet("/demoptout.jpg", optOuts.HandleAsync));
        // Of any method: a route with one has the router answer 405 on every path that begins with no literal it knows, and not 404.
        Describe(routes.Map("/ibs:{parameters}", syncs.HandleAsync));
        routes.Map("/ibs:{parameters}/{**rest}", syncs.HandleAsync); // an address in redir that was not encoded goes on with slashes
    }

    private static void MapBoth(IEndpointRouteBuilder routes, string path, RequestDelegate handle)
    {
        Describe(routes.MapGet(path, handle));
        Describe(routes.MapPost(path, handle));
        routes.MapMethods(path, [HttpMethods.Options], Answers.EventAnswer.PreflightAsync);
    }

    private static void Describe(IEndpointConventionBuilder route) => route.WithMetadata(AudienceModule.Description);
}
