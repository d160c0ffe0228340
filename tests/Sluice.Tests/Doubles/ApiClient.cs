using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Tests.Doubles;

/// <summary>An answer with its body read as JSON (null when it is not JSON).</summary>
public sealed record ApiAnswer(HttpStatusCode Status, JsonNode? Body, string Text, HttpResponseHeaders Headers)
{
    public JsonNode Json => Body ?? throw new InvalidOperationException($"{(int)Status} with a body that is no JSON: {Text}");

    /// <summary>Reads an answer, and holds it against the OpenAPI document that has its path.</summary>
    public static async Task<ApiAnswer> ReadAsync(HttpRequestMessage request, HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        JsonNode? body = null;
        try
        {
            body = text.Length == 0 ? null : JsonNode.Parse(text, documentOptions: new() { MaxDepth = 1_024 }); // schemas lie deep
        }
        catch (System.Text.Json.JsonException)
        {
            // NDJSON, pages and empty answers are looked at as text.
        }
        var fault = ApiDescription.FaultOf(request.Method.Method, request.RequestUri!.AbsolutePath, response, text);
        Assert.True(fault is null, fault);
        return new ApiAnswer(response.StatusCode, body, text, response.Headers);
    }
}

/// <summary>Speaks JSON to a house over its public door, and lets no answer pass that the OpenAPI documents do not describe.</summary>
public sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    public ApiClient(string address, string? token)
    {
        _http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(60) };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public HttpClient Http => _http;

    public Task<ApiAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<ApiAnswer> PostAsync(string path, JsonNode body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, body.ToJsonString(), headers);

    public Task<ApiAnswer> PostTextAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, body, headers);

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await SendAsync(request);
    }

    public async Task<ApiAnswer> SendAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return await ApiAnswer.ReadAsync(request, response);
    }

    public void Dispose() => _http.Dispose();
}
