using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Collection.Batches;
using Sluice.Collection.Export;
using Sluice.Collection.Land;
using Sluice.Collection.Observe;
using Sluice.Collection.Routes;
using Sluice.Journal;
using Sluice.Journal.Records;
using Sluice.Storage;

namespace Sluice.Collection.Replays;

/// <summary>Carries out replays, one at a time in each environment; those a stopped process left go on where they stood.</summary>
/// <remarks>
/// Guarantees: at every moment the records of a window are listed once, in the old batches or in the new: the exchange is one transaction,
/// and it happens only if the journal gives as many records as the old batches have. Files of old batches go after it, files of
/// exchanges that never happened at the next start. After a failure (disk full, database away): the window is done again after a pause.
/// </remarks>
internal sealed class ReplayService(CollectionRuntime collection, TimeProvider clock, ILogger<ReplayService> log) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<CollectionEnvironment, SemaphoreSlim> _asked = new();

    /// <summary>Says that the environment has a new replay.</summary>
    internal void Wake(CollectionEnvironment environment) => Asked(environment).Release();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(collection.Environments.Select(environment => Task.Run(() => RunAsync(environment, stoppingToken), CancellationToken.None)));

    private SemaphoreSlim Asked(CollectionEnvironment environment) => _asked.GetOrAdd(environment, static _ => new SemaphoreSlim(0));

    private async Task RunAsync(CollectionEnvironment environment, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await RemoveLeftPlansAsync(environment, stop);
                foreach (var replay in await environment.Replays.ListRunningAsync(stop))
                    await RunAsync(environment, replay, stop);
                await Asked(environment).WaitAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is IOException or StoreUnavailableException)
            {
                log.ReplayPaused(environment.Name.Value, failure);
                await Task.Delay(PauseAfterFailure, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task RemoveLeftPlansAsync(CollectionEnvironment environment, CancellationToken stop)
    {
        var left = await environment.Replays.ListPlansAsync(stop);
        if (left.Count == 0)
            return;
        foreach (var plan in left)
            LakeFile.Remove(environment.Lake, plan.Path);
        await environment.Replays.RemovePlansAsync(stop);
    }

    private async Task RunAsync(CollectionEnvironment environment, Replay replay, CancellationToken stop)
    {
        try
        {
            using var hold = environment.Journal.Hold($"replay {replay.ReplayId}", replay.AtOffset);
            var goesOn = true;
            foreach (var window in await environment.Replays.ListWindowsAsync(replay.AtOffset, replay.ToOffset, replay.DatasetId, stop))
            {
                if (window.FromOffset < replay.AtOffset)
                    continue; // done before a restart
                goesOn = await RunAsync(environment, replay, window, stop);
                if (!goesOn)
                    break;
                hold.Advance(window.NextOffset);
            }
            if (goesOn)
            {
                replay.State = Replay.Done;
                log.ReplayDone(environment.Name.Value, replay.ReplayId, replay.WindowsDone, replay.Records);
            }
        }
        catch (JournalException failure)
        {
            // A part of the journal that is gone or damaged does not come back: say so, and leave what is there.
            (replay.State, replay.Reason) = (Replay.Failed, failure.Message);
        }
        catch (Exception fault) when (fault is not (IOException or StoreUnavailableException or OperationCanceledException))
        {
            // A fault of ours ends this replay, not the program; its half-made files go at the next turn.
            log.ReplayFailed(environment.Name.Value, replay.ReplayId, fault);
            (replay.State, replay.Reason) = (Replay.Failed, fault.Message);
        }
        replay.UpdatedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await environment.Replays.UpdateAsync(replay, CancellationToken.None);
    }

    // One window; false when the replay is over: cancelled, or failed with the reason noted.
    private async Task<bool> RunAsync(CollectionEnvironment environment, Replay replay, LandedWindow part, CancellationToken stop)
    {
        while (true)
        {
            var old = await environment.Replays.ListBatchesAsync(part, replay.DatasetId, stop);
            if (old.Count == 0)
                return true; // deleted meanwhile
            var owners = new ReplayedOwners(old);
            var plans = old.Select(PlanFor).ToList();
            await environment.Batches.AddPlansAsync(plans, CancellationToken.None);
            var uncommitted = new MetricTally(new RecentCalls(null)); // these records were counted when they landed
            using var window = new LandingWindow(environment.Lake, environment.Organisation.OrgId, plans, uncommitted, clock) { Only = owners.Has };
            Read(environment, window, part, stop);
            var made = window.Complete(part.FromOffset, part.NextOffset);
            if (Difference(old, made) is { } difference)
            {
                // Nothing that is listed is exchanged for less.
                await RemoveAsync(environment, made, stop);
                (replay.State, replay.Reason) = (Replay.Failed, difference);
                return false;
            }

            replay.AtOffset = part.NextOffset;
            replay.WindowsDone++;
            replay.BytesDone += part.NextOffset - part.FromOffset;
            replay.BatchesReplaced += made.Count;
            replay.Records += made.Sum(batch => batch.RecordCount);
            replay.UpdatedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
            switch (await environment.Replays.CommitAsync(replay, old, made, CancellationToken.None))
            {
                case ReplayStep.Done:
                    environment.Batches.AnnounceDeletion();
                    return true;
                case ReplayStep.Cancelled:
                    await RemoveAsync(environment, made, stop);
                    return false;
            }

            // Somebody deleted one of the old batches: again, without it.
            await RemoveAsync(environment, made, stop);
            replay.WindowsDone--;
            replay.BytesDone -= part.NextOffset - part.FromOffset;
            replay.BatchesReplaced -= made.Count;
            replay.Records -= made.Sum(batch => batch.RecordCount);
        }
    }

    // Beside the file it replaces, in the folder of the same day.
    private Batch PlanFor(Batch old)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var batchId = Ulid.New(now);
        return new Batch
        {
            BatchId = batchId,
            OwnerKind = old.OwnerKind,
            OwnerId = old.OwnerId,
            Outcome = old.Outcome,
            Origin = Batch.Replayed,
            CreatedMs = now,
            UpdatedMs = now,
            Path = old.Path.Replace(old.BatchId, batchId, StringComparison.Ordinal),
        };
    }

    private static void Read(CollectionEnvironment environment, LandingWindow window, LandedWindow part, CancellationToken stop)
    {
        using var reader = environment.Journal.OpenReader(part.FromOffset);
        while (reader.Position < part.NextOffset && reader.TryRead(out var record) && record.Offset < part.NextOffset)
        {
            stop.ThrowIfCancellationRequested();
            window.Add(record);
        }
    }

    private static async Task RemoveAsync(CollectionEnvironment environment, IReadOnlyList<Batch> made, CancellationToken stop)
    {
        foreach (var batch in made)
            LakeFile.Remove(environment.Lake, batch.Path);
        await environment.Replays.RemovePlansAsync(stop);
    }

    private static string? Difference(IReadOnlyList<Batch> old, IReadOnlyList<Batch> made)
    {
        foreach (var batch in old)
        {
            var records = made.FirstOrDefault(one => one.OwnerId == batch.OwnerId && one.OwnerKind == batch.OwnerKind && one.Outcome == batch.Outcome)?.RecordCount ?? 0;
            if (records != batch.RecordCount)
                return $"Batch {batch.BatchId} has {batch.RecordCount} records and the journal gives {records} for it; it was left as it is";
        }
        return null;
    }
}

/// <summary>Whose batches a window had, and so which records of the journal a replay of it takes.</summary>
internal sealed class ReplayedOwners(IEnumerable<Batch> old)
{
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _good = Of(old.Where(batch => !batch.IsFailed));
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _failed = Of(old.Where(batch => batch.IsFailed));

    internal bool Has(in MessageRecord record) =>
        record.Outcome == MessageOutcome.Accepted ? _good.Contains(record.DatasetId) : _failed.Contains(record.DatasetId.IsEmpty ? record.InletId : record.DatasetId);

    private static HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> Of(IEnumerable<Batch> batches) =>
        batches.Select(batch => Encoding.UTF8.GetBytes(batch.OwnerId)).ToHashSet(Utf8Key.Comparer).GetAlternateLookup<ReadOnlySpan<byte>>();
}
