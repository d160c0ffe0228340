using System.Buffers;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.Client.Tokens;

namespace Sluice.Client.Produce;

/// <summary>Sends a batch until each of its messages is decided.</summary>
/// <remarks>
/// Every request carries an <c>Idempotency-Key</c> that follows from the batch's: the same messages always go under the same key, so a request whose
/// answer was lost is answered again and stores nothing twice. Parts of a batch get keys of their own: <c>.0</c> and <c>.1</c> for its halves,
/// <c>.c</c> for it without what is no JSON, <c>.r1</c>, <c>.r2</c>… for what an answer left open; a producer that starts again from the spool comes to the same ones.
/// </remarks>
internal sealed class BatchSender(
    HttpClient http, ProducerOptions options, TokenSource? tokens, ClientMetrics metrics, ILogger logger, RetryDelay delay)
{
    private const int MaxCompression = 100;

    /// <summary>Gives every message its verdict.</summary>
    internal Task SendAsync(Batch batch, CancellationToken cancellation) => SendAsync(batch.Key, batch.Messages, cancellation);

    /// <summary>Whether a request that is refused as a whole, for what its messages are not to blame for, ends the sending; else its messages are refused.</summary>
    internal bool StopsAtRefusal { get; init; }

    /// <summary>Whether the ids of what was accepted go unread; those of what was refused are told.</summary>
    internal bool IgnoresIds { get; init; }

    /// <summary>Hears why a request is going to be sent again.</summary>
    internal Action<string>? OnFailure { get; init; }

    // Set when a server says that it cannot read compressed bodies.
    private volatile bool _isPlain = !options.Compress;

    private async Task SendAsync(string key, IReadOnlyList<Pending> messages, CancellationToken cancellation)
    {
        var failures = 0;
        var rounds = 0;
        var roundKey = key;
        var isAgain = false;
        while (true)
        {
            metrics.Sent(messages.Count, isAgain);
            isAgain = true;
            string reason;
            TimeSpan? asked = null;
            switch (await AskAsync(roundKey, messages, cancellation))
            {
                case Answer.Verdicts(var results):
                    Decide(roundKey, messages, results);
                    messages = [.. messages.Where(message => message.Verdict is null)];
                    if (messages.Count == 0)
                        return;
                    roundKey = $"{key}.r{++rounds}";
                    reason = $"{messages.Count} entries of the answer ask for another attempt";
                    break;
                case Answer.Split when RefuseBroken(messages) is { } sound && sound.Count < messages.Count:
                    if (sound.Count > 0)
                        await SendAsync(roundKey + ".c", sound, cancellation);
                    return;
                case Answer.Split when messages.Count > 1:
                    var half = messages.Count / 2;
                    await SendAsync(roundKey + ".0", [.. messages.Take(half)], cancellation);
                    await SendAsync(roundKey + ".1", [.. messages.Skip(half)], cancellation);
                    return;
                case Answer.Split(var problem):
                    Refuse(roundKey, messages, problem);
                    return;
                case Answer.Refused(var problem) when StopsAtRefusal:
                    throw new SluiceException(problem);
                case Answer.Refused(var problem):
                    Refuse(roundKey, messages, problem);
                    return;
                case Answer.Later later:
                    (reason, asked) = (later.Reason, later.Asked);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }

            if (++failures > options.Retries)
            {
                GiveUp(roundKey, messages, reason);
                return;
            }
            logger.RequestFailed(roundKey, messages.Count, failures, reason);
            OnFailure?.Invoke(reason);
            await delay.WaitAsync(failures, asked, cancellation);
        }
    }

    private async Task<Answer> AskAsync(string key, IReadOnlyList<Pending> messages, CancellationToken cancellation)
    {
        var body = await RequestBody.ComposeAsync(messages, cancellation);
        try
        {
            var token = tokens is null ? null : await tokens.GetAsync(cancellation);
            var answer = await PostAsync(key, body, messages.Count, token, cancellation);
            // Verdicts come from a server that has read all of it; in any other case somebody may still be sending these bytes.
            if (answer is Answer.Verdicts)
                ArrayPool<byte>.Shared.Return(body.Array!);
            if (answer is not Answer.Refused { Problem.Status: 401 or 403 } || token is null)
                return answer;
            await tokens!.DiscardAsync(token, cancellation);
            return Patiently(await PostAsync(key, body, messages.Count, await tokens.GetAsync(cancellation), cancellation));
        }
        catch (SluiceException refusal)
        {
            return RetryDelay.IsWorthwhile(refusal.Status)
                ? new Answer.Later($"no token: {refusal.Message}", refusal.Status)
                : Patiently(new Answer.Refused(new Problem(refusal.Status, refusal.Type, refusal.Code, $"No token: {refusal.Message}", refusal.Errors)));
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException or JsonException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new Answer.Later(failure.Message);
        }
    }

    private async Task<Answer> PostAsync(string key, ArraySegment<byte> body, int messages, string? token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Inlet) { Content = Content(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Idempotency-Key", key);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (options.Credentials?.OrganisationId is { } organisation)
            request.Headers.TryAddWithoutValidation("x-gw-ims-org-id", organisation);

        using var response = await http.SendAsync(request, cancellation);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellation);
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
            return AnswerReader.Read(answer, messages, !IgnoresIds);
        if (RetryDelay.IsWorthwhile(status))
            return new Answer.Later(Problem.Read(status, answer).Message, status, delay.Asked(response.Headers.RetryAfter));
        var problem = Problem.Read(status, answer);
        if (status == 415 && request.Content.Headers.ContentEncoding.Count > 0)
        {
            _isPlain = true;
            return await PostAsync(key, body, messages, token, cancellation);
        }
        return status is 400 or 413 ? new Answer.Split(problem)
            : status is 401 or 403 && token is not null ? new Answer.Refused(problem)
            : Patiently(new Answer.Refused(problem));
    }

    // A body that shrinks beyond belief looks to a server like one made to fill its memory: it goes as it is.
    private ByteArrayContent Content(ArraySegment<byte> body)
    {
        var plain = new ByteArrayContent(body.Array!, body.Offset, body.Count);
        if (_isPlain)
            return plain;
        var packed = new MemoryStream(body.Count / 4);
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(body);
        if (packed.Length >= body.Count || packed.Length * MaxCompression < body.Count)
            return plain;
        var content = new ByteArrayContent(packed.GetBuffer(), 0, (int)packed.Length);
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    // What lies on disk outlives a wrong secret, a missing right and a missing inlet: somebody will put them right.
    private Answer Patiently(Answer answer) =>
        options.Spool is not null && answer is Answer.Refused { Problem: { Status: 401 or 403 or 404 } problem }
            ? new Answer.Later(problem.Message, problem.Status)
            : answer;

    private void Decide(string key, IReadOnlyList<Pending> messages, IReadOnlyList<MessageResult?> results)
    {
        for (var index = 0; index < messages.Count; index++)
        {
            if (results[index] is not { } result)
                continue;
            messages[index].Verdict = result;
            metrics.Decided(result.Outcome);
        }
        var refused = results.Count(one => one?.Outcome == MessageOutcome.Refused);
        if (refused > 0)
            logger.MessagesRefused(refused, key, results.First(one => one?.Outcome == MessageOutcome.Refused)!.Message ?? "no reason given");
    }

    // A request that cannot be read may be the fault of a few: reading them here says whose, and why.
    private List<Pending> RefuseBroken(IReadOnlyList<Pending> messages)
    {
        var sound = new List<Pending>(messages.Count);
        foreach (var message in messages)
        {
            if (message.Bytes is { } bytes && RequestBody.Fault(bytes.Span, int.MaxValue) is { } fault)
            {
                message.Verdict = new MessageResult(MessageOutcome.Refused) { Message = fault };
                metrics.Decided(MessageOutcome.Refused);
            }
            else
                sound.Add(message);
        }
        return sound;
    }

    private void Refuse(string key, IReadOnlyList<Pending> messages, Problem problem)
    {
        // A 2xx nobody understands is no refusal: some of it may be stored.
        var outcome = problem.Status < 300 ? MessageOutcome.Undelivered : MessageOutcome.Refused;
        var result = new MessageResult(outcome) { Status = problem.Status, Message = problem.Message };
        Decide(key, messages, [.. messages.Select(_ => result)]);
    }

    private void GiveUp(string key, IReadOnlyList<Pending> messages, string reason)
    {
        logger.MessagesGivenUp(messages.Count, key, reason);
        foreach (var message in messages)
            message.Verdict = new MessageResult(MessageOutcome.Undelivered) { Message = reason };
    }
}
