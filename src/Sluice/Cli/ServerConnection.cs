using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>The options by which a verb finds a running server and signs in there; what is not given comes from the environment.</summary>
internal sealed class ServerConnection
{
    private const string DefaultServer = "http://127.0.0.1:8080";
    private const string DefaultData = "sluice-data";

    private readonly Option<string> _server = new("--server")
    {
        Description = $"The server's address. Default: SLUICE_SERVER, or {DefaultServer}.",
        DefaultValueFactory = _ => Variable("SLUICE_SERVER") ?? DefaultServer,
    };

    private readonly Option<string> _data = new("--data") { Description = $"The data folder whose credentials.json to use. Default: ./{DefaultData}.", DefaultValueFactory = _ => DefaultData };
    private readonly Option<string?> _credentials = new("--credentials") { Description = "A file like credentials.json to use instead. Default: SLUICE_CREDENTIALS.", DefaultValueFactory = _ => Variable("SLUICE_CREDENTIALS") };
    private readonly Option<string?> _clientId = new("--client-id") { Description = "The client to ask for a token as, instead of that of a file. Default: SLUICE_CLIENT_ID.", DefaultValueFactory = _ => Variable("SLUICE_CLIENT_ID") };
    private readonly Option<string?> _clientSecret = new("--client-secret")
    {
        Description = "Its secret; better in SLUICE_CLIENT_SECRET, where no list of processes shows it.",
        DefaultValueFactory = _ => Variable("SLUICE_CLIENT_SECRET"),
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(_server);
        command.Options.Add(_data);
        command.Options.Add(_credentials);
        command.Options.Add(_clientId);
        command.Options.Add(_clientSecret);
    }

    /// <summary>What a server that is away, refuses or answers nonsense leads to, and a folder that cannot be read.</summary>
    internal static bool IsFault(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or HttpRequestException or System.Net.Sockets.SocketException or JsonException or UriFormatException or TaskCanceledException
            or InvalidDataException or SluiceException or UploadException;

    /// <summary>The server's address.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    internal Uri Server(ParseResult parsed) =>
        Uri.TryCreate(parsed.GetValue(_server), UriKind.Absolute, out var server) && server.Scheme is "http" or "https"
            ? server
            : throw new InvalidDataException($"--server '{parsed.GetValue(_server)}' is not an http or https address");

    /// <summary>Who signs in.</summary>
    /// <exception cref="InvalidDataException">Nobody is named.</exception>
    internal ClientCredentials Credentials(ParseResult parsed)
    {
        var client = parsed.GetValue(_clientId) is { } id ? new TokenClient(id, parsed.GetValue(_clientSecret) ?? "")
            : parsed.GetValue(_credentials) is { } file ? TokenClient.OfFile(file)
            : TokenClient.OfFolder(parsed.GetValue(_data)!);
        return new ClientCredentials
        {
            ClientId = client.Id,
            ClientSecret = client.Secret,
            OrganisationId = client.OrganisationId,
            TokenAddress = new Uri(Server(parsed), TokenClient.Path),
        };
    }

    /// <summary>Typed calls of the server, each signed in.</summary>
    internal SluiceAdministration Calls(ParseResult parsed, string? environment, TimeSpan patience) =>
        new(new AdministrationOptions { Server = Server(parsed), Credentials = Credentials(parsed), Environment = environment, Timeout = patience });

    /// <summary>A client of the server that is signed in.</summary>
    /// <exception cref="InvalidDataException">There are no credentials, or the server gave no token.</exception>
    internal Task<HttpClient> OpenAsync(ParseResult parsed, TimeSpan patience, CancellationToken cancellation)
    {
        var credentials = Credentials(parsed);
        return OpenAsync(Server(parsed).ToString(), new TokenClient(credentials.ClientId, credentials.ClientSecret), patience, cancellation);
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

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

/// <summary>Who asks for a token.</summary>
internal sealed record TokenClient(string Id, string Secret, string? OrganisationId = null)
{
    internal const string Path = "/ims/token/v3";

    internal static TokenClient OfFolder(string data) => OfFile(System.IO.Path.Combine(data, "credentials.json"));

    internal static TokenClient OfFile(string path)
    {
        if (!File.Exists(path))
            throw new InvalidDataException($"there is no {path}; say who you are with --data, --credentials or --client-id and --client-secret");
        var root = JsonNode.Parse(File.ReadAllText(path));
        var client = root?["client"];
        return client?["clientId"]?.ToString() is { } id && client["clientSecret"]?.ToString() is { } secret
            ? new TokenClient(id, secret, root!["orgId"]?.ToString())
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
        using var response = await http.PostAsync(Path, form, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return response.IsSuccessStatusCode && JsonNode.Parse(text)?["access_token"]?.ToString() is { } token
            ? token
            : throw new InvalidDataException($"the server gave no token: {(int)response.StatusCode} {text}");
    }
}
