using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sluice.Collection.Inlets;

/// <summary>An inlet on the wire: what clients send, and what they get back.</summary>
internal static class InletBody
{
    private const int MaxTextCharacters = 1_024;

    /// <summary>Copies what the client sent into an inlet; the fault names the member that is wrong.</summary>
    internal static string? Apply(JsonObject sent, Inlet inlet)
    {
        foreach (var (name, value) in sent)
        {
            var fault = name switch
            {
                "name" => Text(value, text => inlet.Name = text),
                "description" => Text(value, text => inlet.Description = text),
                "sourceId" => Text(value, text => inlet.SourceId = text),
                "datasetId" => Text(value, text => inlet.DatasetId = text),
                "dataType" => Text(value, text => inlet.DataType = text),
                "authenticationRequired" => Flag(value, flag => inlet.AuthenticationRequired = flag),
                "status" => Choice(value, [Inlet.Active, Inlet.Inactive], text => inlet.Status = text),
                "validation" => Choice(value, [Inlet.Immediate, Inlet.Deferred], text => inlet.Validation = text),
                "requestsPerSecond" => Number(value, 0, 1_000_000, number => inlet.RequestsPerSecond = number),
                "messagesPerSecond" => Number(value, 0, 10_000_000, number => inlet.MessagesPerSecond = number),
                "deduplication" => Flag(value, flag => inlet.Deduplication = flag),
                "deduplicationWindowSeconds" => Number(value, 60, 31_536_000, number => inlet.DeduplicationWindowSeconds = number),
                _ => null, // members the original accepts and ignores
            };
            if (fault is not null)
                return $"'{name}' {fault}";
        }

        if (inlet.Name.Length == 0)
            return "'name' is required";
        if (inlet.SourceId.Length == 0)
            inlet.SourceId = inlet.Name;
        return inlet.DataType switch
        {
            "xdm" => null,
            "raw" => "'dataType' raw is not offered: raw data would need a mapping to a schema; send XDM messages to an inlet with the dataType xdm",
            _ => "'dataType' must be xdm",
        };
    }

    internal static JsonObject Write(Inlet inlet, string orgId, HttpRequest request, string? publicAddress)
    {
        var document = new JsonObject
        {
            ["inletId"] = inlet.InletId,
            ["imsOrg"] = orgId,
            ["sourceId"] = inlet.SourceId,
            ["dataType"] = inlet.DataType,
            ["status"] = inlet.Status,
            ["name"] = inlet.Name,
            ["description"] = inlet.Description,
            ["authenticationRequired"] = inlet.AuthenticationRequired,
            ["createdAt"] = Iso(inlet.CreatedMs),
            ["createdBy"] = inlet.CreatedBy,
            ["modifiedAt"] = Iso(inlet.ModifiedMs),
            ["modifiedBy"] = inlet.ModifiedBy,
            ["inletUrl"] = $"{publicAddress?.TrimEnd('/') ?? $"{request.Scheme}://{request.Host}"}/collection/{inlet.InletId}",
        };

        // Extensions of ours show only where they are used, so that an ordinary inlet looks as the original's.
        if (inlet.DatasetId.Length > 0)
            document["datasetId"] = inlet.DatasetId;
        if (inlet.Validation != Inlet.Immediate)
            document["validation"] = inlet.Validation;
        if (inlet.RequestsPerSecond > 0)
            document["requestsPerSecond"] = inlet.RequestsPerSecond;
        if (inlet.MessagesPerSecond > 0)
            document["messagesPerSecond"] = inlet.MessagesPerSecond;
        if (inlet.Deduplication)
        {
            document["deduplication"] = true;
            document["deduplicationWindowSeconds"] = inlet.DeduplicationWindowSeconds;
        }
        return document;
    }

    private static string Iso(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string? Text(JsonNode? value, Action<string> set)
    {
        if (value?.GetValueKind() != JsonValueKind.String)
            return "must be a string";
        var text = value.GetValue<string>();
        if (text.Length > MaxTextCharacters)
            return $"must not be longer than {MaxTextCharacters} characters";
        set(text);
        return null;
    }

    private static string? Choice(JsonNode? value, string[] choices, Action<string> set)
    {
        if (value?.GetValueKind() != JsonValueKind.String || !choices.Contains(value.GetValue<string>()))
            return $"must be {string.Join(" or ", choices)}";
        set(value.GetValue<string>());
        return null;
    }

    private static string? Number(JsonNode? value, long least, long most, Action<long> set)
    {
        if (value is not JsonValue given || !given.TryGetValue(out long number) || number < least || number > most)
            return $"must be a whole number from {least} to {most}";
        set(number);
        return null;
    }

    private static string? Flag(JsonNode? value, Action<bool> set)
    {
        if (value?.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
            return "must be true or false";
        set(value.GetValue<bool>());
        return null;
    }
}
