using System.Collections.Concurrent;
using Sluice.Profiles.Engine;

namespace Sluice.Audience.Engine;

/// <summary>Calls that wait until their record is applied, by the id that stands in the record.</summary>
internal sealed class Waiters
{
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
