using System.Text.Json;

namespace Sluice.Client.Produce;

/// <summary>Reads the answer to a request of many messages (contract collection.md 1.4): an entry per message, in request order.</summary>
internal static class AnswerReader
{
    /// <summary>The verdicts.</summary>
    /// <exception cref="JsonException">The body is no such answer, or was cut.</exception>
    internal static Answer Read(byte[] body, int messages)
    {
        using var document = JsonDocument.Parse(body);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("responses", out var entries) || entries.ValueKind != JsonValueKind.Array)
            throw new JsonException("the answer has no 'responses'");
        // With entries missing nobody knows whose are there: sent again, the same answer would come.
        return entries.GetArrayLength() == messages
            ? new Answer.Verdicts([.. entries.EnumerateArray().Select(Read)])
            : new Answer.Refused(new Problem(207, null, null, $"The server answered {entries.GetArrayLength()} entries for {messages} messages", []));
    }

    private static MessageResult? Read(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            throw new JsonException("an entry of 'responses' is no object");
        var xactionId = Text(entry, "xactionId");
        var status = Number(entry, "status") ?? Number(entry, "statusCode");
        if (status is not { } refused)
        {
            return new MessageResult(MessageOutcome.Accepted)
            {
                XactionId = xactionId,
                IsDuplicate = entry.TryGetProperty("duplicate", out var duplicate) && duplicate.ValueKind == JsonValueKind.True,
            };
        }
        return RetryDelay.IsWorthwhile(refused)
            ? null
            : new MessageResult(MessageOutcome.Refused)
            {
                XactionId = xactionId,
                Status = refused,
                Message = Text(entry, "message"),
                Report = entry.TryGetProperty("report", out var report) ? report.Clone() : default,
            };
    }

    private static string? Text(JsonElement entry, string member) =>
        entry.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // A status may come as a string (contract 1.6).
    private static int? Number(JsonElement entry, string member) =>
        !entry.TryGetProperty(member, out var value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
        : value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), out number) ? number
        : null;
}
