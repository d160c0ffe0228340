using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Collection.FailedMessages;

/// <summary>A failed message as its batch's file has it, taken apart: the message as it was sent, and what landing added behind it.</summary>
internal sealed class FailedLine
{
    /// <summary>How landing's own part begins. Inside a JSON string its quotes would be escaped, so the last place is the one.</summary>
    private const string Added = ",\"_errors\":{\"_streamingValidation\":[{\"code\":";

    private const string Corrupt = "{\"_corrupt_record\":";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 256 };

    private FailedLine(int number, string message, JsonObject added)
    {
        Number = number;
        Message = message;
        var meta = added["_dcsMeta"]!;
        XactionId = meta["xactionId"]!.GetValue<string>();
        IsAuthenticated = meta["authenticatedRequest"]!.GetValue<bool>();
        InletId = meta["inletId"]!.GetValue<string>();
    }

    /// <summary>Its line in the file, from 0.</summary>
    internal int Number { get; }

    /// <summary>The message as JSON text, with the organisation filled in.</summary>
    internal string Message { get; }

    internal string XactionId { get; }

    internal string InletId { get; }

    internal bool IsAuthenticated { get; }

    /// <summary>Takes a line apart; null when it is none that landing wrote.</summary>
    internal static FailedLine? Read(int number, string line)
    {
        var at = line.LastIndexOf(Added, StringComparison.Ordinal);
        return at > 0 ? new FailedLine(number, line[..at] + "}", JsonNode.Parse("{" + line[(at + 1)..])!.AsObject()) : null;
    }

    /// <summary>The message after a patch, as UTF-8; null with the reason when it cannot be patched.</summary>
    internal byte[]? Patched(JsonPatch patch, out string? fault)
    {
        fault = null;
        if (Message.StartsWith(Corrupt, StringComparison.Ordinal))
        {
            fault = "It is no JSON object";
            return null;
        }
        if (patch.IsEmpty)
            return Encoding.UTF8.GetBytes(Message);
        try
        {
            // JSON nodes keep numbers as they were written.
            var (patched, reason) = patch.Apply(JsonNode.Parse(Message, documentOptions: Strict));
            fault = reason;
            return reason is null ? Encoding.UTF8.GetBytes(patched?.ToJsonString(JsonFormat.Readable) ?? "null") : null;
        }
        catch (JsonException error)
        {
            fault = $"It cannot be patched: {error.Message}";
            return null;
        }
    }
}
