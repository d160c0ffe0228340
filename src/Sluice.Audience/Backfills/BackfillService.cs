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
/// after a crash comes to the same.
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
        var from = engine.Profiles.BackfilledTo(one.Id) ?? one.FromOffset;
        using var scan = new HistoryScan(engine.Journal, from, one.ToOffset, engine.NewReader(), rule, trait.DataSourceId);
        while (!scan.IsDone && !stop.IsCancellationRequested)
        {
            var before = scan.Realizations;
            scan.Go(RecordsPerStep, ProfilesPerPart);
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
