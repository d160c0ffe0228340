using System.Text.Json;

namespace Sluice.Audience.Deliveries.Webhooks;

/// <summary>Somebody who wants to be told of changes of memberships as they happen.</summary>
internal sealed class ChangeWebhook
{
    private HashSet<long>? _wanted;

    public long Id { get; set; }
    public string Name { get; set; } = "";
    public string Url { get; set; } = "";

    /// <summary>JSON: the segments it is told of; empty for all.</summary>
    public string Segments { get; set; } = "[]";

    public bool Enabled { get; set; }
    public string Secret { get; set; } = "";
    public long CreatedMs { get; set; }
    public long ModifiedMs { get; set; }
    public long Version { get; set; }

    internal string ETag => $"\"{Version}\"";

    internal IReadOnlySet<long> Wanted => _wanted ??= [.. JsonSerializer.Deserialize(Segments, WebhookJson.Default.Int64Array) ?? []];

    internal bool Wants(long segment) => Enabled && (Wanted.Count == 0 || Wanted.Contains(segment));
}

/// <summary>How a webhook's segments look in the database.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(long[]))]
internal sealed partial class WebhookJson : System.Text.Json.Serialization.JsonSerializerContext;
