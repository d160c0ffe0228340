using System.Text;
using Microsoft.AspNetCore.Http;

namespace Sluice.Audience.Events.Reading;

/// <summary>The parameters of a call as one text: the query of a GET, the body of a POST and its query too.</summary>
internal static class EventBody
{
    internal const int MaxQueryBytes = 8 << 10;
    internal const int MaxBodyBytes = 32 << 10;

    /// <summary>Reads it, never more than may be there; null when it is too long or its sender went away.</summary>
    internal static async Task<string?> ReadAsync(HttpContext http)
    {
        var query = http.Request.QueryString.Value is { Length: > 0 } text ? text[1..] : "";
        if (query.Length > MaxQueryBytes)
            return null;
        if (!HttpMethods.IsPost(http.Request.Method))
            return query;
        var body = await ReadBodyAsync(http.Request);
        return body is null || query.Length == 0 ? body : $"{query}&{body}";
    }

    private static async Task<string?> ReadBodyAsync(HttpRequest request)
    {
        if (request.ContentLength > MaxBodyBytes)
            return null;
        var bytes = new byte[MaxBodyBytes + 1];
        try
        {
            var count = await request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
            return count > MaxBodyBytes ? null : Encoding.UTF8.GetString(bytes.AsSpan(0, count)).TrimEnd('\r', '\n');
        }
        catch (BadHttpRequestException)
        {
            return null; // chunks that are none, or a body shorter than it was said to be
        }
    }
}
