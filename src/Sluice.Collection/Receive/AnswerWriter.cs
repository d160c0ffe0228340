using System.IO.Pipelines;
using System.Text.Json;
using Sluice.Collection.Validate;

namespace Sluice.Collection.Receive;

/// <summary>Writes the answers of contract collection.md 1.4 and 1.5 as UTF-8, in pieces when there are many messages.</summary>
internal static class AnswerWriter
{
    private const int FlushBytes = 64 * 1024; // hundreds of thousands of refusals in one answer never pile up in memory

    /// <summary>The body of a 207: an entry per message, in request order.</summary>
    internal static async ValueTask WriteMultiAsync(PipeWriter to, ReceivedRequest request, long receivedTimeMs, CancellationToken cancellation)
    {
        await using var json = new Utf8JsonWriter(to, JsonFormat.Compact);
        json.WriteStartObject();
        json.WriteString("inletId"u8, request.Inlet.Id);
        json.WriteString("batchId"u8, request.Stamp.BatchId);
        json.WriteNumber("receivedTimeMs"u8, receivedTimeMs);
        json.WriteStartArray("responses"u8);
        for (var next = 0; next < request.Verdicts.Length;)
        {
            next = WriteEntries(json, request, next);
            json.Flush();
            await to.FlushAsync(cancellation);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The body of a 200 for one accepted message.</summary>
    internal static void WriteSingle(PipeWriter to, ReceivedRequest request, long receivedTimeMs, string syncKey)
    {
        using var json = new Utf8JsonWriter(to, JsonFormat.Compact);
        json.WriteStartObject();
        json.WriteString("inletId"u8, request.Inlet.Id);
        json.WriteString("xactionId"u8, request.Stamp.BatchId);
        json.WriteNumber("receivedTimeMs"u8, receivedTimeMs);
        json.WriteStartObject(syncKey);
        json.WriteString("status"u8, "pass"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The body of a 400 for one refused message.</summary>
    internal static void WriteSingleRefusal(PipeWriter to, ReceivedRequest request)
    {
        var verdict = request.Verdicts[0];
        Span<byte> room = stackalloc byte[XactionStamp.MaxBytes];
        using var json = new Utf8JsonWriter(to, JsonFormat.Compact);
        json.WriteStartObject();
        json.WriteString("type"u8, CollectionProblems.InletType);
        json.WriteNumber("status"u8, 400);
        json.WriteString("title"u8, CollectionProblems.InvalidMessageTitle);
        json.WriteString("xactionId"u8, request.XactionIdOf(0, isAccepted: false, room));
        json.WriteStartObject("report"u8);
        json.WriteString("message"u8, RejectionText.Of(verdict, request.Inlet.Prefix));
        WriteCause(json, verdict);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static int WriteEntries(Utf8JsonWriter json, ReceivedRequest request, int first)
    {
        Span<byte> room = stackalloc byte[XactionStamp.MaxBytes];
        var verdicts = request.Verdicts;
        var index = first;
        var enough = json.BytesCommitted + json.BytesPending + FlushBytes;
        for (; index < verdicts.Length && json.BytesCommitted + json.BytesPending < enough; index++)
        {
            ref readonly var verdict = ref verdicts[index];
            json.WriteStartObject();
            json.WriteString("xactionId"u8, request.XactionIdOf(index, verdict.IsAccepted, room));
            if (!verdict.IsAccepted)
            {
                json.WriteNumber("statusCode"u8, 400);
                json.WriteNumber("status"u8, 400);
                json.WriteString("message"u8, RejectionText.Of(verdict, request.Inlet.Prefix));
                if (verdict.Violations is not null)
                {
                    json.WriteStartObject("report"u8);
                    WriteCause(json, verdict);
                    json.WriteEndObject();
                }
            }
            json.WriteEndObject();
        }
        return index;
    }

    private static void WriteCause(Utf8JsonWriter json, in Verdict verdict)
    {
        if (verdict.Violations is not { } violations)
            return;
        json.WriteStartObject("cause"u8);
        json.WriteStartArray("_streamingValidation"u8);
        ErrorTree.Write(json, violations);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
