using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sluice.Collection;

/// <summary>Answers of the management paths: JSON documents, and refusals as <c>{type,title,status,detail}</c> (contract collection.md 4.1).</summary>
internal static class CollectionAnswers
{
    internal const int MaxDocumentBytes = 4 << 20; // a schema of 500 properties is a tenth of this

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = JsonFormat.MaxDepth };

    internal static IResult Json(JsonNode document, int status = 200) =>
        Results.Text(document.ToJsonString(JsonFormat.Readable), "application/json", statusCode: status);

    internal static IResult Refuse(int status, string title, string detail) => Json(
        new JsonObject { ["type"] = "about:blank", ["title"] = title, ["status"] = status, ["detail"] = detail }, status);

    internal static IResult BadRequest(string detail) => Refuse(400, "Bad Request", detail);

    internal static IResult NotFound(string detail) => Refuse(404, "Not Found", detail);

    /// <summary>Reads a JSON object from the request; the fault says what is wrong with it.</summary>
    internal static async Task<(JsonObject? Document, string? Fault)> ReadObjectAsync(HttpRequest request, CancellationToken cancellation)
    {
        var (document, fault) = await ReadJsonAsync(request, MaxDocumentBytes, cancellation);
        return fault is not null ? (null, fault)
            : document is JsonObject map ? (map, null)
            : (null, "The request body must be a JSON object");
    }

    /// <summary>Reads any JSON from the request; the fault says what is wrong with it.</summary>
    internal static Task<(JsonNode? Document, string? Fault)> ReadJsonAsync(HttpRequest request, int maxBytes, CancellationToken cancellation) =>
        ReadJsonAsync(request, maxBytes, Strict, cancellation);

    /// <inheritdoc cref="ReadJsonAsync(HttpRequest, int, CancellationToken)"/>
    internal static async Task<(JsonNode? Document, string? Fault)> ReadJsonAsync(
        HttpRequest request, int maxBytes, JsonDocumentOptions options, CancellationToken cancellation)
    {
        using var body = await Receive.RequestBody.ReadAsync(request, maxBytes, cancellation);
        if (body.Outcome != Receive.BodyOutcome.Read)
            return (null, $"The request body is larger than {maxBytes} bytes or wrongly encoded");
        try
        {
            return (JsonNode.Parse(body.Span, documentOptions: options), null);
        }
        catch (JsonException error) when (error.LineNumber is { } line)
        {
            return (null, $"The request body is not valid JSON: line {line + 1}, column {error.BytePositionInLine + 1}");
        }
        catch (JsonException error)
        {
            return (null, $"The request body cannot be used: {error.Message}"); // a key that stands twice: the message names it
        }
    }
}
