using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Sluice.Access;

/// <summary>What the administration paths answer, and how they read bodies: small, strict, with the place of each fault.</summary>
internal static class AccessAnswers
{
    /// <summary>A client with all its redirect addresses is a tenth of this.</summary>
    private const int MaxBodyBytes = 64 * 1024;

    internal static IResult Problem(int status, string detail) => Results.Json(
        new ProblemRefusal("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail), RefusalJson.Default.ProblemRefusal,
        contentType: "application/problem+json", statusCode: status);

    /// <summary>Bounds the body of a request that anybody may send. Longer ones get 413.</summary>
    internal static void BoundBody(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
            bound.MaxRequestBodySize = MaxBodyBytes;
    }

    /// <summary>Reads the body as JSON of the wanted shape; the fault says which member is wrong.</summary>
    internal static async Task<(T? Body, string? Fault)> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> shape)
        where T : class
    {
        BoundBody(http);
        if (!http.Request.HasJsonContentType())
            return (null, "The body must be application/json");
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes, http.RequestAborted);
        try
        {
            return JsonSerializer.Deserialize(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), shape) is { } body
                ? (body, null)
                : (null, "The body is null");
        }
        catch (JsonException error)
        {
            return (null, $"The body cannot be used: {ReasonOf(error)}");
        }
    }

    // The library's own messages name our types, which say nothing to a caller.
    private static string ReasonOf(JsonException error)
    {
        var place = $"{error.Path ?? "$"}, line {error.LineNumber + 1}, column {error.BytePositionInLine + 1}";
        return error.Message.Contains("Duplicate property", StringComparison.Ordinal) ? $"a member stands twice: {error.Message.Split('\'').ElementAtOrDefault(1)}"
            : error.Message.Contains("could not be mapped", StringComparison.Ordinal) ? $"there is no such member: {place}"
            : error.Message.Contains("could not be converted", StringComparison.Ordinal) ? $"not the kind of value that belongs here: {place}"
            : $"not valid JSON: {place}";
    }
}
