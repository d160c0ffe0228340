using Sluice.Gateway.Conditions;
using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Trace;

/// <summary>Which requests of a deployed revision are watched, until when, and what was seen.</summary>
/// <remarks>Threading: any.</remarks>
internal sealed class DebugSession
{
    private readonly Lock _gate = new();
    private readonly List<TraceRecord> _records = [];

    internal required string Name { get; init; }

    internal required string Proxy { get; init; }

    internal required int Revision { get; init; }

    /// <summary>Which requests; null for all.</summary>
    internal required Condition? Filter { get; init; }

    /// <summary>How many requests are recorded at most.</summary>
    internal required int Count { get; init; }

    /// <summary>Bytes of memory that one record may take, about.</summary>
    internal required long TraceBytes { get; init; }

    internal required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it takes no more requests.</summary>
    internal required DateTimeOffset EndsAt { get; init; }

    internal IReadOnlyList<TraceRecord> Records
    {
        get
        {
            lock (_gate)
                return [.. _records];
        }
    }

    internal long Size => Records.Sum(record => record.Size);

    internal TraceRecord? Find(string id) => Records.FirstOrDefault(record => record.Id == id);

    internal void Clear()
    {
        lock (_gate)
            _records.Clear();
    }

    /// <summary>Whether it still takes requests.</summary>
    internal bool IsOpen(DateTimeOffset now)
    {
        lock (_gate)
            return now < EndsAt && _records.Count < Count;
    }

    /// <summary>Begins to record a request when it is one of those that are wanted; else null.</summary>
    internal TraceRecord? TryBegin(FlowContext flow, long room)
    {
        if (flow.Proxy.Revision != Revision || flow.Proxy.Name != Proxy || (Filter is not null && !Filter.IsTrue(flow)))
            return null;
        lock (_gate)
        {
            if (_records.Count >= Count)
                return null;
            var record = new TraceRecord(flow.Http.TraceIdentifier, flow, Math.Min(TraceBytes, room));
            _records.Add(record);
            return record;
        }
    }
}
