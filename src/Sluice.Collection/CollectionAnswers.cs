using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sluice.Collection;

/// <summary>Answers of the management paths: JSON documents, and refusals as <c>{type,title,status,detail}</c> (contract collection.md 4.1).</summary>
internal static class CollectionAnswers
{
    internal const int MaxDocumentBytes = 4 << 20; // a schema of 500 properties is a tenth of this

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = JsonBounds.MaxDepth };

    internal static IResult Json(JsonNode document, int status = 200) =>
        Results.Text(document.ToJsonString(JsonFormat.Readable), "application/json", statusCode: status);

    internal static IResult Refuse(int status, string title, string detail) => Json(
        new JsonObject { ["type"] = "about:blank", ["title"] = title, ["status"] = status, ["detail"] = detail }, status);

    internal static IResult BadRequest(string detail) => Refuse(400, "Bad Request", detail);

    internal static IResult NotFound(string detail) => Refuse(404, "Not Found", detail);

    internal static IResult Stale(string what) => Refuse(412, "Precondition Failed", $"Somebody else changed the {what} meanwhile; read it again");

    /// <summary>Whether <c>If-Match</c>, where the client sent it, names this version.</summary>
    internal static bool IsWanted(HttpContext http, string etag)
    {
        var wanted = http.Request.Headers.IfMatch.ToString();
        return wanted is "" or "*" || wanted == etag;
    }

    /// <summary>Whether the request is only to be checked, not carried out.</summary>
    internal static bool IsDryRun(HttpContext http) => http.Request.Headers.Pragma == "validate-only";

    /// <summary>Reads a JSON object from the request; the fault says what is wrong with it.</summary>
    internal static async Task<(JsonObject? Document, string? Fault)> ReadObjectAsync(HttpRequest request, CancellationToken cancellation)
    {
        var (sent, fault) = await ReadAsync(request, cancellation);
        return sent is JsonObject document ? (document, null) : (null, fault ?? "The request body must be a JSON object");
    }

    /// <summary>Reads any JSON from the request, as a JSON Patch is an array.</summary>
    internal static Task<(JsonNode? Sent, string? Fault)> ReadAsync(HttpRequest request, CancellationToken cancellation) =>
        ReadAsync(request, MaxDocumentBytes, Strict, cancellation);

    /// <summary>Reads any JSON from the request under bounds of its own; the fault says what is wrong with it.</summary>
    internal static async Task<(JsonNode? Sent, string? Fault)> ReadAsync(
        HttpRequest request, int maxBytes, JsonDocumentOptions options, CancellationToken cancellation)
    {
        using var body = await Receive.RequestBody.ReadAsync(request, maxBytes, cancellation);
        if (body.Outcome != Receive.BodyOutcome.Read)
            return (null, $"The request body is larger than {maxBytes} bytes or wrongly encoded");
        try
        {
            var sent = JsonNode.Parse(body.Span, documentOptions: options);
            return !options.AllowDuplicateProperties && JsonBounds.Fault(sent, JsonBounds.MaxDepth) is { } fault
                ? (null, $"The request body cannot be used: {fault}")
                : (sent, null);
        }
        catch (JsonException error) when (error.LineNumber is { } line)
        {
            return (null, $"The request body is not valid JSON: line {line + 1}, column {error.BytePositionInLine + 1}");
        }
        catch (JsonException error)
        {
            return (null, $"The request body cannot be used: {error.Message}"); // a key that stands twice: the message names it
        }
        catch (InvalidOperationException)
        {
            return (null, "The request body cannot be used: a name holds half of a surrogate pair");
        }
    }
}
