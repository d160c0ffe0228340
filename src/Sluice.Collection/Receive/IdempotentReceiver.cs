using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Collection.Deduplication;
using Sluice.Journal;
using Sluice.Journal.Records;

namespace Sluice.Collection.Receive;

/// <summary>Takes requests that carry an <c>Idempotency-Key</c>: a repetition, however late within the window, gets the first answer and stores nothing.</summary>
/// <remarks>The answer goes into the journal with the request's messages, in one append: after a crash both are there or neither is.</remarks>
internal static class IdempotentReceiver
{
    internal const string Header = "Idempotency-Key";

    private const int MaxKeyCharacters = 255;
    private const int MaxAppendBytes = 7 << 20; // under the journal's bound for one append
    private const int MaxAnswerBytes = 3 << 20; // under its bound for one record

    private static readonly byte[] TimeMember = "\"receivedTimeMs\":"u8.ToArray();

    /// <summary>The key that identifies the request, or null without the header; the fault when the header is no key.</summary>
    internal static MessageKey? KeyOf(HttpRequest request, ReadOnlySpan<byte> inletId, KeyHash hash, out string? fault)
    {
        fault = null;
        var sent = request.Headers[Header];
        if (sent.Count == 0)
            return null;
        var text = sent.ToString();
        if (sent.Count == 1 && text.Length is > 0 and <= MaxKeyCharacters && text.All(character => character is > ' ' and <= '~'))
            return hash.Of(KeyKind.Request, inletId, Encoding.ASCII.GetBytes(text));
        fault = $"{Header} must be 1 to {MaxKeyCharacters} printable ASCII characters without spaces, sent once";
        return null;
    }

    /// <summary>Receives a request whose key is new: all of it in one append, its answer last.</summary>
    /// <returns>The answer, which repetitions get too; null when the request is too large to be answered that way.</returns>
    internal static async Task<GivenAnswer?> ReceiveAsync(
        CollectionEnvironment environment, ReceivedRequest request, RequestBody body, MessageKey key, MessageKey bodyHash, string syncKey, CancellationToken cancellation)
    {
        var answers = environment.Memory.Answers;
        while (true)
        {
            using var batch = AppendBatch.Rent();
            request.BeginClaims();
            request.EncodeFrom(0, body.Span, batch, int.MaxValue);
            if (request.HasUndecided)
            {
                // The answer must be known before the append, so what other requests have under way is waited for first, without claims of our own.
                request.StartOver();
                await request.OthersAsync(cancellation);
                continue;
            }

            var answer = await AnswerOfAsync(request, syncKey);
            var remembered = answers.Remembered(key);
            if (answer.Text.Length > MaxAnswerBytes || batch.Bytes > MaxAppendBytes - answer.Text.Length)
                return null;
            batch.StartRecord();
            AnswerRecord.Write(batch, remembered, RequestAnswers.BytesOf(bodyHash), answer.Status, answer.TimeAt, answer.Text);
            batch.EndRecord();
            var appended = await environment.Journal.AppendAsync(batch, cancellation);
            request.Store();
            answer = answer with { TimeMs = appended.TimeMs };
            answers.Complete(remembered, bodyHash, answer);
            return answer;
        }
    }

    /// <summary>Writes an answer as it was given the first time.</summary>
    internal static void Write(HttpResponse response, GivenAnswer answer)
    {
        response.StatusCode = answer.Status;
        response.ContentType = "application/json";
        var to = response.BodyWriter;
        if (answer.TimeAt < 0)
        {
            to.Write(answer.Text);
            return;
        }
        to.Write(answer.Text.AsSpan(0, answer.TimeAt));
        to.Write(Encoding.ASCII.GetBytes(answer.TimeMs.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        to.Write(answer.Text.AsSpan(answer.TimeAt));
    }

    private static async Task<GivenAnswer> AnswerOfAsync(ReceivedRequest request, string syncKey)
    {
        using var buffer = new MemoryStream();
        var writer = PipeWriter.Create(buffer, new StreamPipeWriterOptions(leaveOpen: true));
        var status = await AnswerWriter.WriteAsync(writer, request, 0, syncKey, CancellationToken.None);
        await writer.CompleteAsync();

        // The receive time is not known yet: it stands as 0, and 0 it shall not stay. It comes before anything a sender can write.
        var text = buffer.ToArray();
        var at = text.AsSpan().IndexOf(TimeMember);
        if (at < 0)
            return new GivenAnswer(status, text, -1, 0);
        at += TimeMember.Length;
        return new GivenAnswer(status, [.. text.AsSpan(0, at), .. text.AsSpan(at + 1)], at, 0);
    }
}
