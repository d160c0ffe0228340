using System.Text.Json;
using Sluice.Gateway.Conditions;

namespace Sluice.Gateway.Consumers;

/// <summary>How often something may be called: the texts that policies turn into numbers.</summary>
internal sealed record ProductQuota(string Limit, string Interval, string TimeUnit);

/// <summary>What an API product lets through, made ready for requests: environment, proxy, path and method (contract gateway.md 3.7). Never changes.</summary>
/// <remarks>An empty list of proxies, environments or resources restricts nothing.</remarks>
internal sealed class ProductAccess
{
    private readonly HashSet<string> _environments;
    private readonly HashSet<string> _proxies;
    private readonly PathPattern[] _resources;
    private readonly Operation[] _operations;
    private readonly ProductQuota? _quota;

    internal ProductAccess(ApiProduct product)
    {
        Product = product;
        _environments = new HashSet<string>(product.Environments, StringComparer.Ordinal);
        _proxies = new HashSet<string>(product.Proxies, StringComparer.Ordinal);
        _resources = product.ApiResources.Any(IsEverything) ? [] : [.. product.ApiResources.Select(resource => new PathPattern(resource))];
        _operations = product.OperationGroup is { } group ? [.. Operations(group)] : [];
        _quota = QuotaOf(product.Quota, product.QuotaInterval, product.QuotaTimeUnit);
    }

    internal ApiProduct Product { get; }

    /// <summary>Whether a call is covered; <paramref name="quota"/> is that of the operation, else of the product.</summary>
    internal bool Covers(string environment, string proxy, string path, string method, out ProductQuota? quota)
    {
        quota = _quota;
        if (_environments.Count > 0 && !_environments.Contains(environment))
            return false;
        if (_operations.Length > 0)
        {
            foreach (var operation in _operations)
            {
                if (operation.Proxy != proxy || !operation.Covers(path, method))
                    continue;
                quota = operation.Quota ?? _quota;
                return true;
            }
            return false;
        }
        return (_proxies.Count == 0 || _proxies.Contains(proxy)) && (_resources.Length == 0 || Array.Exists(_resources, one => one.Matches(path)));
    }

    /// <summary>What is wrong with operations, or null.</summary>
    internal static string? FaultOf(JsonElement group)
    {
        if (group.ValueKind != JsonValueKind.Object || !group.TryGetProperty("operationConfigs", out var configs) || configs.ValueKind != JsonValueKind.Array)
            return "operationGroup is to be an object with the array operationConfigs";
        foreach (var config in configs.EnumerateArray())
        {
            if (Text(config, "apiSource") is null)
                return "each of operationGroup.operationConfigs is to name a proxy in apiSource";
            if (!config.TryGetProperty("operations", out var operations) || operations.ValueKind != JsonValueKind.Array || operations.EnumerateArray().Any(one => Text(one, "resource") is null))
                return "each of operationGroup.operationConfigs is to have operations, each with a resource";
        }
        return null;
    }

    private static bool IsEverything(string resource) => resource is "/" or "/**";

    private static IEnumerable<Operation> Operations(JsonElement group)
    {
        foreach (var config in group.GetProperty("operationConfigs").EnumerateArray())
        {
            var quota = config.TryGetProperty("quota", out var own) ? QuotaOf(Text(own, "limit"), Text(own, "interval"), Text(own, "timeUnit")) : null;
            foreach (var operation in config.GetProperty("operations").EnumerateArray())
            {
                var resource = Text(operation, "resource")!;
                string[] methods = operation.TryGetProperty("methods", out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(one => one.ToString())] : [];
                yield return new Operation(Text(config, "apiSource")!, IsEverything(resource) ? null : new PathPattern(resource), methods, quota);
            }
        }
    }

    private static ProductQuota? QuotaOf(string? limit, string? interval, string? unit) => limit is { Length: > 0 } ? new ProductQuota(limit, interval ?? "1", unit ?? "month") : null;

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number && value.ToString() is { Length: > 0 } text ? text : null;

    private sealed record Operation(string Proxy, PathPattern? Resource, string[] Methods, ProductQuota? Quota)
    {
        internal bool Covers(string path, string method) => (Resource is null || Resource.Matches(path)) && (Methods.Length == 0 || Array.IndexOf(Methods, method) >= 0);
    }
}
