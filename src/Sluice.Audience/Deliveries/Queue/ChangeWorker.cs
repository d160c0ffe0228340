using System.Data.Common;
using Sluice.Audience.Deliveries.Send;
using Sluice.Profiles.Engine;
using Sluice.Storage;

namespace Sluice.Audience.Deliveries.Queue;

/// <summary>Carries changes of memberships, in their order, from where one consumer stands to its target.</summary>
/// <remarks>
/// Guarantees: every change not older than the retention is offered until it is taken or refused, also after a restart; what is given up is counted. A crash
/// between the target's answer and our note of it offers it again. Bounds: one batch of changes is in memory. Threading: one loop for each consumer, so a slow or dead
/// target holds up nobody else. After a failure of the database: tried again after a pause, from what was kept.
/// </remarks>
internal abstract class ChangeWorker(AudienceEnvironment environment, string consumer, long id, DeliveryTools tools)
{
    private const int ChangesPerBatch = 500;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1); // whatever was announced
    private static readonly TimeSpan LookAtClock = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepEvery = TimeSpan.FromSeconds(5); // a place reached by passing over what is of no interest

    private DeliveryHour? _since;
    private long _keptMs;
    private long _keptPosition;

    protected AudienceEnvironment Environment => environment;

    protected DeliveryTools Tools => tools;

    /// <summary>Which destination or webhook it is.</summary>
    protected long Id => id;

    protected ProfileEngine Profiles { get; } = environment.Engine!.Profiles;

    /// <summary>Where the consumer stands; its own thread's.</summary>
    protected DeliveryState State { get; private set; } = new();

    /// <summary>The ids that the target was told since they were last kept.</summary>
    protected List<DeliveryAddress> Told { get; } = [];

    protected long NowMs => tools.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Whether the consumer is still there.</summary>
    protected abstract bool IsThere { get; }

    /// <summary>Counts the changes of the consumer itself.</summary>
    protected abstract long Version { get; }

    /// <summary>How long changes are kept for it.</summary>
    protected abstract TimeSpan Retention { get; }

    /// <summary>The first change that is for the consumer, when it is new.</summary>
    protected abstract Task<long> FirstPositionAsync(CancellationToken stop);

    /// <summary>Delivers what of these changes is for the consumer, and gives up what is too old; comes back when all of it is done.</summary>
    protected abstract Task CarryAsync(IReadOnlyList<SegmentChange> changes, CancellationToken stop);

    /// <summary>Does what waits beside the changes.</summary>
    protected virtual Task CarryOthersAsync(CancellationToken stop) => Task.CompletedTask;

    /// <summary>Goes on until stopped, or until the consumer is no more.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        var isOpen = false;
        while (!stop.IsCancellationRequested && IsThere)
        {
            try
            {
                if (!isOpen)
                    (State, isOpen) = (await OpenAsync(stop), true);
                await TurnAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure) when (failure is StoreUnavailableException or DbException)
            {
                isOpen = false; // from what was kept
                tools.Log.DeliveriesPaused(environment.Name.Value, consumer, id, failure);
                await Task.Delay(PauseAfterFailure, tools.Clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Counts towards the state and, of a destination, the hour.</summary>
    protected void Count(long received = 0, long attempted = 0, long delivered = 0)
    {
        (State.Received, State.Attempted, State.Delivered) = (State.Received + received, State.Attempted + attempted, State.Delivered + delivered);
        _since ??= new DeliveryHour { Destination = id, StartMs = NowMs };
        (_since.Received, _since.Attempted, _since.Success) = (_since.Received + received, _since.Attempted + attempted, _since.Success + delivered);
        tools.Metrics.Counted(consumer, delivered, "delivered");
    }

    /// <summary>Counts what is given up.</summary>
    protected void Drop(long count)
    {
        State.Dropped += count;
        tools.Metrics.Counted(consumer, count, "dropped");
    }

    /// <summary>Notes that the target takes nothing now, and when it is asked again.</summary>
    protected void Unreachable(TargetAnswer answer)
    {
        State.Attempts++;
        State.NextMs = NowMs + (long)BackOff.After(State.Attempts, tools.Options.DeliveryRetryBase, answer.RetryAfter).TotalMilliseconds;
    }

    /// <summary>Notes what a request came to.</summary>
    protected void Heard(TargetAnswer answer)
    {
        tools.Metrics.Requested(consumer, answer);
        if (answer.IsTaken)
        {
            State.DeliveredMs = NowMs;
            return;
        }
        State.Failed++;
        (State.FailedMs, State.LastStatus, State.LastError) = (NowMs, answer.Status, answer.Reason.Length > 1_000 ? answer.Reason[..1_000] : answer.Reason);
    }

    /// <summary>Keeps the state.</summary>
    protected async Task SaveAsync(CancellationToken cancellation)
    {
        if (_since is { } since)
        {
            since.EndMs = NowMs;
            since.HourMs = since.StartMs - since.StartMs % 3_600_000;
        }
        await environment.Deliveries.Store.SaveAsync(State, consumer == DeliveryState.OfDestination ? _since : null, Told, cancellation);
        Told.Clear();
        (_since, _keptMs, _keptPosition) = (null, NowMs, State.Position);
    }

    /// <summary>Waits until an instant, until the consumer changes, or until somebody is in a hurry.</summary>
    protected async Task PauseAsync(long untilMs, CancellationToken stop)
    {
        var (hurry, version) = (environment.Deliveries.Hurry.Next, Version);
        while (NowMs < untilMs && IsThere && Version == version && !hurry.IsCompleted)
        {
            var left = TimeSpan.FromMilliseconds(Math.Clamp(untilMs - NowMs, 1, LookAtClock.TotalMilliseconds));
            await Task.WhenAny(hurry, Task.Delay(left, tools.Clock, stop));
            stop.ThrowIfCancellationRequested();
        }
    }

    private async Task<DeliveryState> OpenAsync(CancellationToken stop)
    {
        Told.Clear();
        _since = null;
        if (await environment.Deliveries.Store.FindAsync(consumer, id, stop) is { } known)
        {
            (_keptMs, _keptPosition) = (NowMs, known.Position);
            return known;
        }
        var state = new DeliveryState { Consumer = consumer, Id = id, Position = await FirstPositionAsync(stop) };
        await environment.Deliveries.Store.SaveAsync(state, null, [], stop);
        (_keptMs, _keptPosition) = (NowMs, state.Position);
        return state;
    }

    private async Task TurnAsync(CancellationToken stop)
    {
        var next = environment.Deliveries.Changes.Next;
        await CarryOthersAsync(stop);

        // 1. What happened since; a place before the oldest change that is kept means that some were forgotten.
        var end = Profiles.CommittedSeq;
        var changes = end > State.Position ? await Profiles.ReadChangesAsync(State.Position, ChangesPerBatch, stop) : [];
        var (first, last) = changes.Count > 0 ? (changes[0].Seq, changes[^1].Seq) : (end + 1, end);
        if (first > State.Position + 1)
        {
            State.Missed += first - State.Position - 1;
            tools.Metrics.Counted(consumer, first - State.Position - 1, "missed");
        }

        // 2. What of it is for this consumer.
        var before = (State.Received, State.Dropped, State.Missed);
        if (changes.Count > 0)
            await CarryAsync(changes, stop);
        var isNews = before != (State.Received, State.Dropped, State.Missed) || first > State.Position + 1;
        if (last > State.Position)
            (State.Position, State.NextMs, State.WaitingMs) = (last, 0, 0);

        // 3. Kept at once when something was done, now and then otherwise.
        if (isNews || (State.Position != _keptPosition && NowMs - _keptMs > KeepEvery.TotalMilliseconds))
            await SaveAsync(stop);
        if (changes.Count == 0)
            await Task.WhenAny(next, Task.Delay(LookAgain, tools.Clock, stop));
    }
}
