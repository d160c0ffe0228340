using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Keystores;
using Sluice.Gateway.Targets;

namespace Sluice.Gateway.Management;

/// <summary>What must hold of the JSON of caches, target servers and references.</summary>
internal static class EntityChecks
{
    /// <summary>The settings of a cache that have an effect are numbers, times and dates (contract gateway.md 2.4); the others are kept as they are.</summary>
    internal static string? Cache(JsonObject body, GatewayEnvironment environment) =>
        body["skipCacheIfElementSizeInKBExceeds"] is { } size && !int.TryParse(size.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? "skipCacheIfElementSizeInKBExceeds is to be a whole number"
        : body["expirySettings"] is not (null or JsonObject) ? "expirySettings is to be an object"
        : null;

    internal static string? TargetServer(JsonObject body, GatewayEnvironment environment) =>
        body["host"]?.ToString() is not { Length: > 0 and <= 255 } host || host.AsSpan().IndexOfAny("/ ?#@") >= 0 ? "A target server has a host: a name or an address, without scheme or path"
        : !int.TryParse((body["port"] ?? "80").ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65_535 ? "port is to be 1 to 65535"
        : (body["protocol"] ?? "HTTP").ToString() is not ("HTTP" or "HTTP2") ? $"protocol is '{body["protocol"]}'; target servers of this gateway speak HTTP or HTTP2"
        : !bool.TryParse((body["isEnabled"] ?? "true").ToString(), out _) ? $"isEnabled is '{body["isEnabled"]}'; it is true or false"
        : body["sSLInfo"] is not (null or JsonObject) ? "sSLInfo is to be an object"
        : body["sSLInfo"] is JsonObject tls ? Tls(tls, environment)
        : null;

    /// <summary>A reference leads to a keystore that is there; what names the reference follows when it is led elsewhere.</summary>
    internal static string? Reference(JsonObject body, GatewayEnvironment environment) =>
        (body["resourceType"] ?? "KeyStore").ToString() is not ("KeyStore" or "TrustStore") ? $"resourceType is '{body["resourceType"]}'; references of this gateway are to a KeyStore or TrustStore"
        : body["refers"] is not JsonValue refers || refers.ToString().StartsWith(KeystoreBook.ReferencePrefix, StringComparison.Ordinal) || environment.Entities.Keystores.Find(refers.ToString()) is null
            ? $"refers is '{body["refers"]}'; it is to name a keystore of this environment"
        : null;

    private static string? Tls(JsonObject body, GatewayEnvironment environment)
    {
        var faults = new List<string>();
        var tls = TargetTls.Read(body, faults);
        return faults.Count > 0 ? $"sSLInfo: {faults[0]}" : tls?.Missing(environment.Entities.Keystores) is { } missing ? $"sSLInfo: {missing}" : null;
    }
}
