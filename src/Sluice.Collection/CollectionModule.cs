using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Access;
using Sluice.Collection.Batches;
using Sluice.Collection.Datasets;
using Sluice.Collection.Export;
using Sluice.Collection.Inlets;
using Sluice.Collection.Land;
using Sluice.Collection.Receive;
using Sluice.Collection.SchemaRegistry;

namespace Sluice.Collection;

/// <summary>The door's registrations, and its families of routes; each family's own file, <c>…Routes</c>, has them one a line.</summary>
public static class CollectionModule
{
    /// <summary>Landing's name as a consumer of the journal, whose hold must stand before anything is deleted.</summary>
    public const string LandingConsumer = Lander.Consumer;

    /// <summary>Registers the opened door and its landing service.</summary>
    public static IServiceCollection AddCollection(this IServiceCollection services, CollectionRuntime collection, CollectionOptions options) => services
        .AddSingleton(collection)
        .AddSingleton(options)
        .AddSingleton<CollectionMetrics>()
        .AddSingleton(services => new CollectionHealth(services.GetRequiredService<CollectionRuntime>(), services.GetRequiredService<LandingService>()))
        .AddSingleton<MessageReceiver>()
        .AddSingleton<InletOperations>()
        .AddSingleton<ResourceOperations>()
        .AddSingleton<DescriptorOperations>()
        .AddSingleton<UnionOperations>()
        .AddSingleton<RegistryRpc>()
        .AddSingleton<ImportOperations>()
        .AddSingleton<DatasetOperations>()
        .AddSingleton<BatchOperations>()
        .AddSingleton<LandingService>()
        .AddHostedService(provider => provider.GetRequiredService<LandingService>());

    /// <summary>Maps the receiving paths, which only ask for a token where their inlet does, and the management paths, which always do.</summary>
    public static IEndpointRouteBuilder MapCollection(this IEndpointRouteBuilder routes)
    {
        routes.MapReceive();

        Management(routes, "/data/core/edge/inlet").MapInlets();
        Management(routes, "/data/foundation/schemaregistry").MapSchemaRegistry();
        Management(routes, "/api/sluice/v1/schemaregistry").MapRegistryImport();
        Management(routes, "/data/foundation/catalog").MapDatasets().MapBatches();
        Management(routes, "/data/foundation/export").MapExport();
        return routes;
    }

    private static RouteGroupBuilder Management(IEndpointRouteBuilder routes, string path)
    {
        var group = routes.MapGroup(path).RequireCaller();
        group.AddEndpointFilterFactory((_, next) => context =>
            new EnvironmentFilter(context.HttpContext.RequestServices.GetRequiredService<CollectionRuntime>()).InvokeAsync(context, next));
        return group;
    }
}
