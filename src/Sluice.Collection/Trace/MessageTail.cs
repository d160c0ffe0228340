using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Journal;
using Sluice.Journal.Records;

namespace Sluice.Collection.Trace;

/// <summary>What a listener to the tail wants to see; empty parts let everything through.</summary>
/// <param name="InletId">The inlet's id, as UTF-8.</param>
/// <param name="DatasetId">The dataset's id, as UTF-8.</param>
/// <param name="Outcome">Accepted or rejected messages only; null for both.</param>
/// <param name="PerSecond">How many messages a second are sent at most.</param>
internal sealed record TailFilter(byte[] InletId, byte[] DatasetId, MessageOutcome? Outcome, int PerSecond)
{
    internal bool Lets(in MessageRecord message) =>
        (InletId.Length == 0 || message.InletId.SequenceEqual(InletId))
        && (DatasetId.Length == 0 || message.DatasetId.SequenceEqual(DatasetId))
        && (Outcome is null || message.Outcome == Outcome);
}

/// <summary>Shows messages as they are stored, as server-sent events, to one listener.</summary>
/// <remarks>
/// It reads the journal's end like any consumer, so a listener costs the receiving path nothing but the reading: at most 4 MiB in a tenth of a second.
/// Who cannot follow skips to the end; what was passed over is counted and said in a <c>sample</c> event.
/// </remarks>
internal sealed class MessageTail(EventJournal journal, TailFilter filter, TimeProvider clock)
{
    private const long BytesPerTurn = 4 << 20;
    private const int MaxMessageBytes = 64 * 1024; // a longer one is shown without its text

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private long _matched;
    private long _sent;
    private long _passedOverBytes;
    private long _toldOfMatched;
    private long _toldOfBytes;
    private double _allowance = filter.PerSecond;

    /// <summary>Sends until the listener leaves or <paramref name="cancellation"/> ends it.</summary>
    internal async Task SendAsync(HttpResponse response, CancellationToken cancellation)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        await WriteAsync(response, ": listening\n\n"u8.ToArray(), cancellation);

        var events = new ArrayBufferWriter<byte>(64 * 1024);
        var reader = journal.OpenReader(journal.FlushedOffset, looksOn: true);
        try
        {
            var lastSent = clock.GetTimestamp();
            using var timer = new PeriodicTimer(Turn, clock);
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                _allowance = Math.Min(filter.PerSecond, _allowance + filter.PerSecond * Turn.TotalSeconds);
                events.ResetWrittenCount();
                ReadTurn(reader, events);
                var behind = journal.FlushedOffset - reader.Position;
                if (behind > BytesPerTurn)
                {
                    _passedOverBytes += behind;
                    reader.Dispose();
                    reader = journal.OpenReader(journal.FlushedOffset, looksOn: true);
                }
                PutSample(events);
                if (events.WrittenCount == 0 && clock.GetElapsedTime(lastSent) < Silence)
                    continue;
                if (events.WrittenCount == 0)
                    events.Write(": still listening\n\n"u8); // so that a listener who has left is noticed
                await WriteAsync(response, events.WrittenMemory, cancellation);
                lastSent = clock.GetTimestamp();
            }
        }
        finally
        {
            reader.Dispose();
        }
    }

    private void ReadTurn(JournalReader reader, ArrayBufferWriter<byte> events)
    {
        var until = reader.Position + BytesPerTurn;
        while (reader.Position < until && reader.TryRead(out var record))
        {
            if (!MessageRecord.TryRead(record.Payload, out var message) || !filter.Lets(message))
                continue;
            _matched++;
            if (_allowance < 1)
                continue;
            _allowance--;
            _sent++;
            PutMessage(events, record.TimeMs, message);
        }
    }

    private static void PutMessage(ArrayBufferWriter<byte> events, long timeMs, in MessageRecord message)
    {
        events.Write("event: message\ndata: "u8);
        using (var json = new Utf8JsonWriter(events, JsonFormat.Compact))
        {
            json.WriteStartObject();
            json.WriteString("xactionId"u8, message.XactionId);
            json.WriteNumber("receivedTimeMs"u8, timeMs);
            json.WriteString("outcome"u8, message.Outcome == MessageOutcome.Accepted ? "accepted"u8 : "rejected"u8);
            json.WriteString("inletId"u8, message.InletId);
            json.WriteString("datasetId"u8, message.DatasetId);
            json.WriteString("schemaId"u8, message.SchemaId);
            if (message.Marks.HasFlag(MessageMarks.Resent))
                json.WriteBoolean("resent"u8, true);
            if (!message.Errors.IsEmpty)
            {
                json.WritePropertyName("errors"u8);
                json.WriteRawValue(message.Errors, skipInputValidation: true);
            }
            if (message.Message.Length <= MaxMessageBytes)
                json.WriteString("message"u8, message.Message); // as text: it is shown as it was sent, faults and line breaks included
            json.WriteEndObject();
        }
        events.Write("\n\n"u8);
    }

    // Once a turn at most, and only when something was not sent since.
    private void PutSample(ArrayBufferWriter<byte> events)
    {
        if (_matched - _sent == _toldOfMatched && _passedOverBytes == _toldOfBytes)
            return;
        (_toldOfMatched, _toldOfBytes) = (_matched - _sent, _passedOverBytes);
        events.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"event: sample\ndata: {{\"matched\":{_matched},\"sent\":{_sent},\"passedOverBytes\":{_passedOverBytes}}}\n\n")));
    }

    private static async Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await response.BodyWriter.WriteAsync(bytes, cancellation);
        await response.BodyWriter.FlushAsync(cancellation);
    }
}
