using System.Collections.Concurrent;
using Sluice.Profiles.Engine;

namespace Sluice.Audience.Engine;

/// <summary>Calls that wait until their record is applied, by the id that stands in the record; and writes that wait until the rules they changed are in force.</summary>
internal sealed class Waiters
{
    private readonly PriorityQueue<TaskCompletionSource, long> _places = new();
    private long _passed;

    /// <summary>Completes when the record at a journal offset is applied.</summary>
    internal Task Passed(long offset)
    {
        lock (_places)
        {
            if (_passed > offset)
                return Task.CompletedTask;
            var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _places.Enqueue(waiting, offset);
            return waiting.Task;
        }
    }

    /// <summary>Everything before an offset is applied.</summary>
    internal void Pass(long offset)
    {
        lock (_places)
        {
            _passed = offset;
            while (_places.TryPeek(out var waiting, out var place) && place < offset)
            {
                _places.Dequeue();
                waiting.TrySetResult();
            }
        }
    }

    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<EventOutcome>> _waiting = new();

    /// <summary>How many wait.</summary>
    internal int Count => _waiting.Count;

    /// <summary>Begins to wait; before the record is appended, as it may be applied at once.</summary>
    internal Task<EventOutcome> Add(ulong tid) =>
        _waiting.GetOrAdd(tid, _ => new TaskCompletionSource<EventOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    internal void Remove(ulong tid) => _waiting.TryRemove(tid, out _);

    /// <summary>A record was applied.</summary>
    internal void Complete(ulong tid, EventOutcome outcome)
    {
        if (_waiting.TryRemove(tid, out var waiting))
            waiting.TrySetResult(outcome);
    }
}
