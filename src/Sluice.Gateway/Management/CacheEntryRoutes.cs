using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Deployments;

namespace Sluice.Gateway.Management;

/// <summary>The entries of a named cache: clear all, one, or those whose key begins alike; list them (contract gateway.md 2.4).</summary>
internal static class CacheEntryRoutes
{
    private const int MostListed = 1_000;

    internal static void Map(IEndpointRouteBuilder environment)
    {
        environment.On("GET", "/caches/{cache}/entries", call => EntityRoutes.InEnvironmentAsync(call, ListAsync));
        environment.On("POST", "/caches/{cache}/entries", call => EntityRoutes.InEnvironmentAsync(call, ClearAsync));
        environment.On("POST", "/caches/{cache}/entries/{**key}", call => EntityRoutes.InEnvironmentAsync(call, ClearAsync));
    }

    private static async Task<IResult> ListAsync(ManagementCall call, GatewayEnvironment environment)
    {
        var cache = call.Path("cache");
        if (!environment.Entities.Caches.ContainsKey(cache))
            return ManagementAnswers.NoResource("Cache", cache);
        var now = environment.Services.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var entries = await environment.Services.Caches.ListAsync(cache, MostListed, call.Cancellation);
        return ManagementAnswers.Ok(new JsonObject
        {
            ["entries"] = new JsonArray([.. entries.Select(entry => (JsonNode)new JsonObject
            {
                ["key"] = entry.Key, ["bytes"] = entry.Bytes, ["storedAt"] = entry.StoredMs, ["expiresAt"] = entry.ExpiresMs, ["secondsLeft"] = Math.Max(entry.ExpiresMs - now, 0) / 1_000,
            })]),
        });
    }

    // …/entries?action=clear, …/entries/{key}?action=clear; ours: ?prefix= clears what begins with it.
    private static async Task<IResult> ClearAsync(ManagementCall call, GatewayEnvironment environment)
    {
        var cache = call.Path("cache");
        if (call.Query("action") is var action && action != "clear")
            return ManagementAnswers.Bad($"action is '{action}'; it is clear");
        if (!environment.Entities.Caches.ContainsKey(cache))
            return ManagementAnswers.NoResource("Cache", cache);
        var key = call.Path("key");
        var prefix = call.Query("prefix");
        var removed = await environment.Services.Caches.RemoveByKeyAsync(cache, key.Length > 0 ? key : prefix ?? "", withChildren: key.Length == 0, call.Cancellation);
        return ManagementAnswers.Ok(new JsonObject { ["cache"] = cache, ["cleared"] = removed });
    }
}
