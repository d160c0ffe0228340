using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Audience.Catalogue;
using Sluice.Journal;
using Sluice.Profiles.Engine;
using Sluice.Profiles.Rules;
using Sluice.Storage;

namespace Sluice.Audience.Backfills;

/// <summary>Runs the backfills, one after the other in each environment: reads history, and tells the journal what a rule would have realized there.</summary>
/// <remarks>
/// A crash goes on where the engine has added everything; a part told twice is added once. Parts stand in the journal among the events, so that what is applied again
/// after a crash comes to the same. The lake is read through before the first part is told: what is damaged there ends a backfill that has added nothing.
/// </remarks>
internal sealed class BackfillService(AudienceRuntime audience, TimeProvider clock, ILogger<BackfillService> log) : BackgroundService
{
    private const int RecordsPerStep = 50_000;
    private const int ProfilesPerPart = 2_000;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(audience.Environments.Where(environment => environment.Engine is not null).Select(environment => Task.Run(() => RunAsync(environment, stoppingToken), CancellationToken.None)));

    private async Task RunAsync(AudienceEnvironment environment, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await environment.Backfills.FindRunningAsync(stop) is { } next)
                    await GoOnAsync(environment, next, stop);
                else
                    await environment.WaitForBackfillAsync(LookAgain, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is StoreUnavailableException or DbException or JournalException or IOException)
            {
                log.BackfillPaused(environment.Name.Value, failure);
                await Task.Delay(PauseAfterFailure, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task GoOnAsync(AudienceEnvironment environment, Backfill one, CancellationToken stop)
    {
        var engine = environment.Engine!;
        if (environment.Catalogue.Snapshot.Find(Kinds.Traits, one.Sid) is not { TraitRule: { } text } trait || !TraitRule.TryParse(text, out var rule, out _))
        {
            await environment.Backfills.ChangeStateAsync(one.Id, Backfill.Running, Backfill.Cancelled, Now, stop); // the trait is no more
            return;
        }
        var (history, told) = (environment.History!, engine.Profiles.BackfilledTo(one.Id));
        var from = told ?? one.FromOffset;
        using var scan = new HistoryScan(history, $"backfill {one.Id}", from, one.ToOffset, engine.NewReader(), rule, trait.DataSourceId);
        try
        {
            await BeginAsync(environment, one, scan, from, stop);
            if (told is not null || await CheckAsync(environment, one, history, scan.JournalFrom, stop))
                await TellAsync(environment, one, scan, stop);
        }
        catch (Exception damage) when (damage is LakeDamagedException or JournalCorruptException)
        {
            // What is damaged does not heal by itself: say where, and leave it to whoever asked.
            (one.Reason, one.UpdatedMs) = (damage.Message, Now);
            await environment.Backfills.FailAsync(one, stop);
            log.BackfillFailed(environment.Name.Value, one.Id, one.Sid, one.Reason);
        }
    }

    // Where it reads what; what retention took while it stood still is in the lake now.
    private static async Task BeginAsync(AudienceEnvironment environment, Backfill one, HistoryScan scan, long from, CancellationToken stop)
    {
        var history = environment.History!;
        var isFirst = one.JournalFrom < 0;
        if (!isFirst && scan.JournalFrom == from)
            return;
        one.WithoutIdentities += await history.CountWithoutHeadersAsync(one.JournalFrom, Math.Min(scan.KeptFrom, one.ToOffset), isFirst ? -1 : from, one.FromMs, stop);
        one.EventsFromMs = history.FindTime(scan.JournalFrom) ?? -1;
        one.JournalFrom = scan.KeptFrom;
        await environment.Backfills.BeginAsync(one, stop);
    }

    // False when it was cancelled or paused meanwhile.
    private static async Task<bool> CheckAsync(AudienceEnvironment environment, Backfill one, History history, long journalFrom, CancellationToken stop)
    {
        using var lake = history.ReadLake(one.FromOffset, Math.Min(journalFrom, one.ToOffset));
        while (lake is not null && await lake.OpenNextAsync(stop))
        {
            while (lake.TryRead())
            {
                stop.ThrowIfCancellationRequested(); // a batch may be large
            }
            if ((await environment.Backfills.FindAsync(one.Id, stop))?.State != Backfill.Running)
                return false;
        }
        return true;
    }

    private async Task TellAsync(AudienceEnvironment environment, Backfill one, HistoryScan scan, CancellationToken stop)
    {
        var engine = environment.Engine!;
        while (!scan.IsDone && !stop.IsCancellationRequested)
        {
            var before = scan.Realizations;
            await scan.GoAsync(RecordsPerStep, ProfilesPerPart, stop);
            scan.Release();
            var found = scan.Take();
            var to = scan.IsDone ? one.ToOffset : scan.Position;
            // Told even when nothing was found: it says how far the backfill is.
            var offset = await engine.TellAsync(new BackfillPart(one.Id, one.Sid, to, found), stop);
            await engine.Waiters.Passed(offset).WaitAsync(stop);
            one.AtOffset = to;
            one.Realizations += scan.Realizations - before;
            one.Profiles += found.Count;
            one.UpdatedMs = Now;
            await environment.Backfills.ProgressAsync(one, stop);
            if ((await environment.Backfills.FindAsync(one.Id, stop))?.State != Backfill.Running)
                return;
        }
        if (scan.IsDone && await environment.Backfills.ChangeStateAsync(one.Id, Backfill.Running, Backfill.Done, Now, stop))
            log.BackfillDone(environment.Name.Value, one.Id, one.Sid, one.Realizations);
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
