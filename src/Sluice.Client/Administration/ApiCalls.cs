using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Client.Tokens;

namespace Sluice.Client.Administration;

/// <summary>One call of a management path: signed in, read as JSON, its refusal an exception.</summary>
internal sealed class ApiCalls : IDisposable
{
    private const int MaxReadRetries = 3;

    private readonly AdministrationOptions _options;
    private readonly HttpClient _http;
    private readonly TokenSource _tokens;
    private readonly RetryDelay _delay;

    internal ApiCalls(AdministrationOptions options)
    {
        _options = options;
        _http = HttpCalls.Client(options.Handler, options.Timeout);
        _tokens = new TokenSource(options.Credentials, _http, options.Clock, options.Logger ?? NullLogger.Instance);
        _delay = new RetryDelay(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), options.Clock);
    }

    /// <summary>Reads; what fails for the moment is asked again.</summary>
    internal async Task<Reply> GetAsync(string path, CancellationToken cancellation)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await SendAsync(HttpMethod.Get, path, null, cancellation);
            }
            catch (Exception failure) when (failures <= MaxReadRetries
                && failure is HttpRequestException or SocketException or SluiceException { Status: 408 or 429 or 500 or 502 or 503 or 504 })
            {
                await _delay.WaitAsync(failures, null, cancellation);
            }
        }
    }

    internal async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        (await GetAsync(path, cancellation)).Read(type);

    /// <summary>Writes, once: a lost answer is the caller's to look into.</summary>
    internal async Task<Reply> SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte>? body, CancellationToken cancellation)
    {
        var token = await _tokens.GetAsync(cancellation);
        var reply = await AskAsync(method, path, body, token, cancellation);
        if (reply.Status == 401)
        {
            await _tokens.DiscardAsync(token, cancellation);
            reply = await AskAsync(method, path, body, await _tokens.GetAsync(cancellation), cancellation);
        }
        return reply.Status is >= 200 and < 300 ? reply : throw new SluiceException(Problem.Read(reply.Status, reply.Body));
    }

    internal Task<Reply> PostAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, type), cancellation);

    private async Task<Reply> AskAsync(HttpMethod method, string path, ReadOnlyMemory<byte>? body, string token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(_options.Server, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.TryAddWithoutValidation("x-api-key", _options.Credentials.ClientId);
        if (_options.Credentials.OrganisationId is { } organisation)
            request.Headers.TryAddWithoutValidation("x-gw-ims-org-id", organisation);
        if (_options.Environment is { } environment)
            request.Headers.TryAddWithoutValidation("x-sandbox-name", environment);
        if (body is { } bytes)
        {
            request.Content = new ReadOnlyMemoryContent(bytes);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        using var response = await _http.SendAsync(request, cancellation);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation), response.Headers.ETag?.ToString());
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _http.Dispose();
    }
}

/// <summary>An answer as it came.</summary>
internal sealed record Reply(int Status, byte[] Body, string? ETag)
{
    /// <exception cref="SluiceException">It is not what was expected.</exception>
    internal T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw new JsonException("the answer is null");
        }
        catch (JsonException fault)
        {
            throw new SluiceException(new Problem(Status, null, null, $"The server's answer cannot be read: {fault.Message}", []));
        }
    }
}
