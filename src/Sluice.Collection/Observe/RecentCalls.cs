using System.Runtime.InteropServices;

namespace Sluice.Collection.Observe;

/// <summary>The HTTP calls counted last, so that the records of one request, which others may stand between, count as one call.</summary>
/// <remarks>It is committed with every window, so that a request whose records fall into two windows counts once, also across a crash.</remarks>
internal sealed class RecentCalls
{
    internal const string Name = "recent-calls";

    private const int MostKept = 256; // between two appends of one request stand at most those of the requests served meanwhile

    private readonly ulong[] _calls = new ulong[MostKept];
    private int _count;
    private int _next;

    /// <param name="written">What <see cref="Write"/> gave, oldest first; null before the first window.</param>
    internal RecentCalls(byte[]? written)
    {
        foreach (var call in MemoryMarshal.Cast<byte, ulong>(written ?? []))
            IsNew(call);
    }

    /// <summary>Whether the call has not been seen lately; from now on it has.</summary>
    internal bool IsNew(ulong call)
    {
        if (_calls.AsSpan(0, _count).Contains(call))
            return false;
        _calls[_next] = call;
        _next = (_next + 1) % MostKept;
        _count = Math.Min(_count + 1, MostKept);
        return true;
    }

    internal byte[] Write()
    {
        var oldestFirst = _count < MostKept ? _calls[.._count] : [.. _calls[_next..], .. _calls[.._next]];
        return MemoryMarshal.AsBytes<ulong>(oldestFirst).ToArray();
    }
}
