using Microsoft.Extensions.Logging;
using Sluice.Access;
using Sluice.Audience.Backfills;
using Sluice.Audience.Catalogue;
using Sluice.Audience.DataSources;
using Sluice.Audience.Engine;
using Sluice.Audience.Events.Ids;
using Sluice.Journal;
using Sluice.Profiles.Engine;
using Sluice.Storage;

namespace Sluice.Audience;

/// <summary>What the door needs of an environment.</summary>
/// <param name="Storage">Its databases.</param>
/// <param name="Journal">Its journal; null for a node that applies no events.</param>
/// <param name="Lands">Whether what the journal takes in lands in the lake here.</param>
public sealed record AudienceSource(StorageEnvironment Storage, EventJournal? Journal, bool Lands = false);

/// <summary>The open door: the catalogue of every environment.</summary>
public sealed class AudienceRuntime : IAsyncDisposable
{
    private readonly AudienceEnvironment[] _environments;

    private AudienceRuntime(AudienceEnvironment[] environments) => _environments = environments;

    /// <summary>Migrates and reads every environment, and gives a new one what every account has from the start.</summary>
    /// <param name="sources">The environments.</param>
    /// <param name="access">Who may come in.</param>
    /// <param name="options">The door's settings.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="log">Gets what operators should know.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidDataException">Stored profiles are damaged, or of a newer version.</exception>
    /// <exception cref="StoreUnavailableException">A database cannot be reached.</exception>
    public static async Task<AudienceRuntime> OpenAsync(
        IReadOnlyList<AudienceSource> sources, AccessRuntime access, AudienceOptions options, TimeProvider clock, ILogger<AudienceRuntime> log, CancellationToken cancellation)
    {
        var deviceIds = new DeviceIds(access.Organisation.OrgId);
        var environments = new List<AudienceEnvironment>();
        foreach (var (storage, journal, lands) in sources)
        {
            await storage.Sql.MigrateAsync([new MigrationSet("audience", typeof(AudienceRuntime).Assembly)], clock, cancellation);
            var catalogue = new CatalogueStore(storage.Sql, clock);
            var environment = new AudienceEnvironment(storage, catalogue)
            {
                Engine = journal is null ? null : new AudienceEngine(
                    await ProfileEngine.OpenAsync(storage.Profiles, options.Profiles, clock, cancellation), journal, catalogue, deviceIds, options, clock, log, storage.Name.Value),
                History = journal is null ? null : new History(journal, storage, lands),
            };
            environments.Add(environment);
            await environment.Catalogue.OpenAsync(cancellation);
            await AutomaticDataSource.EnsureAsync(environment.Catalogue, access, cancellation);
        }
        return new AudienceRuntime([.. environments]);
    }

    /// <summary>What is wrong with the engines, one sentence each; empty when all is well.</summary>
    public IReadOnlyList<string> Faults =>
        [.. _environments.Where(one => one.Engine?.Applier.StoppedBecause is not null).Select(one => $"Applying events to the profiles of {one.Name} has stopped: {one.Engine!.Applier.StoppedBecause}")];

    internal IReadOnlyList<AudienceEnvironment> Environments => _environments;

    internal AudienceEnvironment? FindEnvironment(EnvironmentName name) => Array.Find(_environments, one => one.Name == name);

    /// <summary>Lets go of the catalogues.</summary>
    public ValueTask DisposeAsync()
    {
        foreach (var environment in _environments)
            environment.Dispose();
        return ValueTask.CompletedTask;
    }
}
