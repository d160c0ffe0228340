using System.Net.Mime;
using Microsoft.AspNetCore.Http;
using Sluice.Access;
using Sluice.Collection.Deduplication;
using Sluice.Collection.Routes;
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
        // 1. The inlet, and with it the environment; one route table for the whole request.
        var inletId = (string)http.Request.RouteValues["connectionId"]!;
        if (collection.FindInlet(inletId) is not { } found)
        {
            await CollectionProblems.UnknownInletAsync(http, inletId);
            return;
        }
        var (environment, routes, inlet) = found;

        // 2. Who is sending: a token is needed only by inlets that ask.
        var sender = await access.FindSenderAsync(http, environment.Name);
        var isAuthenticated = sender == SenderToken.Valid;
        if (inlet.AuthenticationRequired && !isAuthenticated)
        {
            await (sender == SenderToken.Missing ? CollectionProblems.TokenMissingAsync(http, inletId) : CollectionProblems.TokenInvalidAsync(http, inletId));
            return;
        }

        // 3. The body, whole and bounded; then whether the inlet takes another request now.
        if (MediaTypeFault(http.Request) is { } mediaTypeFault)
        {
            await CollectionProblems.BadRequestAsync(http, inlet.Prefix, mediaTypeFault);
            return;
        }
        using var body = await RequestBody.ReadAsync(http.Request, options.MaxRequestBytes, http.RequestAborted);
        if (body.Outcome != BodyOutcome.Read)
        {
            await AnswerBodyFaultAsync(http, inlet.Prefix, body.Outcome);
            return;
        }
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (inlet.Rate?.TryTakeRequest(nowMs, out var retryAfterSeconds) is false)
        {
            await TurnAwayAsync(http, inlet, retryAfterSeconds);
            return;
        }

        // 4. Room in the journal, asked before the work is done.
        if (!environment.Journal.HasRoomFor(body.Span.Length) || (routes.Deduplicates && environment.Memory.IsBehind))
        {
            metrics.RequestTurnedAway();
            await CollectionProblems.UnavailableAsync(http, "The journal is full until its consumers catch up");
            return;
        }

        // 5. The envelope: where every message and its parts lie.
        var key = IdempotentReceiver.KeyOf(http.Request, inlet.Id, environment.Memory.Hash, out var keyFault);
        var counter = key is { } derived ? (long)(derived.High >> 1) : Interlocked.Increment(ref _counter);
        using var request = new ReceivedRequest(inlet, routes, new XactionStamp(nowMs, options.Node, counter), isAuthenticated, environment.Memory);
        if ((keyFault ?? FindEnvelopeFault(body.Span, request, multiOnly)) is { } envelopeFault)
        {
            await CollectionProblems.BadRequestAsync(http, inlet.Prefix, envelopeFault);
            return;
        }
        if (inlet.Rate?.TryTakeMessages(request.Slots.Count, nowMs, out retryAfterSeconds) is false)
        {
            await TurnAwayAsync(http, inlet, retryAfterSeconds);
            return;
        }
        request.IsDeferred = inlet.IsDeferred && (request.IsMulti || !AsksForVerdict(http.Request));

        // 6. to 8. The verdict on every message, its record on disk, the answer.
        try
        {
            await (key is { } given
                ? ReceiveOnceAsync(http, environment, request, body, given)
                : ReceiveAsync(http, environment.Journal, request, body));
        }
        catch (JournalException)
        {
            metrics.RequestTurnedAway();
            await CollectionProblems.UnavailableAsync(http, "The journal cannot take messages now; nothing of this request was acknowledged");
        }
    }

    private async Task ReceiveAsync(HttpContext http, EventJournal journal, ReceivedRequest request, RequestBody body)
    {
        var receivedTimeMs = await AppendAsync(journal, body, request, http.RequestAborted);
        CountReceived(body, request);
        http.Response.StatusCode = AnswerWriter.StatusOf(request);
        http.Response.ContentType = "application/json";
        await AnswerWriter.WriteAsync(http.Response.BodyWriter, request, receivedTimeMs, SyncKey(http.Request), http.RequestAborted);
    }

    // With an Idempotency-Key: the first request with it is received, every other one gets its answer.
    private async Task ReceiveOnceAsync(HttpContext http, CollectionEnvironment environment, ReceivedRequest request, RequestBody body, MessageKey key)
    {
        var answers = environment.Memory.Answers;
        var bodyHash = environment.Memory.Hash.Of(KeyKind.Body, default, body.Span);
        switch (await answers.AdmitAsync(key, bodyHash, http.RequestAborted))
        {
            case Admission.OtherBody:
                await CollectionProblems.OtherBodyAsync(http, request.Inlet.Prefix);
                return;
            case Admission.Repeat(var answer):
                metrics.RequestRepeated();
                IdempotentReceiver.Write(http.Response, answer);
                return;
        }

        try
        {
            var answer = await IdempotentReceiver.ReceiveAsync(environment, request, body, key, bodyHash, SyncKey(http.Request), http.RequestAborted);
            if (answer is null)
            {
                await CollectionProblems.BadRequestAsync(
                    http, request.Inlet.Prefix, $"A request of {request.Slots.Count} messages is too large for an {IdempotentReceiver.Header}; split it");
                return;
            }
            CountReceived(body, request);
            IdempotentReceiver.Write(http.Response, answer);
        }
        finally
        {
            answers.Abandon(key); // when it was completed, this does nothing
        }
    }

    private async ValueTask<long> AppendAsync(
        EventJournal journal, RequestBody body, ReceivedRequest request, CancellationToken cancellation)
    {
        long receivedTimeMs = 0;
        for (var next = 0; next < request.Slots.Count;)
        {
            using var batch = AppendBatch.Rent();
            next = request.EncodeFrom(next, body.Span, batch, AppendBytes);
            receivedTimeMs = await AppendAsync(journal, batch, request, receivedTimeMs, cancellation);
        }
        while (request.HasUndecided)
        {
            await request.OthersAsync(cancellation);
            using var batch = AppendBatch.Rent();
            request.EncodeUndecided(body.Span, batch, AppendBytes);
            receivedTimeMs = await AppendAsync(journal, batch, request, receivedTimeMs, cancellation);
        }
        return receivedTimeMs > 0 ? receivedTimeMs : clock.GetUtcNow().ToUnixTimeMilliseconds(); // nothing but repetitions
    }

    private static async ValueTask<long> AppendAsync(
        EventJournal journal, AppendBatch batch, ReceivedRequest request, long receivedTimeMs, CancellationToken cancellation)
    {
        if (batch.Count == 0)
            return receivedTimeMs;
        var appended = await journal.AppendAsync(batch, cancellation);
        request.Store();
        return appended.TimeMs;
    }

    private Task TurnAwayAsync(HttpContext http, InletRoute inlet, int retryAfterSeconds)
    {
        metrics.RequestOverRate();
        return CollectionProblems.TooManyAsync(http, inlet.Prefix, retryAfterSeconds);
    }

    private void CountReceived(RequestBody body, ReceivedRequest request) => metrics.RequestReceived(
        body.Span.Length, request.AcceptedCount, request.Verdicts.Length - request.AcceptedCount - request.DuplicateCount, request.DuplicateCount);

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

    // Booleans in any case: existing clients send True and False (contract 1.2).
    private static bool AsksForVerdict(HttpRequest request) =>
        bool.TryParse(request.Query.TryGetValue("syncValidation", out var value) ? value : request.Query["synchronousValidation"], out var asked) && asked;

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
        BodyOutcome.ExpandsTooFar => CollectionProblems.BadRequestAsync(
            http, prefix, $"The request body decodes to more than {RequestBody.MaxRatio} times its size"),
        BodyOutcome.BadCompression => CollectionProblems.BadRequestAsync(http, prefix, "The request body is not valid gzip"),
        _ => CollectionProblems.BadRequestAsync(
            http, prefix, $"Content-Encoding [{http.Request.Headers.ContentEncoding}] is not supported; send gzip or none"),
    };
}
