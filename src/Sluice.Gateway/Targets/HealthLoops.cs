using Sluice.Gateway.Deployments;

namespace Sluice.Gateway.Targets;

/// <summary>One loop for each deployed target endpoint with a health monitor: servers that are not well are taken out, and brought back when they are.</summary>
/// <remarks>
/// Threading: <see cref="Follow"/> is called by the one who changes deployments, one call after the other. A loop ends with the deployment it is of;
/// it asks at most <see cref="MostAtOnce"/> servers at once, and not again before all have answered or their time is over.
/// </remarks>
internal sealed class HealthLoops(string environment, GatewayServices services) : IAsyncDisposable
{
    private const int MostAtOnce = 8;

    private readonly Dictionary<HealthMonitor, (CancellationTokenSource Stop, Task Running)> _loops = [];
    private readonly List<Task> _ending = [];
    private volatile DeploymentSnapshot? _snapshot;

    /// <summary>Begins loops of what is deployed now, and ends those of what no longer is.</summary>
    internal void Follow(DeploymentSnapshot snapshot)
    {
        _snapshot = snapshot;
        var monitors = new Dictionary<HealthMonitor, (string Proxy, string Endpoint)>();
        foreach (var proxy in snapshot.Proxies)
        {
            foreach (var target in proxy.Targets.Values)
            {
                if (target.Connection.Monitor is { } monitor)
                    monitors[monitor] = (proxy.Name, target.Name);
            }
        }
        foreach (var gone in _loops.Keys.Except(monitors.Keys).ToList())
            Stop(gone);
        _ending.RemoveAll(task => task.IsCompleted);
        foreach (var (monitor, (proxy, endpoint)) in monitors)
        {
            if (_loops.ContainsKey(monitor))
                continue;
            var stop = new CancellationTokenSource();
            _loops[monitor] = (stop, Task.Run(() => RunAsync(monitor, proxy, endpoint, stop.Token), CancellationToken.None)); // ends by its own token
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var monitor in _loops.Keys.ToList())
            Stop(monitor);
        await Task.WhenAll(_ending);
    }

    private void Stop(HealthMonitor monitor)
    {
        _loops.Remove(monitor, out var loop);
        loop.Stop.Cancel();
        _ending.Add(loop.Running);
    }

    private async Task RunAsync(HealthMonitor monitor, string proxy, string endpoint, CancellationToken cancellation)
    {
        using var client = monitor.NewClient();
        using var timer = new PeriodicTimer(monitor.Interval, services.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                await Parallel.ForEachAsync(
                    monitor.Balancer.Servers, new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellation },
                    async (server, token) => await CheckAsync(monitor, server, client, (proxy, endpoint), token));
        }
        catch (OperationCanceledException)
        {
            // No longer deployed.
        }
    }

    private async Task CheckAsync(HealthMonitor monitor, BalancedServer server, HttpMessageInvoker client, (string Proxy, string Endpoint) of, CancellationToken cancellation)
    {
        if (_snapshot?.FindTargetServer(server.Name) is not { IsEnabled: true } entity)
            return;
        var wasOut = server.IsOut;
        string? missing = null;
        var terms = entity.Tls?.TermsFor(null, _snapshot.Keystores, out missing);
        using var own = terms is null ? null : monitor.NewClient(terms);
        if ((missing ?? await monitor.CheckAsync(entity, own ?? client, cancellation)) is { } why)
        {
            server.Note(isUnhealthy: true, monitor.Balancer.MaxFailures);
            if (!wasOut && server.IsOut)
                services.Log.ServerTakenOut(environment, server.Name, of.Proxy, of.Endpoint, why);
            return;
        }
        server.BringBack();
        if (wasOut)
            services.Log.ServerBack(environment, server.Name, of.Proxy, of.Endpoint);
    }
}
