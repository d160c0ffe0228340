using Microsoft.Extensions.Logging;
using Sluice.Collection.Batches;
using Sluice.Collection.Observe;
using Sluice.Journal;
using Sluice.Storage;

namespace Sluice.Collection.Land;

/// <summary>Carries one environment's journal into its lake: reads, gathers a window, cuts it, and commits files and offset together.</summary>
/// <remarks>
/// Guarantees: every record of the journal is in exactly one registered batch. A crash at any point is redone from the
/// committed offset: plans are reused, so a file half written or never registered is overwritten, and nothing is listed without its row.
/// After a failure (disk full, database away): the window is given up and begun again from the committed offset, after a pause.
/// </remarks>
internal sealed class Lander(CollectionEnvironment environment, CollectionOptions options, CollectionMetrics metrics, TimeProvider clock, ILogger<Lander> log)
{
    /// <summary>Landing's name as a consumer of the journal.</summary>
    internal const string Consumer = "landing";

    private const int RecordsPerTurn = 10_000; // between looks at the clock and at new plans

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    /// <summary>Records the journal has flushed and landing has not registered yet, in bytes; for metrics and health.</summary>
    internal long LagBytes => environment.Journal.FlushedOffset - Volatile.Read(ref _committedOffset);

    /// <summary>Why landing has stopped for good, or null while it goes on.</summary>
    internal string? StoppedBecause { get; private set; }

    private long _committedOffset;

    /// <summary>Lands until stopped; cuts the open window before it returns.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        using var hold = await TakeHoldAsync(stop);
        if (hold is null)
            return;
        if (options.LandingPaused)
        {
            // The hold stays, so the journal keeps everything; see docs/operations.md.
            log.LandingHeldStill(environment.Name.Value, _committedOffset);
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await LandFromAsync(hold, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is IOException or StoreUnavailableException or InvalidDataException)
            {
                log.LandingPaused(environment.Name.Value, failure);
                await Task.Delay(PauseAfterFailure, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (JournalException failure)
            {
                // A damaged journal does not heal: stop, say where, and leave what is committed as it is.
                StoppedBecause = failure.Message;
                log.LandingStopped(environment.Name.Value, failure);
                return;
            }
            catch (Exception fault)
            {
                // A fault of ours: receiving goes on, landing stops and says so; what is acknowledged waits in the journal.
                StoppedBecause = fault.Message;
                log.LandingStopped(environment.Name.Value, fault);
                return;
            }
        }
    }

    private async Task<RetentionHold?> TakeHoldAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                _committedOffset = await environment.Batches.FindOffsetAsync(Consumer, stop) ?? environment.Journal.StartOffset;
                return environment.Journal.Hold(Consumer, _committedOffset);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return null;
            }
            catch (StoreUnavailableException failure)
            {
                log.LandingPaused(environment.Name.Value, failure);
                await Task.Delay(PauseAfterFailure, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (JournalException failure)
            {
                StoppedBecause = failure.Message;
                log.LandingStopped(environment.Name.Value, failure);
                return null;
            }
        }
    }

    private async Task LandFromAsync(RetentionHold hold, CancellationToken stop)
    {
        using var reader = environment.Journal.OpenReader(_committedOffset);
        while (true)
        {
            var plans = await environment.Batches.ListPlansAsync(stop);
            var tally = await environment.Metrics.BeginAsync(stop);
            using var window = new LandingWindow(environment.Lake, environment.Organisation.OrgId, plans, tally, clock);
            var goesOn = await GatherAsync(reader, window, stop);
            if (!window.IsEmpty)
                await CutAsync(window, reader.Position, hold);
            if (!goesOn)
                return;
        }
    }

    /// <summary>Fills the window until it is over, too large, or landing is stopped; false when the journal is closed or landing stopped.</summary>
    private async Task<bool> GatherAsync(JournalReader reader, LandingWindow window, CancellationToken stop)
    {
        if (!await WaitAsync(reader, stop))
            return false;

        using var windowEnd = new CancellationTokenSource(options.BatchWindow, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, windowEnd.Token);
        while (true)
        {
            var isDrained = !ReadSome(reader, window);
            if (window.TakeNewPlans() is { Count: > 0 } plans)
                await environment.Batches.AddPlansAsync(plans, CancellationToken.None);
            if (either.IsCancellationRequested || window.PlainBytes >= options.MaxBatchBytes || window.OpenFiles >= options.MaxOpenFiles)
                return !stop.IsCancellationRequested;
            if (isDrained && !await WaitAsync(reader, either.Token))
                return windowEnd.IsCancellationRequested && !stop.IsCancellationRequested;
        }
    }

    private bool ReadSome(JournalReader reader, LandingWindow window)
    {
        for (var count = 0; count < RecordsPerTurn; count++)
        {
            if (!reader.TryRead(out var record))
                return false;
            window.Add(record);
            if (window.PlainBytes >= options.MaxBatchBytes || window.OpenFiles >= options.MaxOpenFiles)
                return true;
        }
        return true;
    }

    private static async Task<bool> WaitAsync(JournalReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task TellAsync(SqlSession session, LandingWindow window, IReadOnlyList<Batch> registered)
    {
        await MetricStore.CommitAsync(session, window.Tally);
        await environment.Outbox.AddAsync(session, registered);
    }

    private async Task CutAsync(LandingWindow window, long nextOffset, RetentionHold hold)
    {
        var landed = window.Complete(_committedOffset, nextOffset);
        // Not cancelled by a stop: the files are there, and registering them is one short transaction.
        await environment.Batches.CommitCutAsync(
            Consumer, nextOffset, landed, (session, registered) => TellAsync(session, window, registered), CancellationToken.None);
        environment.Outbox.Announce();
        Volatile.Write(ref _committedOffset, nextOffset);
        hold.Advance(nextOffset);
        foreach (var batch in landed)
        {
            metrics.BatchLanded(!batch.IsFailed, batch.RecordCount);
            log.BatchLanded(batch.BatchId, batch.Outcome, batch.OwnerKind, batch.OwnerId, batch.RecordCount);
        }
    }
}
