using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sluice.Collection;

/// <summary>Every refusal of the receiving paths as HTTP: status, type, title (contract collection.md 1.5 to 1.7).</summary>
internal static class CollectionProblems
{
    internal const string InletType = "http://ns.adobe.com/adobecloud/problem/data-collection-service/inlet";
    internal const string AuthorizationType = "https://ns.adobe.com/adobecloud/problem/data-collection-service-authorization";
    internal const string InvalidMessageTitle = "Invalid XDM Message Format";

    private const int RetryAfterSeconds = 5; // landing frees journal space in whole segments: a few seconds' work

    internal static Task UnknownInletAsync(HttpContext http, string inletId) =>
        WriteAsync(http, 404, "Unknown Inlet", $"inletId: [{inletId}] is not an inlet of this installation");

    internal static Task BadRequestAsync(HttpContext http, string prefix, string reason) =>
        WriteAsync(http, 400, "Bad Request", prefix + reason);

    internal static Task TooLargeAsync(HttpContext http, string prefix, int maxBytes) => WriteAsync(
        http, 413, "Payload Too Large", $"{prefix}The request body is larger than {maxBytes.ToString(CultureInfo.InvariantCulture)} bytes");

    internal static Task TooManyAsync(HttpContext http, string prefix, int retryAfterSeconds)
    {
        http.Response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return WriteAsync(http, 429, "Too Many Requests", prefix + "The inlet takes no more for now");
    }

    internal static Task OtherBodyAsync(HttpContext http, string prefix) =>
        WriteAsync(http, 422, "Unprocessable Content", prefix + "This Idempotency-Key came with another body before");

    internal static Task UnavailableAsync(HttpContext http, string reason)
    {
        http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return WriteAsync(http, 503, "Service Unavailable", reason);
    }

    internal static Task TokenMissingAsync(HttpContext http, string inletId) =>
        WriteAuthorizationAsync(http, 401, $"[{inletId}] Ims service token is empty");

    internal static Task TokenInvalidAsync(HttpContext http, string inletId) =>
        WriteAuthorizationAsync(http, 403, $"[{inletId}] Ims service token is invalid or has expired");

    private static Task WriteAuthorizationAsync(HttpContext http, int status, string message)
    {
        // The status is a string in this one shape (contract 1.6).
        Begin(http, status);
        using var json = new Utf8JsonWriter(http.Response.BodyWriter, JsonFormat.Compact);
        json.WriteStartObject();
        json.WriteString("type"u8, AuthorizationType);
        json.WriteString("status"u8, status.ToString(CultureInfo.InvariantCulture));
        json.WriteString("title"u8, "Authorization");
        WriteReport(json, message);
        return Task.CompletedTask;
    }

    private static Task WriteAsync(HttpContext http, int status, string title, string message)
    {
        Begin(http, status);
        using var json = new Utf8JsonWriter(http.Response.BodyWriter, JsonFormat.Compact);
        json.WriteStartObject();
        json.WriteString("type"u8, InletType);
        json.WriteNumber("status"u8, status);
        json.WriteString("title"u8, title);
        WriteReport(json, message);
        return Task.CompletedTask;
    }

    private static void WriteReport(Utf8JsonWriter json, string message)
    {
        json.WriteStartObject("report"u8);
        json.WriteString("message"u8, message);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
    }

    private static void Begin(HttpContext http, int status)
    {
        http.Features.Set(Observe.RefusedCalls.Sign);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
    }
}
