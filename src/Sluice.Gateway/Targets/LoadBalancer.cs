using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Targets;

/// <summary>Chooses among target servers (contract gateway.md 3.3): in turn, by weight, or the one with the fewest requests; those that fail too often are left out.</summary>
internal sealed class LoadBalancer
{
    private enum Algorithm { RoundRobin, Weighted, LeastConnections }

    private readonly Algorithm _algorithm;
    private readonly BalancedServer[] _servers;
    private readonly BalancedServer? _fallback;
    private readonly int[] _unhealthy;
    private int _turn = -1;

    private LoadBalancer(Algorithm algorithm, BalancedServer[] servers, BalancedServer? fallback, int maxFailures, bool retries, int[] unhealthy)
    {
        (_algorithm, _servers, _fallback, _unhealthy) = (algorithm, servers, fallback, unhealthy);
        (MaxFailures, Retries) = (maxFailures, retries);
    }

    internal int MaxFailures { get; }

    internal bool Retries { get; }

    internal int Count => _servers.Length + (_fallback is null ? 0 : 1);

    internal IEnumerable<BalancedServer> Servers => _fallback is null ? _servers : _servers.Append(_fallback);

    internal bool IsUnhealthy(int status) => Array.IndexOf(_unhealthy, status) >= 0;

    internal static LoadBalancer Compile(BundleElement xml, CompileContext context)
    {
        context.WarnOfUnknown(xml, "Algorithm", "Server", "MaxFailures", "RetryEnabled", "TargetDisableSecs", "ServerUnhealthyResponse");
        var servers = new List<BalancedServer>();
        foreach (var server in xml.All("Server"))
        {
            if (server.Attribute("name") is not { } name)
                context.Fault("InvalidLoadBalancer", "A server of the load balancer has no name", server.Spot);
            else if (!context.Environment.TargetServers.TryGetValue(name, out var entity))
                context.Fault("TargetServerDoesNotExist", $"The load balancer names the target server '{name}', which the environment does not have", server.Spot);
            else if (entity.Tls?.Missing(context.Environment.Keystores) is { } missing)
                context.Fault("messaging.config.beans.ResourceReferenceDoesNotExist", $"The load balancer names the target server '{name}', whose sSLInfo names what the environment does not have: {missing}", server.Spot);
            else if (server.Flag("IsEnabled", byDefault: true))
                servers.Add(new BalancedServer(name, server.Flag("IsFallback", byDefault: false), Math.Max(server.Number("Weight", 1) ?? 1, 1)));
        }
        if (servers.Count == 0 && !context.Faults.Any)
            context.Fault("InvalidLoadBalancer", "The load balancer has no server", xml.Spot);
        if (servers.Count(server => server.IsFallback) > 1)
            context.Fault("InvalidLoadBalancer", "Only one server can be the fallback", xml.Spot);
        if (!Enum.TryParse<Algorithm>(xml.ChildText("Algorithm") ?? nameof(Algorithm.RoundRobin), ignoreCase: true, out var algorithm))
            context.Fault("InvalidLoadBalancer", $"'{xml.ChildText("Algorithm")}' is none of RoundRobin, Weighted, LeastConnections", xml.Child("Algorithm")!.Spot);
        return new LoadBalancer(
            algorithm, [.. servers.Where(server => !server.IsFallback)], servers.Find(server => server.IsFallback), Math.Max(xml.Number("MaxFailures", 0) ?? 0, 0),
            xml.Flag("RetryEnabled", byDefault: true), [.. (xml.Child("ServerUnhealthyResponse")?.All("ResponseCode") ?? []).Select(Status)]);
    }

    /// <summary>The server for the next try, the fallback when all others were tried or are out; null when none is left.</summary>
    internal BalancedServer? Choose(FlowContext flow, List<BalancedServer>? tried)
    {
        var able = _servers.Where(server => tried?.Contains(server) is not true && IsAble(flow, server)).ToArray();
        if (able.Length > 0)
            return Next(able);
        return _fallback is { } fallback && tried?.Contains(fallback) is not true && IsAble(flow, fallback) ? fallback : null;
    }

    private BalancedServer Next(BalancedServer[] able)
    {
        if (_algorithm == Algorithm.LeastConnections)
            return able.MinBy(server => server.InUse)!;
        var turn = (uint)Interlocked.Increment(ref _turn);
        if (_algorithm == Algorithm.RoundRobin)
            return able[turn % able.Length];
        var at = (int)(turn % able.Sum(server => server.Weight));
        return Array.Find(able, server => (at -= server.Weight) < 0)!;
    }

    private static bool IsAble(FlowContext flow, BalancedServer server)
    {
        if (server.IsOut || flow.Snapshot.FindTargetServer(server.Name) is not { IsEnabled: true } entity)
            return false;
        server.Entity = entity;
        return true;
    }

    private static int Status(BundleElement code) => int.TryParse(code.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : 0;
}
