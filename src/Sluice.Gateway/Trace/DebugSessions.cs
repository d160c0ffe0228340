using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Trace;

/// <summary>The debug sessions of an environment, on this node. While there is none, a request asks one field.</summary>
/// <remarks>Threading: any; the list is copied when it changes.</remarks>
internal sealed class DebugSessions(TimeProvider clock)
{
    internal const int MostSessions = 16;

    /// <summary>How long a session can be looked at after it took its last request.</summary>
    internal static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private const long MostBytes = 64L << 20;
    private const long SmallestRoom = 16 << 10;

    private readonly Lock _gate = new();
    private DebugSession[] _sessions = [];

    internal IReadOnlyList<DebugSession> All => Volatile.Read(ref _sessions);

    internal DebugSession? Find(string proxy, int revision, string name) => All.FirstOrDefault(one => one.Proxy == proxy && one.Revision == revision && one.Name == name);

    /// <summary>Adds a session; false when there are too many.</summary>
    internal bool TryAdd(DebugSession session)
    {
        Sweep();
        lock (_gate)
        {
            if (_sessions.Length >= MostSessions)
                return false;
            Volatile.Write(ref _sessions, [.. _sessions, session]);
            return true;
        }
    }

    internal void Remove(DebugSession session)
    {
        lock (_gate)
            Volatile.Write(ref _sessions, [.. _sessions.Where(one => one != session)]);
    }

    /// <summary>Forgets what is older than anybody needs.</summary>
    internal void Sweep()
    {
        var old = clock.GetUtcNow() - KeptFor;
        if (!All.Any(session => session.EndsAt < old))
            return;
        lock (_gate)
            Volatile.Write(ref _sessions, [.. _sessions.Where(session => session.EndsAt >= old)]);
    }

    /// <summary>Begins to record the request when a session wants it.</summary>
    internal void Watch(FlowContext flow)
    {
        var sessions = Volatile.Read(ref _sessions);
        if (sessions.Length == 0)
            return;
        var now = clock.GetUtcNow();
        foreach (var session in sessions)
        {
            if (!session.IsOpen(now))
                continue;
            var room = MostBytes - sessions.Sum(one => one.Size);
            if (room < SmallestRoom)
                return;
            if (session.TryBegin(flow, room) is not { } record)
                continue;
            record.Came(flow);
            flow.Trace = record;
            return;
        }
    }
}
