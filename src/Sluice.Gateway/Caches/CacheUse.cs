using Sluice.Gateway.Flow;
using Sluice.Gateway.Policies;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Caches;

/// <summary>One cache policy in one flow: the key it computed on the way there, and what it found.</summary>
internal sealed class CacheUse
{
    internal CacheUse() => KeyText = new LateKey(this);

    /// <summary>Whose it is.</summary>
    internal Policy? Policy { get; set; }

    /// <summary>The key as people read it.</summary>
    internal TextBuffer Readable { get; } = new();

    /// <summary>The length of each part, a character each: with the text, no two lists of parts are the same.</summary>
    internal TextBuffer Lengths { get; } = new();

    /// <summary>Cache, key and lengths: what memory finds entries by.</summary>
    internal TextBuffer Identity { get; } = new();

    internal bool HasKey { get; set; }

    /// <summary>What answered; null on a miss.</summary>
    internal CachedResponse? Entry { get; set; }

    /// <summary>What was found but not used: to be sent when the target says that nothing changed, or fails.</summary>
    internal CachedResponse? Spare { get; set; }

    /// <summary>The key for a variable, made a string only when it is read.</summary>
    internal LateText KeyText { get; }

    /// <summary>Whether this flow is the one that fetches for others that wait (<see cref="CacheFlights"/>).</summary>
    internal CacheFlight? Leads { get; set; }

    internal void Identify(string cache)
    {
        Identity.Clear();
        Identity.Append(cache);
        Identity.Append('\0');
        Identity.Append(Readable.Span);
        Identity.Append('\0');
        Identity.Append(Lengths.Span);
    }

    private sealed class LateKey(CacheUse use) : LateText
    {
        public override string ToString() => use.Readable.ToString();
    }
}

/// <summary>The cache policies of one flow. Pooled with it.</summary>
internal sealed class CacheUses
{
    private readonly List<CacheUse> _uses = [];
    private int _count;

    /// <summary>A policy's use in this flow, new when it has none yet.</summary>
    internal CacheUse For(Policy policy)
    {
        if (Find(policy) is { } known)
            return known;
        if (_count == _uses.Count)
            _uses.Add(new CacheUse());
        var use = _uses[_count++];
        (use.Policy, use.HasKey, use.Entry, use.Spare, use.Leads) = (policy, false, null, null, null);
        return use;
    }

    internal CacheUse? Find(Policy policy)
    {
        for (var index = 0; index < _count; index++)
        {
            if (ReferenceEquals(_uses[index].Policy, policy))
                return _uses[index];
        }
        return null;
    }

    /// <summary>Answers for a target that failed with what one of the policies may still send.</summary>
    internal bool TryServeStale(FlowContext flow)
    {
        for (var index = 0; index < _count; index++)
        {
            if (_uses[index].Policy is ResponseCache policy && policy.TryServeStale(flow))
                return true;
        }
        return false;
    }

    /// <summary>Forgets them all; who waits for one of them is let go.</summary>
    internal void Clear()
    {
        for (var index = 0; index < _count; index++)
        {
            _uses[index].Leads?.End(null);
            (_uses[index].Policy, _uses[index].Entry, _uses[index].Spare, _uses[index].Leads) = (null, null, null, null);
        }
        _count = 0;
    }
}
