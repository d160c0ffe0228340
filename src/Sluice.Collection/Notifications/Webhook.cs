using System.Text.Json;

namespace Sluice.Collection.Notifications;

/// <summary>Where somebody wants to hear of landed batches (contract collection.md 4.6).</summary>
internal sealed class Webhook
{
    internal const string LoadSuccess = "ing_load_success";
    internal const string LoadFailure = "ing_load_failure";

    public string WebhookId { get; set; } = "";
    public string Name { get; set; } = "";
    public string Url { get; set; } = "";

    /// <summary>The event codes it wants, as a JSON array.</summary>
    public string Events { get; set; } = $"[\"{LoadSuccess}\",\"{LoadFailure}\"]";

    /// <summary>The datasets it wants to hear of, as a JSON array; empty for all.</summary>
    public string DataSets { get; set; } = "[]";
    public bool Enabled { get; set; } = true;

    /// <summary>Signs its deliveries, and so must be kept as it is; no answer but the one that makes it and no log line ever holds it.</summary>
    public string Secret { get; set; } = "";
    public long CreatedMs { get; set; }
    public string CreatedBy { get; set; } = "";
    public long ModifiedMs { get; set; }
    public long Version { get; set; } = 1;

    internal string ETag => $"\"{Version}\"";

    /// <summary>Whether it wants to hear of an event of this dataset; null for messages of no dataset, which only those hear of that want all.</summary>
    internal bool Wants(string eventCode, string? datasetId) =>
        ListOf(Events).Contains(eventCode) && (DataSets == "[]" || (datasetId is not null && ListOf(DataSets).Contains(datasetId)));

    internal static string[] ListOf(string json) => JsonSerializer.Deserialize<string[]>(json)!;
}

/// <summary>One notification on its way to one webhook, or what became of it.</summary>
internal sealed class Delivery
{
    internal const string Waiting = "waiting";
    internal const string Delivered = "delivered";
    internal const string Dead = "dead";

    /// <summary>A ULID: the same at every attempt, by which the receiver knows a repetition.</summary>
    public string DeliveryId { get; set; } = "";

    /// <summary>Counts up; a webhook gets its deliveries in this order.</summary>
    public long Number { get; set; }
    public string WebhookId { get; set; } = "";
    public string BatchId { get; set; } = "";
    public string EventCode { get; set; } = "";
    public string Payload { get; set; } = "";
    public string State { get; set; } = Waiting;
    public long Attempts { get; set; }
    public long NextMs { get; set; }
    public long CreatedMs { get; set; }

    /// <summary>When it was delivered or given up; 0 before.</summary>
    public long FinishedMs { get; set; }

    /// <summary>The HTTP status of the last answer; 0 when there was none.</summary>
    public long LastStatus { get; set; }

    /// <summary>The beginning of the last answer, or why there was none.</summary>
    public string LastAnswer { get; set; } = "";
}
