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

/// <summary>The door's registrations, and every route on one screen.</summary>
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
        .AddSingleton<SchemaOperations>()
        .AddSingleton<DatasetOperations>()
        .AddSingleton<BatchOperations>()
        .AddSingleton<LandingService>()
        .AddHostedService(provider => provider.GetRequiredService<LandingService>());

    /// <summary>Maps the receiving paths, which only ask for a token where their inlet does, and the management paths, which always do.</summary>
    public static IEndpointRouteBuilder MapCollection(this IEndpointRouteBuilder routes)
    {
        foreach (var prefix in new[] { "", "/data/foundation/import" })
        {
            routes.MapPost(prefix + "/collection/batch/{connectionId}", (HttpContext http, MessageReceiver receiver) => receiver.ReceiveBatchAsync(http));
            routes.MapPost(prefix + "/collection/{connectionId}", (HttpContext http, MessageReceiver receiver) => receiver.ReceiveAsync(http));
        }

        var inlets = Management(routes, "/data/core/edge/inlet");
        inlets.MapGet("/", (HttpContext http, InletOperations inlet) => inlet.ListAsync(http));
        inlets.MapPost("/", (HttpContext http, InletOperations inlet) => inlet.CreateAsync(http));
        inlets.MapGet("/{inletId}", (HttpContext http, string inletId, InletOperations inlet) => inlet.GetAsync(http, inletId));
        inlets.MapPut("/{inletId}", (HttpContext http, string inletId, InletOperations inlet) => inlet.ReplaceAsync(http, inletId));
        inlets.MapDelete("/{inletId}", (HttpContext http, string inletId, InletOperations inlet) => inlet.RemoveAsync(http, inletId));

        var schemas = Management(routes, "/data/foundation/schemaregistry/tenant/schemas");
        schemas.MapGet("/", (HttpContext http, SchemaOperations schema) => schema.ListAsync(http));
        schemas.MapPost("/", (HttpContext http, SchemaOperations schema) => schema.CreateAsync(http));
        schemas.MapGet("/{**schemaId}", (HttpContext http, string schemaId, SchemaOperations schema) => schema.GetAsync(http, schemaId));

        var datasets = Management(routes, "/data/foundation/catalog/dataSets");
        datasets.MapGet("/", (HttpContext http, DatasetOperations dataset) => dataset.ListAsync(http));
        datasets.MapPost("/", (HttpContext http, DatasetOperations dataset) => dataset.CreateAsync(http));
        datasets.MapGet("/{datasetId}", (HttpContext http, string datasetId, DatasetOperations dataset) => dataset.GetAsync(http, datasetId));
        datasets.MapMethods("/{datasetId}", ["PUT", "PATCH"],
            (HttpContext http, string datasetId, DatasetOperations dataset) => dataset.ChangeAsync(http, datasetId));
        datasets.MapDelete("/{datasetId}", DatasetOperations.RemoveAsync);

        var batches = Management(routes, "/data/foundation/catalog/batches");
        batches.MapGet("/", (HttpContext http, BatchOperations batch) => batch.ListAsync(http));
        batches.MapGet("/{batchId}", (HttpContext http, string batchId, BatchOperations batch) => batch.GetAsync(http, batchId));

        var export = Management(routes, "/data/foundation/export");
        export.MapGet("/batches/{batchId}/files", ExportOperations.ListFilesAsync);
        export.MapGet("/batches/{batchId}/failed", ExportOperations.GetFailedAsync);
        export.MapMethods("/files/{fileId}", ["GET", "HEAD"],
            ExportOperations.GetFileAsync);
        export.MapGet("/datasets/{datasetId}/preview",
            ExportOperations.PreviewAsync);
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
