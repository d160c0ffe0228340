using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Policies;

namespace Sluice.Gateway.Management;

/// <summary>What the proxies of an environment did on this node since it started: requests, errors, and how their response caches fared. Ours; the same numbers as <c>/metrics</c>.</summary>
internal static class CountRoutes
{
    internal static void Map(IEndpointRouteBuilder environment) =>
        environment.On("GET", "/counts", call => EntityRoutes.InEnvironmentAsync(call, (_, environment) => Task.FromResult(Counts(environment))));

    private static IResult Counts(GatewayEnvironment environment) => ManagementAnswers.Ok(new JsonObject
    {
        ["environment"] = environment.Name.Value,
        ["proxies"] = new JsonArray([.. environment.Snapshot.Proxies.OrderBy(proxy => proxy.Name, StringComparer.Ordinal).Select(proxy => (JsonNode)Of(proxy))]),
    });

    private static JsonObject Of(ProxyPlan proxy) => new()
    {
        ["name"] = proxy.Name,
        ["revision"] = proxy.Revision,
        ["requests"] = proxy.Counts.Requests,
        ["clientErrors"] = proxy.Counts.ClientErrors,
        ["serverErrors"] = proxy.Counts.ServerErrors,
        ["caches"] = new JsonArray([.. proxy.ResponseCaches.Select(cache => (JsonNode)Of(cache))]),
    };

    private static JsonObject Of(ResponseCache cache)
    {
        var counts = cache.Counts;
        var (hits, asked) = (counts.Hits, counts.Hits + counts.Misses);
        return new JsonObject
        {
            ["policy"] = cache.Name,
            ["displayName"] = cache.DisplayName,
            ["cache"] = cache.CacheName,
            ["hits"] = hits,
            ["misses"] = counts.Misses,
            ["hitRatio"] = asked == 0 ? null : (double)hits / asked,
            ["skippedLookups"] = counts.SkippedLookups,
            ["withoutKey"] = counts.WithoutKey,
            ["staleAnswers"] = counts.StaleAnswers,
            ["stored"] = counts.StoredEntries,
            ["notStored"] = counts.NotStoredAnswers,
            ["hitBytes"] = counts.HitBytes,
            ["storedBytes"] = counts.StoredBytes,
        };
    }
}
