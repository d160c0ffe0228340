using Microsoft.Extensions.Logging;
using Sluice.Access;
using Sluice.Collection.Deduplication;
using Sluice.Collection.Routes;
using Sluice.Journal;
using Sluice.Storage;

namespace Sluice.Collection;

/// <summary>What the program gives this door for one environment.</summary>
/// <param name="Storage">Its database and lake.</param>
/// <param name="Journal">Its open journal; the door appends to it and lands from it.</param>
public sealed record CollectionSource(StorageEnvironment Storage, EventJournal Journal);

/// <summary>The open door: every environment with its stores, routes and journal. One per process.</summary>
public sealed class CollectionRuntime : IDisposable
{
    private readonly CollectionEnvironment[] _environments;

    private CollectionRuntime(CollectionEnvironment[] environments) => _environments = environments;

    internal IReadOnlyList<CollectionEnvironment> Environments => _environments;

    /// <summary>Migrates each environment's tables, reads what it remembers, and loads its routes.</summary>
    /// <exception cref="StoreUnavailableException">A database cannot be reached.</exception>
    public static async Task<CollectionRuntime> OpenAsync(
        IReadOnlyList<CollectionSource> sources, Organisation organisation, CollectionOptions options, TimeProvider clock, ILogger<CollectionRuntime> log,
        CancellationToken cancellation)
    {
        var environments = new List<CollectionEnvironment>();
        foreach (var source in sources)
        {
            await source.Storage.Sql.MigrateAsync([new MigrationSet("collection", typeof(CollectionRuntime).Assembly)], clock, cancellation);
            source.Storage.Lake.RemoveParts(); // a stopped process's; now nobody writes yet
            var memory = await DeduplicationMemory.OpenAsync(source.Storage, source.Journal, options, clock, log, cancellation);
            var environment = new CollectionEnvironment(source, organisation, memory);
            await environment.ReloadRoutesAsync(cancellation);
            environments.Add(environment);
        }
        return new CollectionRuntime([.. environments]);
    }

    /// <summary>Finds the environment an inlet belongs to: the collection path carries no other sign of it.</summary>
    internal FoundInlet? FindInlet(string inletId)
    {
        foreach (var environment in _environments)
        {
            var routes = environment.Routes;
            if (routes.FindInlet(inletId) is { } inlet)
                return new FoundInlet(environment, routes, inlet);
        }
        return null;
    }

    /// <summary>Lets go of what the environments hold; stores and journals are the program's to close.</summary>
    public void Dispose()
    {
        foreach (var environment in _environments)
            environment.Dispose();
    }

    internal CollectionEnvironment? FindEnvironment(EnvironmentName name) =>
        Array.Find(_environments, environment => environment.Name == name);
}

/// <summary>An inlet, and the route table in which it was found, which stays the same for the whole request.</summary>
internal readonly record struct FoundInlet(CollectionEnvironment Environment, RouteTable Routes, InletRoute Inlet);
