using System.Globalization;
using Sluice.Gateway.Bundles;

namespace Sluice.Gateway.Targets;

/// <summary>The properties of a target connection that have an effect (contract gateway.md 3.3), with their defaults.</summary>
internal sealed record TargetSettings
{
    internal static readonly TargetSettings Default = new();

    internal TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>For the answer to begin, and between its parts.</summary>
    internal TimeSpan IoTimeout { get; init; } = TimeSpan.FromSeconds(55);

    internal TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    internal bool StreamsRequest { get; init; }

    internal bool StreamsResponse { get; init; }

    /// <summary>Whether a POST of HTTP/1 without a body may leave out how long it is.</summary>
    internal bool TakesPostWithoutLength { get; init; }

    /// <summary>The same of a PUT.</summary>
    internal bool TakesPutWithoutLength { get; init; }

    /// <summary>The property <c>sluice.http2</c>: true has HTTP/2 spoken also without TLS, false never; null when both sides agree on it over TLS.</summary>
    internal bool? SpeaksHttp2 { get; init; }

    /// <summary>What its SSLInfo says; null where it has none.</summary>
    internal TargetTls? Tls { get; init; }

    internal IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    internal static TargetSettings Read(BundleElement connection)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in connection.Child("Properties")?.All("Property") ?? [])
        {
            if (property.Attribute("name") is { } name)
                properties[name] = property.Text ?? "";
        }
        return new TargetSettings
        {
            ConnectTimeout = Milliseconds(properties, "connect.timeout.millis", Default.ConnectTimeout),
            IoTimeout = Milliseconds(properties, "io.timeout.millis", Default.IoTimeout),
            KeepAlive = Milliseconds(properties, "keepalive.timeout.millis", Default.KeepAlive),
            StreamsRequest = BundleElement.ReadFlag(properties.GetValueOrDefault("request.streaming.enabled"), false),
            StreamsResponse = BundleElement.ReadFlag(properties.GetValueOrDefault("response.streaming.enabled"), false),
            TakesPostWithoutLength = BundleElement.ReadFlag(properties.GetValueOrDefault("allow.post.without.content.length"), false),
            TakesPutWithoutLength = BundleElement.ReadFlag(properties.GetValueOrDefault("allow.put.without.content.length"), false),
            SpeaksHttp2 = properties.TryGetValue("sluice.http2", out var http2) ? BundleElement.ReadFlag(http2, false) : null,
            Properties = properties,
        };
    }

    private static TimeSpan Milliseconds(Dictionary<string, string> properties, string name, TimeSpan byDefault) =>
        int.TryParse(properties.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms > 0 ? TimeSpan.FromMilliseconds(ms) : byDefault;
}
