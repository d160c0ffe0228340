using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Gateway.Management;

/// <summary>What must hold of the JSON of caches and target servers.</summary>
internal static class EntityChecks
{
    /// <summary>The settings of a cache that have an effect are numbers, times and dates (contract gateway.md 2.4); the others are kept as they are.</summary>
    internal static string? Cache(JsonObject body) =>
        body["skipCacheIfElementSizeInKBExceeds"] is { } size && !int.TryParse(size.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? "skipCacheIfElementSizeInKBExceeds is to be a whole number"
            : null;

    internal static string? TargetServer(JsonObject body) =>
        body["host"]?.ToString() is not { Length: > 0 and <= 255 } host || host.AsSpan().IndexOfAny("/ ?#@") >= 0 ? "A target server has a host: a name or an address, without scheme or path"
        : !int.TryParse((body["port"] ?? "80").ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65_535 ? "port is to be 1 to 65535"
        : (body["protocol"] ?? "HTTP").ToString() is not ("HTTP" or "HTTP2") ? $"protocol is '{body["protocol"]}'; target servers of this gateway speak HTTP or HTTP2"
        : null;
}
