namespace Sluice.Gateway.Targets;

/// <summary>A target server of an environment (contract gateway.md 3.3), as management keeps it.</summary>
internal sealed record TargetServerEntity(string Name, string Host, int Port, bool IsEnabled, bool IsTls)
{
    /// <summary>Whether its protocol is HTTP2, also without TLS; null where it says nothing.</summary>
    internal bool? SpeaksHttp2 { get; init; }

    /// <summary>What its <c>sSLInfo</c> says; null where it is switched off.</summary>
    internal TargetTls? Tls { get; init; }

    internal string Address => $"{(IsTls ? "https" : "http")}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";
}

/// <summary>One server of a load balancer, with how it is doing on this node. Threading: any.</summary>
internal sealed class BalancedServer(string name, bool isFallback, int weight)
{
    private int _failures;
    private int _inUse;
    private volatile bool _isOut;

    internal string Name => name;

    internal bool IsFallback => isFallback;

    internal int Weight => weight;

    /// <summary>What it is in its environment; null until a flow's snapshot said so.</summary>
    internal TargetServerEntity? Entity { get; set; }

    /// <summary>Taken out after too many failures, until a health check or a redeploy brings it back.</summary>
    internal bool IsOut => _isOut;

    internal int InUse => Volatile.Read(ref _inUse);

    internal Lease Use()
    {
        Interlocked.Increment(ref _inUse);
        return new Lease(this);
    }

    internal void Note(bool isUnhealthy, int maxFailures)
    {
        if (!isUnhealthy)
            Volatile.Write(ref _failures, 0);
        else if (Interlocked.Increment(ref _failures) >= maxFailures && maxFailures > 0)
            _isOut = true;
    }

    internal void BringBack()
    {
        Volatile.Write(ref _failures, 0);
        _isOut = false;
    }

    internal void TakeOut() => _isOut = true;

    internal readonly struct Lease(BalancedServer server) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref server._inUse);
    }
}
