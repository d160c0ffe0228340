using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Collection.Validate;

/// <summary>The members that landing adds to a failed message: <c>_errors</c> and <c>_validationErrors</c> (contract collection.md 4.5).</summary>
internal static class StoredErrors
{
    // Rejections that name nothing of the message are the same bytes each time.
    private static readonly ConcurrentDictionary<Rejection, byte[]> Fixed = new();

    /// <summary>A JSON object with both members.</summary>
    internal static byte[] Of(in Verdict verdict)
    {
        if (verdict.Detail is not null || verdict.Violations is not null)
            return Build(verdict);
        if (Fixed.TryGetValue(verdict.Rejection, out var known))
            return known;
        return Fixed[verdict.Rejection] = Build(verdict);
    }

    private static byte[] Build(in Verdict verdict)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.Compact))
        {
            json.WriteStartObject();
            json.WriteStartObject("_errors"u8);
            json.WriteStartArray("_streamingValidation"u8);
            json.WriteStartObject();
            json.WriteString("code"u8, RejectionText.Code(verdict));
            json.WriteString("message"u8, RejectionText.Stored(verdict));
            json.WriteString("stage"u8, verdict.Rejection == Rejection.Invalid ? "validation"u8 : "dccs"u8);
            if (verdict.Violations is [var first, ..])
            {
                json.WriteString("keyword"u8, first.Keyword);
                json.WriteString("pointerToViolation"u8, first.Pointer);
                if (PropertyOf(first) is { } property)
                    json.WriteString("property"u8, property);
                json.WriteString("schemaLocation"u8, first.SchemaLocation);
            }
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();

            json.WriteStartArray("_validationErrors"u8);
            if (verdict.Violations is { } violations)
            {
                ErrorTree.Write(json, violations);
            }
            else
            {
                json.WriteStartObject();
                json.WriteString("message"u8, RejectionText.Sentence(verdict));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    // The pointer of these two names the object around the member; the member stands in the text, between the first brackets.
    private static string? PropertyOf(SchemaViolation violation)
    {
        if (violation.Keyword is not ("required" or "additionalProperties"))
            return null;
        var start = violation.Message.IndexOf('[', StringComparison.Ordinal) + 1;
        var end = violation.Message.LastIndexOf(']');
        return start > 0 && end > start ? violation.Message[start..end] : null;
    }
}
