using Sluice.Access;
using Sluice.Audience.DataSources;
using Sluice.Storage;

namespace Sluice.Audience;

/// <summary>The open door: the catalogue of every environment.</summary>
public sealed class AudienceRuntime : IAsyncDisposable
{
    private readonly AudienceEnvironment[] _environments;

    private AudienceRuntime(AudienceEnvironment[] environments) => _environments = environments;

    /// <summary>Migrates and reads every environment, and gives a new one what every account has from the start.</summary>
    public static async Task<AudienceRuntime> OpenAsync(
        Installation installation, AccessRuntime access, TimeProvider clock, CancellationToken cancellation)
    {
        var environments = new List<AudienceEnvironment>();
        foreach (var storage in installation.Environments)
        {
            await storage.Sql.MigrateAsync([new MigrationSet("audience", typeof(AudienceRuntime).Assembly)], clock, cancellation);
            var environment = new AudienceEnvironment(storage, clock);
            environments.Add(environment);
            await environment.Catalogue.OpenAsync(cancellation);
            await AutomaticDataSource.EnsureAsync(environment.Catalogue, access, cancellation);
        }
        return new AudienceRuntime([.. environments]);
    }

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
