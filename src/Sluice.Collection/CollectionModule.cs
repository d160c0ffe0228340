using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Access;
using Sluice.Collection.Batches;
using Sluice.Collection.Catalog;
using Sluice.Collection.Datasets;
using Sluice.Collection.Deduplication;
using Sluice.Collection.Export;
using Sluice.Collection.FailedMessages;
using Sluice.Collection.FlowService;
using Sluice.Collection.Inlets;
using Sluice.Collection.Land;
using Sluice.Collection.LaterDoors;
using Sluice.Collection.Namespaces;
using Sluice.Collection.Notifications;
using Sluice.Collection.Observe;
using Sluice.Collection.Receive;
using Sluice.Collection.Replays;
using Sluice.Collection.SchemaRegistry;
using Sluice.Collection.Trace;

namespace Sluice.Collection;

/// <summary>The door's registrations, and its families of routes; each family's own file, <c>…Routes</c>, has them one a line.</summary>
public static class CollectionModule
{
    internal static readonly ApiDocument Description = new("collection", typeof(CollectionModule).Assembly);

    /// <summary>The door's consumers of the journal, whose holds must stand before anything is deleted.</summary>
    public static IReadOnlyList<string> JournalConsumers => [Lander.Consumer, DeduplicationMemory.Consumer];

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
        .AddSingleton<FailedMessageOperations>()
        .AddSingleton<TraceOperations>()
        .AddSingleton<ReplayOperations>()
        .AddSingleton<ReplayService>()
        .AddHostedService(provider => provider.GetRequiredService<ReplayService>())
        .AddSingleton<FixService>()
        .AddHostedService(provider => provider.GetRequiredService<FixService>())
        .AddHostedService<DeduplicationService>()
        .AddHostedService<MetricService>()
        .AddSingleton<WebhookOperations>()
        .AddSingleton<WebhookSender>()
        .AddHostedService<DeliveryService>()
        .AddSingleton<ChangeBatch>()
        .AddSingleton<SubRequests>()
        .AddSingleton<FlowOperations>()
        .AddSingleton<NamespaceOperations>()
        .AddSingleton<LandingService>()
        .AddHostedService(provider => provider.GetRequiredService<LandingService>())
        .AddHostedService<DeletedFiles>();

    /// <summary>Maps the receiving paths, which only ask for a token where their inlet does, the description, which never does, and the management paths.</summary>
    public static IEndpointRouteBuilder MapCollection(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("").AddEndpointFilter(RefusedCalls.CountAsync).MapReceive();
        Description.MapOn(routes);

        Management(routes, "/data/core/edge/inlet").MapInlets();
        Management(routes, "/data/foundation/schemaregistry").MapSchemaRegistry();
        Management(routes, "/api/sluice/v1/schemaregistry").MapRegistryImport();
        Management(routes, "/data/foundation/catalog").MapDatasets().MapBatches().MapCatalogLists();
        Management(routes, "/data/foundation/flowservice").MapFlowService();
        Management(routes, "/data/core/idnamespace").MapNamespaces();
        Management(routes, "/data/core/identity").MapIdentityGraph();
        Management(routes, "/data/core/ups").MapProfiles();
        Management(routes, "/data/infrastructure/observability/insights").MapMetrics();
        Management(routes, "/data/foundation/export").MapExport();
        Management(routes, "/api/sluice/v1").MapTrace();
        Management(routes, FailedMessageRoutes.Base).MapFailedMessages();
        Management(routes, ReplayRoutes.Base).MapReplays();
        Management(routes, WebhookRoutes.Base).MapWebhooks();
        Management(routes, "/data/foundation/import").MapBatchIngestion();
        Management(routes, "/data/foundation/conversion").MapConversion();
        return routes;
    }

    private static RouteGroupBuilder Management(IEndpointRouteBuilder routes, string path)
    {
        var group = routes.MapGroup(path).RequireCaller(AccessArea.Collection);
        group.AddEndpointFilterFactory((_, next) => context =>
            new EnvironmentFilter(context.HttpContext.RequestServices.GetRequiredService<CollectionRuntime>()).InvokeAsync(context, next));
        return group;
    }
}
