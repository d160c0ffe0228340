using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Messages;

/// <summary>Sends the flow's answer: its response, or its error message in the error state.</summary>
internal static class ResponseWriter
{
    // Up to here a body goes into the server's buffer behind the headers, and leaves with them.
    private const int CopiedBytes = 16 << 10;

    private static readonly SearchValues<char> NoNameCharacters = SearchValues.Create(" :\r\n\t\0");

    internal static ValueTask WriteAsync(FlowContext flow)
    {
        var message = flow.Direction == Direction.Error ? flow.Error : flow.Response;
        var response = flow.Http.Response;
        CopyHead(flow, message);
        if (message.Stream is not null)
            return new ValueTask(CopyStreamAsync(flow, message.Stream));
        var body = message.Body;
        if (message.Status is 204 or 304 or (>= 100 and < 200))
            return default;
        response.ContentLength = body.Length;
        if (body.IsEmpty || HttpMethods.IsHead(flow.Http.Request.Method))
            return default;
        return body.Length <= CopiedBytes ? CopyBodyAsync(response, body) : WriteBodyAsync(response, body, flow.Cancellation);
    }

    /// <summary>Puts status, reason and headers into the server's response.</summary>
    internal static void CopyHead(FlowContext flow, Message message)
    {
        var response = flow.Http.Response;
        response.StatusCode = message.Status;
        if (message.Reason is { Length: > 0 } reason && reason != ReasonPhrases.GetReasonPhrase(message.Status))
            response.HttpContext.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = reason;

        var headers = response.Headers;
        if (flow.Shown is { } shown && ReferenceEquals(message.Headers.Shared, shown.Headers))
        {
            foreach (var (name, values) in shown.Grouped)
                headers[name] = values;
        }
        else
            CopyHeaders(message, headers);
        if (flow.AnswerHeaders.Count > 0)
            SetLast(headers, flow.AnswerHeaders);
    }

    private static void CopyHeaders(Message message, IHeaderDictionary headers)
    {
        foreach (ref readonly var field in message.Headers.Fields)
        {
            if (Hop.IsHop(field.Name) || field.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || !IsSendable(field))
                continue;
            headers[field.Name] = headers.TryGetValue(field.Name, out var before) ? StringValues.Concat(before, field.Value) : field.Value;
        }
    }

    // What a policy wanted on every answer replaces the answer's own; what answers vary by is added up.
    private static void SetLast(IHeaderDictionary headers, List<HeaderField> fields)
    {
        foreach (var field in fields.Where(IsSendable))
            headers[field.Name] = field.Name == "Vary" && headers.TryGetValue(field.Name, out var before) && !before.Contains(field.Value) ? StringValues.Concat(before, field.Value) : field.Value;
    }

    // A policy may have made a line that would end the head, or one that is none.
    private static bool IsSendable(HeaderField field) =>
        field.Name.Length > 0 && field.Name.AsSpan().IndexOfAny(NoNameCharacters) < 0 && field.Value.AsSpan().IndexOfAny('\r', '\n', '\0') < 0;

    // The head is put in the server's buffer first, so that the body is written behind it and not moved there later.
    private static ValueTask CopyBodyAsync(HttpResponse response, ReadOnlyMemory<byte> body)
    {
        var started = response.StartAsync(CancellationToken.None); // what is written is bounded, and in memory
        if (!started.IsCompletedSuccessfully)
            return new ValueTask(CopyLateAsync(started, response, body));
        response.BodyWriter.Write(body.Span);
        return default;
    }

    private static async Task CopyLateAsync(Task started, HttpResponse response, ReadOnlyMemory<byte> body)
    {
        await started;
        response.BodyWriter.Write(body.Span);
    }

    private static async ValueTask WriteBodyAsync(HttpResponse response, ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        await response.BodyWriter.WriteAsync(body, cancellation);

    private static async Task CopyStreamAsync(FlowContext flow, Stream stream) =>
        await stream.CopyToAsync(flow.Http.Response.Body, flow.Cancellation);
}
