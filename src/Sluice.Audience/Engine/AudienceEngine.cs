using System.Buffers;
using Microsoft.Extensions.Logging;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Events;
using Sluice.Audience.Events.Ids;
using Sluice.Journal;
using Sluice.Journal.Records;
using Sluice.Profiles.Engine;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Engine;

/// <summary>The engine of one environment: the journal's events on one side, everybody's traits and segments on the other.</summary>
internal sealed class AudienceEngine : IDisposable
{
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RuleWait = TimeSpan.FromSeconds(10); // a write may wait for a commit of many; an event call may not

    private readonly EventJournal _journal;
    private readonly RuleFeeder _feeder;
    private readonly AudienceOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly string _environment;
    private readonly CatalogueStore _catalogue;
    private volatile bool _tells;

    internal AudienceEngine(
        ProfileEngine profiles, EventJournal journal, CatalogueStore catalogue, DeviceIds deviceIds, AudienceOptions options, TimeProvider clock, ILogger log, string environment)
    {
        DeviceIds = deviceIds;
        (Profiles, _journal, _catalogue, _options, _clock, _log, _environment) = (profiles, journal, catalogue, options, clock, log, environment);
        Applier = new EventApplier(journal, profiles, deviceIds, Waiters, options, clock, log, environment);
        _feeder = new RuleFeeder(catalogue, journal, profiles);
        Calls = new EventEngine(ApplyAsync, RealizePrivate);
    }

    /// <summary>Who is in which segment, and why.</summary>
    internal ProfileEngine Profiles { get; }

    /// <summary>Leads from ECIDs to devices and back.</summary>
    internal DeviceIds DeviceIds { get; }

    internal EventApplier Applier { get; }

    internal Waiters Waiters { get; } = new();

    /// <summary>What event calls need of it.</summary>
    internal EventEngine Calls { get; }

    /// <summary>Applies what the journal holds, then tells it the rules that changed meanwhile; goes on until stopped.</summary>
    internal async Task RunAsync(TaskCompletionSource started, CancellationToken stop)
    {
        _log.CatchingUp(_environment, Profiles.CommittedOffset ?? _journal.StartOffset, _journal.FlushedOffset);
        var applying = Task.Run(() => Applier.RunAsync(stop), CancellationToken.None);
        await Task.WhenAny(Applier.CaughtUp, applying);
        var isFirst = true;
        while (!stop.IsCancellationRequested && !applying.IsCompleted)
        {
            try
            {
                if (isFirst)
                {
                    await _feeder.StartAsync(stop);
                    (_catalogue.Changed, _tells, isFirst) = (TellAsync, true, false);
                    started.TrySetResult();
                }
                else
                    await _feeder.TellAsync(stop); // what could not be told when it was changed, and what other nodes changed
            }
            catch (JournalException failure)
            {
                _log.RulesWait(_environment, failure);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            await Task.Delay(TellAgain, _clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        _tells = false;
        started.TrySetResult();
        await applying;
    }

    public void Dispose() => _feeder.Dispose();

    /// <summary>Reads records as the engine does; for one thread.</summary>
    internal EventReader NewReader() => new(DeviceIds, Profiles.NamespaceOf);

    /// <summary>Where events lie.</summary>
    internal EventJournal Journal => _journal;

    /// <summary>Tells a part of a backfill.</summary>
    /// <returns>Its journal offset.</returns>
    /// <exception cref="JournalException">The journal does not take it now.</exception>
    internal async Task<long> TellAsync(BackfillPart part, CancellationToken cancellation)
    {
        using var batch = AppendBatch.Rent();
        batch.StartRecord();
        BackfillRecord.Write(batch, part.Write());
        batch.EndRecord();
        return (await _journal.AppendAsync(batch, cancellation)).Offset;
    }

    private async Task TellAsync()
    {
        if (!_tells)
            return;
        try
        {
            // Whoever reads the answer of a write may count on the rule: not only events behind it meet it, the door's private keys do, too.
            var offset = await _feeder.TellAsync(CancellationToken.None);
            if (Applier.StoppedBecause is null) // else it takes its turn after the next start
                await Waiters.Passed(offset).WaitAsync(RuleWait, _clock);
        }
        catch (TimeoutException)
        {
            // The engine is behind: the rule stands in the journal and takes its turn.
        }
        catch (JournalException failure)
        {
            _log.RulesWait(_environment, failure); // the change stands; it takes effect when it could be told
        }
    }

    private IReadOnlyList<long> RealizePrivate(Signals signals) => Profiles.MatchPrivate(signals);

    private async Task<Events.EventOutcome?> ApplyAsync(ReadOnlyMemory<byte> record, ulong tid, CancellationToken cancellation)
    {
        var outcome = Waiters.Add(tid);
        try
        {
            using (var batch = AppendBatch.Rent())
            {
                batch.StartRecord();
                batch.Write(record.Span);
                batch.EndRecord();
                await _journal.AppendAsync(batch, CancellationToken.None);
            }
            var applied = await outcome.WaitAsync(_options.EventWait, _clock, cancellation);
            return new Events.EventOutcome(applied.Realized, applied.Segments, applied.IsOptedOut, []);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            Waiters.Remove(tid);
        }
    }
}
