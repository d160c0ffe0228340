using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Collection.Notifications;

/// <summary>A webhook and its deliveries as clients write and read them.</summary>
internal static class WebhookBody
{
    private const int MaxNameCharacters = 255;
    private const int MaxDataSets = 100;

    private static readonly string[] Members = ["name", "url", "events", "dataSets", "enabled", "secret"];
    private static readonly string[] Offered = [Webhook.LoadSuccess, Webhook.LoadFailure];

    // Those of profiles and of the identity graph.
    private static readonly string[] Later = ["ps_load_success", "ps_load_failure", "ig_load_success", "ig_load_failure"];

    /// <summary>Copies what the client sent into a webhook, all of it but a secret it leaves out; the fault names the member that is wrong.</summary>
    internal static string? Apply(JsonObject sent, Webhook webhook, bool allowLocal)
    {
        if (sent.FirstOrDefault(member => !Members.Contains(member.Key)).Key is { } other)
            return $"'{other}' is not a member of a webhook; it has {string.Join(", ", Members)}";
        if (TextOf(sent["name"]) is not { Length: > 0 and <= MaxNameCharacters } name)
            return $"'name' must be a string of 1 to {MaxNameCharacters} characters";
        if (TextOf(sent["url"]) is not { } url)
            return "'url' must be a string";
        if (TargetRule.Fault(url, allowLocal) is { } urlFault)
            return $"'url' {urlFault}";
        if (sent["enabled"]?.GetValueKind() is not (null or JsonValueKind.True or JsonValueKind.False))
            return "'enabled' must be true or false";
        if (sent.ContainsKey("secret") && (TextOf(sent["secret"]) is not { } given || !WebhookSecret.IsValid(given)))
            return $"'secret' must be '{WebhookSecret.Prefix}' followed by 24 to 64 bytes in base64; leave it out to have one made";
        if (!TryReadList(sent["events"], Offered.Length, out var events) || (sent["events"] is not null && events.Length == 0))
            return $"'events' must be an array of {string.Join(" and ", Offered)}";
        if (events.FirstOrDefault(one => !Offered.Contains(one)) is { } unknown)
            return Later.Contains(unknown) ? $"'events': {unknown} is not offered yet" : $"'events': [{unknown}] is not one of {string.Join(", ", Offered)}";
        if (!TryReadList(sent["dataSets"], MaxDataSets, out var dataSets) || Array.Exists(dataSets, one => one.Length is 0 or > 64))
            return $"'dataSets' must be an array of at most {MaxDataSets} ids of datasets";

        (webhook.Name, webhook.Url) = (name, url);
        webhook.Events = JsonSerializer.Serialize(events.Length > 0 ? events : Offered);
        webhook.DataSets = JsonSerializer.Serialize(dataSets);
        webhook.Enabled = sent["enabled"]?.GetValue<bool>() ?? true;
        webhook.Secret = TextOf(sent["secret"]) ?? webhook.Secret;
        return null;
    }

    /// <summary>A webhook without its secret.</summary>
    internal static JsonObject Write(Webhook webhook) => new()
    {
        ["id"] = webhook.WebhookId,
        ["name"] = webhook.Name,
        ["url"] = webhook.Url,
        ["events"] = JsonNode.Parse(webhook.Events),
        ["dataSets"] = JsonNode.Parse(webhook.DataSets),
        ["enabled"] = webhook.Enabled,
        ["created"] = webhook.CreatedMs,
        ["createdBy"] = webhook.CreatedBy,
        ["updated"] = webhook.ModifiedMs,
    };

    internal static JsonObject Write(Delivery delivery) => new()
    {
        ["id"] = delivery.DeliveryId,
        ["batchId"] = delivery.BatchId,
        ["event"] = delivery.EventCode,
        ["state"] = delivery.State,
        ["attempts"] = delivery.Attempts,
        ["created"] = delivery.CreatedMs,
        ["nextAttempt"] = delivery.State == Delivery.Waiting ? delivery.NextMs : null,
        ["finished"] = delivery.FinishedMs > 0 ? delivery.FinishedMs : null,
        ["lastStatus"] = delivery.LastStatus > 0 ? delivery.LastStatus : null,
        ["lastAnswer"] = delivery.LastAnswer.Length > 0 ? delivery.LastAnswer : null,
        ["payload"] = JsonNode.Parse(delivery.Payload),
    };

    private static bool TryReadList(JsonNode? node, int most, out string[] list)
    {
        list = [];
        if (node is null)
            return true;
        if (node is not JsonArray array || array.Count > most || array.Any(one => TextOf(one) is null))
            return false;
        list = [.. array.Select(one => one!.GetValue<string>()).Distinct()];
        return true;
    }

    private static string? TextOf(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
