using System.Diagnostics.Metrics;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Flow;

namespace Sluice.Gateway;

/// <summary>What operators see of the gateway: requests and errors of each deployed proxy, hits, misses and bytes of each response cache.</summary>
internal sealed class GatewayMetrics
{
    internal const string MeterName = "Sluice.Gateway";

    private readonly GatewayRuntime _gateway;

    public GatewayMetrics(IMeterFactory meters, GatewayRuntime gateway)
    {
        _gateway = gateway;
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("sluice.gateway.requests", () => OfProxies(counts => counts.Requests), "{request}", "Requests that proxies answered");
        meter.CreateObservableCounter("sluice.gateway.client_errors", () => OfProxies(counts => counts.ClientErrors), "{request}", "Requests that were answered with a status of 400 to 499");
        meter.CreateObservableCounter("sluice.gateway.server_errors", () => OfProxies(counts => counts.ServerErrors), "{request}", "Requests that were answered with a status of 500 and above");
        meter.CreateObservableGauge("sluice.gateway.deployed_proxies", () => gateway.Environments.Select(one => new Measurement<long>(one.Snapshot.Proxies.Count, Tag("environment", one.Name.Value))), "{proxy}", "Proxies that are served");
        meter.CreateObservableCounter("sluice.gateway.cache.hits", () => OfCaches(counts => counts.Hits), "{request}", "Requests answered from a response cache");
        meter.CreateObservableCounter("sluice.gateway.cache.misses", () => OfCaches(counts => counts.Misses), "{request}", "Requests that a response cache had nothing for");
        meter.CreateObservableCounter("sluice.gateway.cache.skipped", () => OfCaches(counts => counts.SkippedLookups), "{request}", "Requests whose lookup was skipped by a condition");
        meter.CreateObservableCounter("sluice.gateway.cache.without_key", () => OfCaches(counts => counts.WithoutKey), "{request}", "Requests whose cache key was too long");
        meter.CreateObservableCounter("sluice.gateway.cache.stale", () => OfCaches(counts => counts.StaleAnswers), "{request}", "Requests answered with an entry that was over, because the target failed");
        meter.CreateObservableCounter("sluice.gateway.cache.stored", () => OfCaches(counts => counts.StoredEntries), "{entry}", "Entries stored");
        meter.CreateObservableCounter("sluice.gateway.cache.not_stored", () => OfCaches(counts => counts.NotStoredAnswers), "{request}", "Answers that were not to be stored");
        meter.CreateObservableCounter("sluice.gateway.cache.hit_bytes", () => OfCaches(counts => counts.HitBytes), "By", "Bytes of bodies answered from a response cache");
        meter.CreateObservableCounter("sluice.gateway.cache.stored_bytes", () => OfCaches(counts => counts.StoredBytes), "By", "Bytes of bodies stored");
    }

    private IEnumerable<Measurement<long>> OfProxies(Func<ProxyCounts, long> value) =>
        _gateway.Environments.SelectMany(environment => environment.Snapshot.Proxies.Select(proxy => new Measurement<long>(value(proxy.Counts), Tags(environment, proxy))));

    private IEnumerable<Measurement<long>> OfCaches(Func<CacheCounts, long> value) =>
        from environment in _gateway.Environments
        from proxy in environment.Snapshot.Proxies
        from cache in proxy.ResponseCaches
        select new Measurement<long>(value(cache.Counts), [.. Tags(environment, proxy), Tag("policy", cache.Name)]);

    private static KeyValuePair<string, object?>[] Tags(GatewayEnvironment environment, ProxyPlan proxy) => [Tag("environment", environment.Name.Value), Tag("proxy", proxy.Name)];

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
