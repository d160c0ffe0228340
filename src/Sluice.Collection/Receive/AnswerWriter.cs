using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Collection.Validate;

namespace Sluice.Collection.Receive;

/// <summary>Writes the answers of contract collection.md 1.4 and 1.5 as UTF-8, in pieces when there are many messages.</summary>
internal static class AnswerWriter
{
    private const int FlushBytes = 64 * 1024; // hundreds of thousands of refusals in one answer never pile up in memory

    /// <summary>Writes the request's answer and returns its status: 207 for many messages, 200 or 400 for one.</summary>
    internal static async ValueTask<int> WriteAsync(
        PipeWriter to, ReceivedRequest request, long receivedTimeMs, string syncKey, CancellationToken cancellation)
    {
        if (request.IsMulti)
            await WriteMultiAsync(to, request, receivedTimeMs, cancellation);
        else if (request.Verdicts[0].ShowsAsAccepted)
            WriteSingle(to, request, receivedTimeMs, syncKey, isValidated: !request.IsDeferred);
        else
            WriteSingleRefusal(to, request);
        return StatusOf(request);
    }

    /// <summary>The status of the answer that <see cref="WriteAsync"/> writes.</summary>
    internal static int StatusOf(ReceivedRequest request) =>
        request.IsMulti ? StatusCodes.Status207MultiStatus
        : request.Verdicts[0].ShowsAsAccepted ? StatusCodes.Status200OK
        : StatusCodes.Status400BadRequest;

    /// <summary>The body of a 207: an entry per message, in request order.</summary>
    private static async ValueTask WriteMultiAsync(PipeWriter to, ReceivedRequest request, long receivedTimeMs, CancellationToken cancellation)
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
    private static void WriteSingle(PipeWriter to, ReceivedRequest request, long receivedTimeMs, string syncKey, bool isValidated)
    {
        using var json = new Utf8JsonWriter(to, JsonFormat.Compact);
        json.WriteStartObject();
        json.WriteString("inletId"u8, request.Inlet.Id);
        json.WriteString("xactionId"u8, request.Stamp.BatchId);
        json.WriteNumber("receivedTimeMs"u8, receivedTimeMs);
        if (request.Verdicts[0].IsDuplicate)
            json.WriteBoolean("duplicate"u8, true);
        json.WriteStartObject(syncKey);
        if (isValidated)
            json.WriteString("status"u8, "pass"u8);
        else
            json.WriteBoolean("skipped"u8, true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The body of a 400 for one refused message.</summary>
    private static void WriteSingleRefusal(PipeWriter to, ReceivedRequest request)
    {
        var verdict = request.Verdicts[0];
        Span<byte> room = stackalloc byte[XactionStamp.MaxBytes];
        using var json = new Utf8JsonWriter(to, JsonFormat.Compact);
        json.WriteStartObject();
        json.WriteString("type"u8, CollectionProblems.InletType);
        json.WriteNumber("status"u8, 400);
        json.WriteString("title"u8, CollectionProblems.InvalidMessageTitle);
        json.WriteString("xactionId"u8, request.XactionIdOf(0, showsAsAccepted: false, room));
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
            json.WriteString("xactionId"u8, request.XactionIdOf(index, verdict.ShowsAsAccepted, room));
            if (verdict.IsDuplicate)
                json.WriteBoolean("duplicate"u8, true);
            if (!verdict.ShowsAsAccepted)
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
