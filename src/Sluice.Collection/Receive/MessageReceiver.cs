using System.Net.Mime;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Journal;

namespace Sluice.Collection.Receive;

/// <summary>The main path of the door: a request of one or many messages comes in, its verdicts go out, and what was acknowledged is on disk.</summary>
/// <remarks>The numbers are those of the README's route. Limits and texts: contract collection.md 1.1 to 1.7.</remarks>
internal sealed class MessageReceiver(
    CollectionRuntime collection, AccessRuntime access, CollectionOptions options, CollectionMetrics metrics, TimeProvider clock)
{
    private const int AppendBytes = 4 << 20; // one append stays below the journal's bound; only refusals by the thousand need a second

    private long _counter;

    /// <summary>Serves <c>POST /collection/{id}</c> and its aliases.</summary>
    internal Task ReceiveAsync(HttpContext http) => ReceiveAsync(http, multiOnly: false);

    /// <summary>Serves <c>POST /collection/batch/{id}</c> and its aliases.</summary>
    internal Task ReceiveBatchAsync(HttpContext http) => ReceiveAsync(http, multiOnly: true);

    private async Task ReceiveAsync(HttpContext http, bool multiOnly)
    {
        var startedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var cancellation = http.RequestAborted;

        // 1. The inlet, and with it the environment; one route table for the whole request.
        var inletId = (string)http.Request.RouteValues["connectionId"]!;
        if (collection.FindInlet(inletId) is not { } found)
        {
            await CollectionProblems.UnknownInletAsync(http, inletId);
            return;
        }
        var (environment, routes, inlet) = found;

        // 2. Who is sending: a token is needed only by inlets that ask.
        var token = AccessRuntime.FindToken(http.Request);
        var isAuthenticated = token is not null && await access.FindCallerAsync(token) is not null;
        if (inlet.AuthenticationRequired && !isAuthenticated)
        {
            await (token is null ? CollectionProblems.TokenMissingAsync(http, inletId) : CollectionProblems.TokenInvalidAsync(http, inletId));
            return;
        }

        // 3. The body, whole and bounded.
        if (MediaTypeFault(http.Request) is { } mediaTypeFault)
        {
            await CollectionProblems.BadRequestAsync(http, inlet.Prefix, mediaTypeFault);
            return;
        }
        using var body = await RequestBody.ReadAsync(http.Request, options.MaxRequestBytes, cancellation);
        if (body.Outcome != BodyOutcome.Read)
        {
            await AnswerBodyFaultAsync(http, inlet.Prefix, body.Outcome);
            return;
        }

        // 4. Room in the journal, asked before the work is done.
        if (!environment.Journal.HasRoomFor(body.Span.Length))
        {
            metrics.RequestTurnedAway();
            await CollectionProblems.UnavailableAsync(http, "The journal is full until its consumers catch up");
            return;
        }

        // 5. The envelope: where every message and its parts lie.
        var stamp = new XactionStamp(startedMs, options.Node, Interlocked.Increment(ref _counter));
        using var request = new ReceivedRequest(inlet, routes, stamp, isAuthenticated);
        if (FindEnvelopeFault(body.Span, request, multiOnly) is { } envelopeFault)
        {
            await CollectionProblems.BadRequestAsync(http, inlet.Prefix, envelopeFault);
            return;
        }

        // 6. and 7. The verdict on every message, and its record on disk.
        long receivedTimeMs;
        try
        {
            receivedTimeMs = await AppendAsync(environment.Journal, body, request, cancellation);
        }
        catch (JournalException)
        {
            metrics.RequestTurnedAway();
            await CollectionProblems.UnavailableAsync(http, "The journal cannot take messages now; nothing of this request was acknowledged");
            return;
        }

        // 8. The answer.
        metrics.RequestReceived(body.Span.Length, request.AcceptedCount, request.Verdicts.Length - request.AcceptedCount);
        await AnswerAsync(http, request, receivedTimeMs);
    }

    private static async ValueTask<long> AppendAsync(
        EventJournal journal, RequestBody body, ReceivedRequest request, CancellationToken cancellation)
    {
        long receivedTimeMs = 0;
        for (var next = 0; next < request.Slots.Count;)
        {
            using var batch = AppendBatch.Rent();
            next = request.EncodeFrom(next, body.Span, batch, AppendBytes);
            var appended = await journal.AppendAsync(batch, cancellation);
            receivedTimeMs = appended.TimeMs;
        }
        return receivedTimeMs;
    }

    private static ValueTask AnswerAsync(HttpContext http, ReceivedRequest request, long receivedTimeMs)
    {
        var response = http.Response;
        response.ContentType = "application/json";
        if (request.IsMulti)
        {
            response.StatusCode = StatusCodes.Status207MultiStatus;
            return AnswerWriter.WriteMultiAsync(response.BodyWriter, request, receivedTimeMs, http.RequestAborted);
        }

        if (request.Verdicts[0].IsAccepted)
        {
            AnswerWriter.WriteSingle(response.BodyWriter, request, receivedTimeMs, SyncKey(http.Request));
        }
        else
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            AnswerWriter.WriteSingleRefusal(response.BodyWriter, request);
        }
        return ValueTask.CompletedTask;
    }

    private static string? FindEnvelopeFault(ReadOnlySpan<byte> body, ReceivedRequest request, bool multiOnly)
    {
        if (!new EnvelopeReader(body).TryRead(request.Slots, out var isMulti, out var fault))
            return fault.Describe(body);
        request.IsMulti = isMulti;
        return multiOnly && !isMulti
            ? new EnvelopeFault(EnvelopeFaultKind.NotAMultiMessageBody, 0, default).Describe(body)
            : null;
    }

    // The answer stands under the name the client used; the newer one when it used none (contract 1.2).
    private static string SyncKey(HttpRequest request) =>
        request.Query.ContainsKey("synchronousValidation") && !request.Query.ContainsKey("syncValidation")
            ? "synchronousValidation"
            : "syncValidation";

    private static string? MediaTypeFault(HttpRequest request)
    {
        var given = request.ContentType;
        if (given is not null && (given.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
            || given.StartsWith("application/json;", StringComparison.OrdinalIgnoreCase)))
            return null;
        return given is null
            ? "Content-Type is missing; it must be application/json"
            : $"Content-Type [{given}] is not supported; it must be application/json";
    }

    private Task AnswerBodyFaultAsync(HttpContext http, string prefix, BodyOutcome outcome) => outcome switch
    {
        BodyOutcome.TooLarge => CollectionProblems.TooLargeAsync(http, prefix, options.MaxRequestBytes),
        BodyOutcome.BadCompression => CollectionProblems.BadRequestAsync(http, prefix, "The request body is not valid gzip"),
        _ => CollectionProblems.BadRequestAsync(
            http, prefix, $"Content-Encoding [{http.Request.Headers.ContentEncoding}] is not supported; send gzip or none"),
    };
}
