using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Keystores;
using Sluice.Gateway.Sealing;
using Sluice.Gateway.Targets;
using Sluice.Storage;

namespace Sluice.Gateway.Deployments;

/// <summary>The caches, target servers, keystores and flow hooks of an environment, as the plans and flows use them; read from the table <c>gateway_entity</c>.</summary>
internal sealed record EnvironmentEntities(
    IReadOnlyDictionary<string, CacheResource> Caches, IReadOnlyDictionary<string, TargetServerEntity> TargetServers, FlowHooks Hooks)
{
    internal const string CacheKind = "cache";
    internal const string TargetServerKind = "targetserver";
    internal const string FlowHookKind = "flowhook";
    internal const string KeystoreKind = "keystore";
    internal const string AliasKind = "keystorealias";
    internal const string ReferenceKind = "reference";
    internal const string PropertySetKind = "propertyset";

    internal FrozenDictionary<string, string> PropertySets { get; private init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Keys and certificates, with the references that lead to them.</summary>
    internal KeystoreBook Keystores { get; private init; } = KeystoreBook.Empty;

    internal static readonly EnvironmentEntities None = new(new Dictionary<string, CacheResource>(), new Dictionary<string, TargetServerEntity>(), FlowHooks.None);

    internal static async Task<EnvironmentEntities> ReadAsync(SqlStore sql, Sealer sealer, CancellationToken cancellation)
    {
        var rows = await sql.ReadAsync(session => session.QueryAsync<EntityRow>("select kind as Kind, name as Name, body as Body from gateway_entity order by kind, name"), cancellation);
        var caches = rows.Where(row => row.Kind == CacheKind).ToDictionary(row => row.Name, row => Cache(row.Name, Parse(row)));
        var servers = rows.Where(row => row.Kind == TargetServerKind).ToDictionary(row => row.Name, row => TargetServer(row.Name, Parse(row)));
        var hooks = rows.Where(row => row.Kind == FlowHookKind).ToDictionary(row => row.Name, row => Hook(Parse(row)));
        return new EnvironmentEntities(caches, servers, new FlowHooks(
            hooks.GetValueOrDefault("PreProxyFlowHook"), hooks.GetValueOrDefault("PreTargetFlowHook"), hooks.GetValueOrDefault("PostTargetFlowHook"), hooks.GetValueOrDefault("PostProxyFlowHook")))
        {
            Keystores = new KeystoreBook(
                rows.Where(row => row.Kind == KeystoreKind).Select(row => row.Name), rows.Where(row => row.Kind == AliasKind).Select(row => (row.Name, Parse(row))),
                rows.Where(row => row.Kind == ReferenceKind).Select(row => (row.Name, Parse(row))), sealer),
            PropertySets = Flow.PropertySets.Read(rows.Where(row => row.Kind == PropertySetKind).Select(row => (Flow.PropertySets.SetOf(row.Name), Parse(row)["content"]!.ToString()))),
        };
    }

    /// <summary>Names of the caches that are not what they were: plans that name one are made again. Target servers and hooks are looked up when a flow needs them.</summary>
    internal IReadOnlySet<string> ChangedCaches(EnvironmentEntities before) => Caches.Keys.Union(before.Caches.Keys)
        .Where(name => Caches.GetValueOrDefault(name) != before.Caches.GetValueOrDefault(name))
        .ToHashSet(StringComparer.Ordinal);

    private static JsonObject Parse(EntityRow row) => JsonNode.Parse(row.Body)!.AsObject();

    private static CacheResource Cache(string name, JsonObject body)
    {
        var expiry = body["expirySettings"] as JsonObject;
        return new CacheResource(name, Text(expiry, "timeoutInSec") ?? Text(expiry, "timeoutInSeconds"), Text(expiry, "timeOfDay"), Text(expiry, "expiryDate"), Number(body, "skipCacheIfElementSizeInKBExceeds"));
    }

    private static TargetServerEntity TargetServer(string name, JsonObject body) => new(
        name, Text(body, "host") ?? "", Number(body, "port") ?? 80, !string.Equals(Text(body, "isEnabled"), "false", StringComparison.OrdinalIgnoreCase),
        body["sSLInfo"] is JsonObject tls && string.Equals(Text(tls, "enabled"), "true", StringComparison.OrdinalIgnoreCase))
    {
        SpeaksHttp2 = Text(body, "protocol") == "HTTP2" ? true : null,
        Tls = body["sSLInfo"] is JsonObject info ? TargetTls.Read(info, []) : null,
    };

    private static FlowHook? Hook(JsonObject body) => Text(body, "sharedFlow") is { } name ? new FlowHook(name, string.Equals(Text(body, "continueOnError"), "true", StringComparison.OrdinalIgnoreCase)) : null;

    // Values come bare or as {"value": …}, as the original writes expiry settings.
    private static string? Text(JsonObject? body, string name) =>
        body?[name] switch { JsonObject inner => Text(inner, "value"), null => null, var value => value.ToString() is { Length: > 0 } text ? text : null };

    private static int? Number(JsonObject body, string name) => int.TryParse(Text(body, name), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    private sealed class EntityRow
    {
        public string Kind { get; set; } = "";
        public string Name { get; set; } = "";
        public string Body { get; set; } = "";
    }
}
