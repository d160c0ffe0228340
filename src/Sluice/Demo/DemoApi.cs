using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Demo;

/// <summary>An answer of the server.</summary>
internal sealed record DemoAnswer(HttpStatusCode Status, JsonNode Body);

/// <summary>Talks to the server as any client would: over its public door.</summary>
internal sealed class DemoApi(string address) : IDisposable
{
    internal static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpClient _http = new(new SocketsHttpHandler()) { BaseAddress = new Uri(address) };

    internal async Task SignInAsync(JsonNode client, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = client["clientId"]!.GetValue<string>(),
            ["client_secret"] = client["clientSecret"]!.GetValue<string>(),
        });
        using var response = await _http.PostAsync("/ims/token/v3", form, cancellation);
        var granted = await ReadAsync(response, cancellation);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", granted["access_token"]!.GetValue<string>());
    }

    internal async Task<JsonNode> GetAsync(string path, CancellationToken cancellation)
    {
        using var response = await _http.GetAsync(path, cancellation);
        return await ReadAsync(response, cancellation);
    }

    internal async Task<List<JsonNode>> GetLinesAsync(string href, CancellationToken cancellation)
    {
        var text = await _http.GetStringAsync(href, cancellation);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }

    internal async Task<JsonNode> CreateAsync(string path, JsonNode document, CancellationToken cancellation)
    {
        using var content = new StringContent(document.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(path, content, cancellation);
        return await ReadAsync(response, cancellation);
    }

    /// <summary>Imports an archive; anything but success is a fault.</summary>
    internal async Task<JsonNode> ImportAsync(string path, byte[] zip, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(zip);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await _http.PostAsync(path, content, cancellation);
        return await ReadAsync(response, cancellation);
    }

    /// <summary>Whether something is there already.</summary>
    internal async Task<bool> IsThereAsync(string path, CancellationToken cancellation)
    {
        using var response = await _http.GetAsync(path, cancellation);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Calls a proxy as a client without a token does; tells the body, and what a header says.</summary>
    internal async Task<(string Body, string Told)> CallAsync(string path, string told, CancellationToken cancellation, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request, cancellation);
        return (await response.Content.ReadAsStringAsync(cancellation), response.Headers.TryGetValues(told, out var values) ? string.Join(",", values) : "");
    }

    /// <summary>Sends to an inlet; no token is needed there.</summary>
    internal async Task<DemoAnswer> SendAsync(string url, string body, CancellationToken cancellation)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(url, content, cancellation);
        return new DemoAnswer(response.StatusCode, (await JsonNode.ParseAsync(await response.Content.ReadAsStreamAsync(cancellation), cancellationToken: cancellation))!);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (!response.IsSuccessStatusCode)
            throw new DemoFailure($"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri} was answered {(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }
}
