using System.Collections.Concurrent;

namespace Sluice.Tests.Doubles;

/// <summary>A clock on which every wait is over at once: it jumps there, and notes how long the wait was. Waits of a minute and more are limits, not waits, and never end.</summary>
internal sealed class RushingClock : TimeProvider
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private readonly ManualClock _time = new();

    /// <summary>The waits, in order.</summary>
    internal IReadOnlyList<TimeSpan> Waits => [.. _waits];

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    public override long GetTimestamp() => _time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= TimeSpan.Zero && dueTime < Limit)
        {
            _waits.Enqueue(dueTime);
            _time.Advance(dueTime);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }
        return new Done();
    }

    /// <summary>A timer that has nothing left to do.</summary>
    private sealed class Done : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
