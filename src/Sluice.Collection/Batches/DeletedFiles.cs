using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Collection.Export;
using Sluice.Storage;

namespace Sluice.Collection.Batches;

/// <summary>Takes the files of deleted batches out of the lake, after the deletion is committed.</summary>
/// <remarks>
/// Guarantees: a file goes only when its batch is <c>deleted</c> in SQL, and its name is forgotten only when it is gone; a crash between
/// is redone at the next start. Threading: one loop for each environment.
/// After a failure (database away, file system failing): tried again after a pause.
/// </remarks>
internal sealed class DeletedFiles(CollectionRuntime collection, TimeProvider clock, ILogger<DeletedFiles> log) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(collection.Environments.Select(environment => Task.Run(() => RunAsync(environment, stoppingToken), CancellationToken.None)));

    private async Task RunAsync(CollectionEnvironment environment, CancellationToken stop)
    {
        environment.Batches.AnnounceDeletion(); // a stopped process may have left some
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await environment.Batches.DeletionAsync(stop);
                await RemoveAsync(environment, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StoreUnavailableException)
            {
                log.DeletedFilesLeft(environment.Name.Value, failure);
                environment.Batches.AnnounceDeletion();
                await Task.Delay(PauseAfterFailure, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task RemoveAsync(CollectionEnvironment environment, CancellationToken stop)
    {
        while (await environment.Batches.ListDeletedWithFilesAsync(stop) is { Count: > 0 } deleted)
        {
            foreach (var batch in deleted)
            {
                LakeFile.Remove(environment.Lake, batch.Path);
                await environment.Batches.ForgetFileAsync(batch.BatchId, stop);
            }
        }
    }
}
