using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Cli;

/// <summary>The options by which a verb finds a running server and signs in there.</summary>
internal sealed class ServerConnection
{
    private const string DefaultServer = "http://127.0.0.1:8080";
    private const string DefaultData = "sluice-data";

    private readonly Option<string> _server = new("--server") { Description = $"The server's address. Default: {DefaultServer}.", DefaultValueFactory = _ => DefaultServer };
    private readonly Option<string> _data = new("--data") { Description = $"The data folder whose credentials.json to use. Default: ./{DefaultData}.", DefaultValueFactory = _ => DefaultData };
    private readonly Option<string?> _clientId = new("--client-id") { Description = "The client to ask for a token as, instead of that of the data folder." };
    private readonly Option<string?> _clientSecret = new("--client-secret") { Description = "Its secret." };

    internal void AddTo(Command command)
    {
        command.Options.Add(_server);
        command.Options.Add(_data);
        command.Options.Add(_clientId);
        command.Options.Add(_clientSecret);
    }

    /// <summary>What a server that is away, refuses or answers nonsense leads to, and a folder that cannot be read.</summary>
    internal static bool IsFault(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or HttpRequestException or System.Net.Sockets.SocketException or JsonException or UriFormatException or TaskCanceledException or InvalidDataException;

    /// <summary>A client of the server that is signed in.</summary>
    /// <exception cref="InvalidDataException">There are no credentials, or the server gave no token.</exception>
    internal async Task<HttpClient> OpenAsync(ParseResult parsed, TimeSpan patience, CancellationToken cancellation)
    {
        var client = parsed.GetValue(_clientId) is { } id ? new TokenClient(id, parsed.GetValue(_clientSecret) ?? "") : TokenClient.OfFolder(parsed.GetValue(_data)!);
        return await OpenAsync(parsed.GetValue(_server)!, client, patience, cancellation);
    }

    internal static async Task<HttpClient> OpenAsync(string server, TokenClient client, TimeSpan patience, CancellationToken cancellation)
    {
        var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(server), Timeout = patience };
        try
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await client.TokenAsync(http, cancellation));
            return http;
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }
}

/// <summary>Who asks for a token.</summary>
internal sealed record TokenClient(string Id, string Secret)
{
    internal static TokenClient OfFolder(string data)
    {
        var path = Path.Combine(data, "credentials.json");
        var client = JsonNode.Parse(File.ReadAllText(path))?["client"];
        return client?["clientId"]?.ToString() is { } id && client["clientSecret"]?.ToString() is { } secret
            ? new TokenClient(id, secret)
            : throw new InvalidDataException($"{path} names no client");
    }

    internal async Task<string> TokenAsync(HttpClient http, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = Id,
            ["client_secret"] = Secret,
        });
        using var response = await http.PostAsync("/ims/token/v3", form, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return response.IsSuccessStatusCode && JsonNode.Parse(text)?["access_token"]?.ToString() is { } token
            ? token
            : throw new InvalidDataException($"the server gave no token: {(int)response.StatusCode} {text}");
    }
}
