using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sluice.Audience.Lists;

/// <summary>An answer that leaves as it is written, as fast as its reader takes it: however long it is, some 64 KiB of it are held.</summary>
internal sealed class StreamedJson : IAsyncDisposable
{
    private const int SendAfterBytes = 64 * 1024;

    private readonly HttpContext _http;
    private long _sent;

    internal StreamedJson(HttpContext http)
    {
        _http = http;
        http.Response.ContentType = "application/json;charset=UTF-8";
        Json = new Utf8JsonWriter(http.Response.BodyWriter, ListAnswer.Format);
    }

    internal Utf8JsonWriter Json { get; }

    /// <summary>Call between rows: sends when enough was written, and waits while the reader is behind.</summary>
    internal ValueTask PaceAsync() => Json.BytesCommitted + Json.BytesPending - _sent > SendAfterBytes ? SendAsync() : ValueTask.CompletedTask;

    /// <summary>Sends the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        await SendAsync();
        await Json.DisposeAsync();
    }

    private async ValueTask SendAsync()
    {
        await Json.FlushAsync(_http.RequestAborted); // as far as the response's own buffer, which waits for nobody
        _sent = Json.BytesCommitted;
        await _http.Response.BodyWriter.FlushAsync(_http.RequestAborted);
    }
}
