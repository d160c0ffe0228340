using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Collection.Batches;
using Sluice.Collection.Datasets;
using Sluice.Collection.Deduplication;
using Sluice.Collection.FailedMessages;
using Sluice.Collection.FlowService;
using Sluice.Collection.Inlets;
using Sluice.Collection.Namespaces;
using Sluice.Collection.Notifications;
using Sluice.Collection.Observe;
using Sluice.Collection.Replays;
using Sluice.Collection.Routes;
using Sluice.Collection.SchemaRegistry;
using Sluice.Journal;
using Sluice.Storage;

namespace Sluice.Collection;

/// <summary>One environment of this door: its stores, its journal, and the route table that the receiving path reads.</summary>
internal sealed class CollectionEnvironment(CollectionSource source, Organisation organisation, DeduplicationMemory memory) : IDisposable
{
    private readonly SemaphoreSlim _reloadTurn = new(1);
    private volatile RouteTable _routes = RouteTable.Empty;

    internal EnvironmentName Name => source.Storage.Name;

    internal EventJournal Journal => source.Journal;

    internal FileStore Lake => source.Storage.Lake;

    internal Organisation Organisation => organisation;

    internal DeduplicationMemory Memory => memory;

    internal InletStore Inlets { get; } = new(source.Storage.Sql);

    internal Registry Registry { get; } = new(new RegistryStore(source.Storage.Sql), organisation);

    internal DatasetStore Datasets { get; } = new(source.Storage.Sql);

    internal NamespaceStore Namespaces { get; } = new(source.Storage.Sql);

    internal FailureStore Failures { get; } = new(source.Storage.Sql);

    internal FixStore Fixes { get; } = new(source.Storage.Sql);

    internal ReplayStore Replays { get; } = new(source.Storage.Sql);

    internal FlowStore Flows { get; } = new(source.Storage.Sql);

    internal BatchStore Batches { get; } = new(source.Storage.Sql);

    internal MetricStore Metrics { get; } = new(source.Storage.Sql);

    internal WebhookStore Webhooks { get; } = new(source.Storage.Sql);

    internal Outbox Outbox { get; } = new(source.Storage.Sql, organisation.OrgId, source.Storage.Name.Value);

    internal RefusedCalls RefusedCalls { get; } = new();

    /// <summary>The routes as of the last change; take it once per request.</summary>
    internal RouteTable Routes => _routes;

    /// <summary>The environment of a management request, which <see cref="EnvironmentFilter"/> found.</summary>
    internal static CollectionEnvironment Of(HttpContext http) =>
        http.Features.Get<CollectionEnvironment>() ?? throw new UnreachableException("The route lacks the environment filter.");

    /// <summary>The route of an inlet that is no more, for messages that came in by it.</summary>
    internal InletRoute RouteOfGone(string inletId) => RouteOf(new Inlet { InletId = inletId }, null, null);

    public void Dispose()
    {
        memory.Dispose();
        _reloadTurn.Dispose();
        Registry.Dispose();
    }

    /// <summary>Builds the routes anew from SQL and swaps them in. Schemas come from the registry, which compiles only what changed.</summary>
    internal async Task ReloadRoutesAsync(CancellationToken cancellation)
    {
        await _reloadTurn.WaitAsync(cancellation);
        try
        {
            var known = _routes;
            var schemas = (await Registry.RefreshAsync(cancellation)).Routes;
            var datasets = new Dictionary<string, DatasetRoute>(StringComparer.Ordinal);
            foreach (var dataset in await Datasets.ListAsync(cancellation))
                datasets[dataset.DatasetId] = RouteOf(dataset, schemas);

            var flows = await Flows.LoadAsync(cancellation);
            var datasetIds = flows.DatasetsByInlet();
            var connectionIds = flows.ConnectionsByInlet();
            var inlets = (await Inlets.ListAsync(cancellation))
                .Where(inlet => inlet.Status == Inlet.Active)
                .Select(inlet =>
                {
                    var dataset = datasets.GetValueOrDefault(datasetIds.GetValueOrDefault(inlet.InletId, inlet.DatasetId));
                    var route = RouteOf(inlet, dataset, known.FindInlet(inlet.InletId)?.Rate);
                    return route with { ConnectionId = connectionIds.GetValueOrDefault(inlet.InletId) };
                });
            var namespaces = new NamespaceCodes(await Namespaces.ListAsync(cancellation));
            _routes = new RouteTable(inlets, datasets.Values, schemas.Values, namespaces);
        }
        finally
        {
            _reloadTurn.Release();
        }
    }

    private static DatasetRoute RouteOf(Dataset dataset, IReadOnlyDictionary<string, SchemaRoute> schemas)
    {
        var document = dataset.Read();
        return new DatasetRoute(
            Encoding.UTF8.GetBytes(dataset.DatasetId),
            schemas.GetValueOrDefault(document["schemaRef"]?["id"]?.GetValue<string>() ?? ""),
            IsEnabled: document["state"]?.GetValueKind() != JsonValueKind.String || document["state"]!.GetValue<string>() != "DISABLED",
            ForProfiles: DatasetBody.HasTag(document, "unifiedProfile", "enabled:true"),
            DeduplicationSeconds: DatasetBody.DeduplicationSeconds(document));
    }

    private InletRoute RouteOf(Inlet inlet, DatasetRoute? defaultDataset, InletRate? rate) => new(
        inlet.InletId,
        Encoding.UTF8.GetBytes(inlet.InletId),
        Encoding.UTF8.GetBytes(organisation.OrgId),
        $"inletId: [{inlet.InletId}] imsOrgId: [{organisation.OrgId}] ",
        inlet.AuthenticationRequired,
        defaultDataset)
    {
        IsDeferred = inlet.Validation == Inlet.Deferred,
        DeduplicationSeconds = inlet.Deduplication ? inlet.DeduplicationWindowSeconds : 0,
        Rate = InletRate.For(inlet.RequestsPerSecond, inlet.MessagesPerSecond, rate),
    };
}
