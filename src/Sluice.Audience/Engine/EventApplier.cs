using Microsoft.Extensions.Logging;
using Sluice.Audience.Events.Ids;
using Sluice.Journal;
using Sluice.Journal.Records;
using Sluice.Profiles.Engine;
using Sluice.Profiles.Rulebook;
using Sluice.Storage;

namespace Sluice.Audience.Engine;

/// <summary>Carries one environment's journal into its profiles: reads, applies in order, commits effects and offset together.</summary>
/// <remarks>
/// Guarantees: every record is applied exactly once, as far as anybody can see: a crash goes back to the committed offset, with the profiles as they were there.
/// Calls that wait are answered once their record is applied in memory. After a failure of the database nothing more is applied until the commit that failed
/// has succeeded; the journal keeps what comes in meanwhile.
/// </remarks>
internal sealed class EventApplier(
    EventJournal journal, ProfileEngine engine, DeviceIds deviceIds, Waiters waiters, AudienceOptions options, TimeProvider clock, ILogger log, string environment)
{
    /// <summary>The engine's name as a consumer of the journal.</summary>
    internal const string Consumer = "profiles";

    private const int RecordsPerBatch = 256;
    private const int SkippedPerBatch = 20_000; // records that are of no interest, passed by their headers
    private const int UncommittedAtMost = 20_000;

    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly EventReader _reader = new(deviceIds, engine.NamespaceOf);
    private readonly PersonEvent[] _events = [.. Enumerable.Range(0, RecordsPerBatch).Select(_ => new PersonEvent())];
    private readonly ulong[] _tids = new ulong[RecordsPerBatch];
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _endAtStart = journal.FlushedOffset;
    private long _position;
    private long _committedAtMs;
    private int _count;
    private Func<Task>? _order; // what ends a batch: anything but an event
    private long _applied;

    /// <summary>Completes when everything that was in the journal at the start is applied.</summary>
    internal Task CaughtUp => _caughtUp.Task;

    /// <summary>Bytes of the journal that are not applied yet.</summary>
    internal long LagBytes => journal.FlushedOffset - Volatile.Read(ref _position);

    /// <summary>Events applied since the start.</summary>
    internal long Applied => Volatile.Read(ref _applied);

    /// <summary>Why applying has stopped for good; null while it goes on.</summary>
    internal string? StoppedBecause { get; private set; }

    /// <summary>Applies until stopped, and commits before it returns.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        try
        {
            _position = engine.CommittedOffset ?? journal.StartOffset;
            using var hold = journal.Hold(Consumer, _position);
            using var reader = journal.OpenReader(_position, looksOn: true);
            _committedAtMs = NowMs;
            while (!stop.IsCancellationRequested)
                await TurnAsync(reader, hold, stop);
            await CommitAsync(hold, CancellationToken.None);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped while the database was away: what is not committed is applied again at the next start.
        }
        catch (Exception fault)
        {
            // A damaged journal or profile, or a fault of ours: what is acknowledged waits in the journal, calls get code 10.
            StoppedBecause = fault.Message;
            log.ApplyingStopped(environment, fault);
        }
    }

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task TurnAsync(JournalReader reader, RetentionHold hold, CancellationToken stop)
    {
        // 1. What the journal has: some events, or one order.
        var (from, isDrained) = (_position, !ReadSome(reader));
        await ApplyAsync(from, stop);
        Volatile.Write(ref _position, reader.Position);
        waiters.Pass(reader.Position);
        if (isDrained && reader.Position >= _endAtStart)
            _caughtUp.TrySetResult();

        // 2. What follows from rules and days; then the commit, when it is time.
        var hadWork = engine.HasWork;
        if (hadWork)
            await TryAsync(() => engine.WorkAsync(stop), _position, stop);
        if (NowMs - _committedAtMs >= options.CommitInterval.TotalMilliseconds || engine.Uncommitted > UncommittedAtMost || _committedAtMs > NowMs)
            await CommitAsync(hold, stop);

        // 3. Nothing to do: wait, but not past midnight nor past the commit.
        if (!isDrained || engine.HasWork)
            return;
        if (engine.Day < DayOf(NowMs))
            await SayTheTimeAsync(stop);
        else
            await WaitAsync(reader, stop);
    }

    private bool ReadSome(JournalReader reader)
    {
        (_count, _order) = (0, null);
        for (var seen = 0; seen < SkippedPerBatch && _count < RecordsPerBatch && _order is null; seen++)
        {
            if (!reader.TryRead(out var record))
                return false;
            Take(record);
        }
        return true;
    }

    private void Take(in JournalRecord record)
    {
        var into = _events[_count];
        into.Clear();
        if (_reader.TryReadMessage(record, into))
            _tids[_count++] = 0;
        else if (_reader.TryReadCall(record, into, out var tid))
            _tids[_count++] = tid;
        else if (record.Payload.Length > 1)
            TakeOrder(record);
    }

    private void TakeOrder(in JournalRecord record)
    {
        var (timeMs, offset) = (record.TimeMs, record.Offset);
        if (RulesRecord.TryRead(record.Payload, out var json))
        {
            var definitions = Definition.ReadAll(json);
            _order = () => engine.ApplyRulesAsync(definitions, timeMs, offset, CancellationToken.None);
        }
        else if (ProfileCommandRecord.TryRead(record.Payload, out var command))
        {
            var about = new PersonEvent { TimeMs = timeMs };
            _reader.AddIdentities(command, about);
            var (tid, what) = (command.Tid, command.Command);
            _order = async () =>
            {
                await engine.PrepareAsync([about], CancellationToken.None);
                Carry(what, about);
                waiters.Complete(tid, new EventOutcome([], [], false));
            };
        }
        else if (BackfillRecord.TryRead(record.Payload, out var backfill))
        {
            var part = BackfillPart.Read(backfill);
            _order = async () =>
            {
                await engine.PrepareBackfillAsync(part, timeMs, CancellationToken.None);
                engine.ApplyBackfill(part, timeMs);
            };
        }
        else if (TimeRecord.IsOne(record.Payload))
        {
            _order = () =>
            {
                engine.ApplyTime(timeMs);
                return Task.CompletedTask;
            };
        }
    }

    private void Carry(ProfileCommand what, PersonEvent about)
    {
        switch (what)
        {
            case ProfileCommand.OptOut:
                engine.ApplyOptOut([.. about.Identities.Select(one => one.Key)], about.TimeMs);
                break;
            case ProfileCommand.OptIn:
                engine.ApplyOptIn([.. about.Identities.Select(one => one.Key)], about.TimeMs);
                break;
            case ProfileCommand.Link:
                engine.ApplySync(about);
                break;
            default:
                break; // of a newer version
        }
    }

    private async Task ApplyAsync(long from, CancellationToken stop)
    {
        if (_count > 0)
        {
            await TryAsync(() => engine.PrepareAsync(new ArraySegment<PersonEvent>(_events, 0, _count), stop), from, stop);
            for (var at = 0; at < _count; at++)
            {
                var one = _events[at];
                if (!engine.IsReady(one)) // an event is carried out whole, so the database may be away before it only
                    await TryAsync(() => engine.PrepareAsync([one], stop), from, stop);
                var outcome = engine.Apply(one);
                if (_tids[at] != 0)
                    waiters.Complete(_tids[at], outcome);
            }
            Volatile.Write(ref _applied, _applied + _count);
        }
        if (_order is { } order)
            await TryAsync(order, from, stop); // what an order reads comes before what it changes
    }

    private async Task CommitAsync(RetentionHold hold, CancellationToken stop)
    {
        var offset = _position;
        await TryAsync(() => engine.CommitAsync(offset, stop), offset, stop);
        hold.Advance(offset);
        _committedAtMs = NowMs;
    }

    /// <summary>Tries until the database is there: nothing else may be applied before.</summary>
    private async Task TryAsync(Func<Task> what, long offset, CancellationToken stop)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                await what();
                return;
            }
            catch (Exception failure) when (failure is StoreUnavailableException or System.Data.Common.DbException && !stop.IsCancellationRequested)
            {
                if (isFirst)
                    log.ApplyingPaused(environment, offset, failure);
                await Task.Delay(PauseAfterFailure, clock, stop);
            }
        }
    }

    private async Task SayTheTimeAsync(CancellationToken stop)
    {
        try
        {
            using var batch = AppendBatch.Rent();
            batch.StartRecord();
            TimeRecord.Write(batch);
            batch.EndRecord();
            await journal.AppendAsync(batch, stop);
        }
        catch (Exception failure) when (failure is JournalFullException or JournalBusyException)
        {
            await Task.Delay(PauseAfterFailure, clock, stop);
        }
    }

    private async Task WaitAsync(JournalReader reader, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(engine.Uncommitted > 0 ? options.CommitInterval : IdleWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            if (!await reader.WaitAsync(either.Token))
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop); // the journal is closed: the program ends
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Time to look at the clock.
        }
    }

    private static int DayOf(long ms) => (int)(ms / 86_400_000);
}
