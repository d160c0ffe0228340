using System.Text.Json;

namespace Sluice.Client.Produce;

/// <summary>Reads the answer to a request of many messages (contract collection.md 1.4): an entry per message, in request order.</summary>
internal static class AnswerReader
{
    private static readonly MessageResult Accepted = new(MessageOutcome.Accepted);

    /// <summary>The verdicts.</summary>
    /// <param name="body">The answer's body.</param>
    /// <param name="messages">How many messages were sent.</param>
    /// <param name="withIds">Whether anybody wants to know the ids of what was accepted.</param>
    /// <exception cref="JsonException">The body is no such answer, or was cut.</exception>
    internal static Answer Read(ReadOnlySpan<byte> body, int messages, bool withIds)
    {
        var reader = new Utf8JsonReader(body);
        List<MessageResult?>? results = null;
        Expect(ref reader, JsonTokenType.StartObject, "the answer is no object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isEntries = reader.ValueTextEquals("responses"u8);
            reader.Read();
            if (!isEntries)
            {
                reader.Skip();
                continue;
            }
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new JsonException("'responses' is no array");
            results = new List<MessageResult?>(messages);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                results.Add(ReadEntry(ref reader, withIds));
        }
        if (reader.Read() || results is null)
            throw new JsonException("the answer has no 'responses'");
        // With entries missing nobody knows whose are there: sent again, the same answer would come.
        return results.Count == messages
            ? new Answer.Verdicts(results)
            : new Answer.Refused(new Problem(207, null, null, $"The server answered {results.Count} entries for {messages} messages", []));
    }

    private static MessageResult? ReadEntry(ref Utf8JsonReader reader, bool withIds)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("an entry of 'responses' is no object");
        Utf8JsonReader xactionId = default; // where it stands: read only when somebody wants it
        string? message = null;
        int? status = null;
        int? statusCode = null;
        var isDuplicate = false;
        JsonElement report = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("xactionId"u8))
            {
                reader.Read();
                xactionId = reader;
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                message = Text(reader);
            }
            else if (reader.ValueTextEquals("status"u8))
                status = Number(ref reader);
            else if (reader.ValueTextEquals("statusCode"u8))
                statusCode = Number(ref reader);
            else if (reader.ValueTextEquals("duplicate"u8))
                isDuplicate = reader.Read() && reader.TokenType == JsonTokenType.True;
            else if (reader.ValueTextEquals("report"u8) && reader.Read())
            {
                report = JsonElement.ParseValue(ref reader);
                continue;
            }
            else
                reader.Read();
            reader.Skip();
        }
        if ((status ?? statusCode) is not { } refused)
            return !withIds && !isDuplicate ? Accepted : new MessageResult(MessageOutcome.Accepted) { XactionId = Text(xactionId), IsDuplicate = isDuplicate };
        return RetryDelay.IsWorthwhile(refused)
            ? null
            : new MessageResult(MessageOutcome.Refused) { XactionId = Text(xactionId), Status = refused, Message = message, Report = report };
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType wanted, string fault)
    {
        if (!reader.Read() || reader.TokenType != wanted)
            throw new JsonException(fault);
    }

    private static string? Text(in Utf8JsonReader at) => at.TokenType == JsonTokenType.String ? at.GetString() : null;

    // A status may come as a string (contract 1.6).
    private static int? Number(ref Utf8JsonReader reader) =>
        !reader.Read() ? null
        : reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number
        : reader.TokenType == JsonTokenType.String && int.TryParse(reader.GetString(), out number) ? number
        : null;
}
