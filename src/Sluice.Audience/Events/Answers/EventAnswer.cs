using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Audience.Events.Reading;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Events.Answers;

/// <summary>Answers an event call: always 200, as JSON, as a call of the page's function, or as an image of one pixel (contract audience.md 5.3).</summary>
internal static class EventAnswer
{
    private const string HostVersion = "sluice/1";

    // A GIF of one transparent pixel.
    private static readonly byte[] Pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    /// <summary>Lets the pages of any site read the answer, with their visitor's cookie, as the original does.</summary>
    internal static void Allow(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers["DCS"] = HostVersion;
        headers.CacheControl = "no-cache, no-store, must-revalidate, max-age=0";
        headers.Pragma = "no-cache";
        if (http.Request.Headers.Origin.ToString() is not { Length: > 0 } origin)
            return;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        headers.AccessControlExposeHeaders = "DCS, X-Error";
        headers.Vary = "Origin";
    }

    /// <summary>Answers a browser that asks before it sends.</summary>
    internal static Task PreflightAsync(HttpContext http)
    {
        Allow(http);
        http.Response.Headers.AccessControlAllowMethods = "GET, POST, OPTIONS";
        http.Response.Headers.AccessControlAllowHeaders = "Content-Type";
        http.Response.Headers.AccessControlMaxAge = "86400";
        return Task.CompletedTask;
    }

    /// <summary>The eight bytes of a tid as they are told: 12 characters of base64.</summary>
    internal static string TidText(ulong tid)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, tid);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>Writes the answer in the form that the call asks for.</summary>
    /// <param name="http">The request.</param>
    /// <param name="errors">For the header; the body names them itself.</param>
    /// <param name="callback">The page's function, or null.</param>
    /// <param name="isJson">Whether JSON is wanted; else, without a function, it is an image.</param>
    /// <param name="write">Writes the members of the JSON.</param>
    internal static Task WriteAsync(HttpContext http, EventErrors errors, string? callback, bool isJson, Action<Utf8JsonWriter> write)
    {
        if (errors.All.Count > 0)
            http.Response.Headers["X-Error"] = string.Join(',', errors.All.Select(one => one.Code).Distinct());
        if (callback is null && !isJson)
            return SendAsync(http, "image/gif", Pixel);

        using var bytes = new MemoryStream();
        if (callback is not null)
            bytes.Write(Encoding.ASCII.GetBytes(callback + "("));
        using (var json = new Utf8JsonWriter(bytes, ListAnswer.Format))
        {
            json.WriteStartObject();
            write(json);
            WriteErrors(json, errors);
            json.WriteEndObject();
        }
        if (callback is not null)
            bytes.Write(")"u8);
        return SendAsync(http, callback is null ? "application/json;charset=UTF-8" : "application/javascript;charset=UTF-8", bytes.ToArray());
    }

    internal static void Write(Utf8JsonWriter json, DestinationAnswer destinations, bool withUrls)
    {
        json.WriteStartArray("stuff");
        foreach (var cookie in destinations.Cookies)
        {
            json.WriteStartObject();
            json.WriteString("cn", cookie.Name);
            json.WriteString("cv", cookie.Value);
            json.WriteNumber("ttl", cookie.TtlDays);
            json.WriteString("dmn", cookie.Domain);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (!withUrls)
            return;
        json.WriteStartArray("dests");
        foreach (var url in destinations.Urls)
        {
            json.WriteStartObject();
            json.WriteString("y", "img");
            json.WriteString("c", url.Plain);
            json.WriteString("e", url.Secure);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    internal static void Write(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void WriteErrors(Utf8JsonWriter json, EventErrors errors)
    {
        if (errors.All.Count == 0)
            return;
        json.WriteStartArray("errors");
        foreach (var error in errors.All)
        {
            json.WriteStartObject();
            json.WriteNumber("code", error.Code);
            json.WriteString("msg", error.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static Task SendAsync(HttpContext http, string type, byte[] body)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body, http.RequestAborted).AsTask();
    }
}
