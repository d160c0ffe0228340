using Sluice.Journal;
using Sluice.Storage;

namespace Sluice.Hosting;

/// <summary>Everything one environment is made of.</summary>
internal sealed record EnvironmentGraph(StorageEnvironment Storage, EventJournal Journal);

/// <summary>Opens the journals of an installation's environments and closes them again.</summary>
internal sealed class EnvironmentGraphs : IAsyncDisposable
{
    private readonly List<EnvironmentGraph> _graphs = [];

    internal IReadOnlyList<EnvironmentGraph> All => _graphs;

    /// <exception cref="JournalException">A journal is damaged or in use; the message names the file.</exception>
    internal static async Task<EnvironmentGraphs> OpenAsync(
        Installation installation, JournalSettings settings, IReadOnlyList<string> consumers, TimeProvider clock, ILogger log)
    {
        var graphs = new EnvironmentGraphs();
        try
        {
            foreach (var storage in installation.Environments)
            {
                var options = new JournalOptions
                {
                    Folder = storage.JournalFolder,
                    SegmentBytes = settings.SegmentBytes,
                    MaxBytes = settings.MaxBytes,
                    MaxAge = settings.MaxAge,
                    RequiredHolds = consumers,
                };
                graphs._graphs.Add(new EnvironmentGraph(storage, EventJournal.Open(options, clock, log)));
            }
            return graphs;
        }
        catch
        {
            await graphs.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var graph in _graphs)
            await graph.Journal.DisposeAsync();
    }
}
