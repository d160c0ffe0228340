using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Tests.Doubles;

/// <summary>A client that a test registered.</summary>
public sealed record TestClient(string ClientId, string Secret, JsonNode View);

/// <summary>Asks a house for tokens as strangers do, and registers clients and users as its admin does; lets no answer pass that is not as described.</summary>
public sealed class AccessDesk : IDisposable
{
    public const string Password = "a long and good password 1";

    private AccessDesk(HttpClient http, ApiClient admin, TestClient api, TestClient legacy, (string Name, string Password) user) =>
        (Http, Admin, Api, Legacy, AdminUser) = (http, admin, api, legacy, user);

    /// <summary>Not signed in.</summary>
    public HttpClient Http { get; }

    /// <summary>Signed in as the first API client, which is an admin.</summary>
    public ApiClient Admin { get; }

    public TestClient Api { get; }

    public TestClient Legacy { get; }

    public (string Name, string Password) AdminUser { get; }

    public required string OrgId { get; init; }

    public static async Task<AccessDesk> OpenAsync(TestHouse house)
    {
        var known = house.Credentials;
        return new AccessDesk(
            new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(house.Address) },
            await house.SignInAsync(), ClientOf(known["client"]!), ClientOf(known["legacyClient"]!),
            (known["admin"]!["username"]!.GetValue<string>(), known["admin"]!["password"]!.GetValue<string>()))
        {
            OrgId = house.OrgId,
        };

        static TestClient ClientOf(JsonNode one) => new(one["clientId"]!.GetValue<string>(), one["clientSecret"]!.GetValue<string>(), one);
    }

    /// <summary>Registers a client; <paramref name="wish"/> is the body.</summary>
    public async Task<TestClient> AddClientAsync(string wish)
    {
        var answer = await Admin.PostTextAsync("/api/sluice/v1/clients", wish);
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return new TestClient(answer.Json["client"]!["clientId"]!.GetValue<string>(), answer.Json["clientSecret"]?.GetValue<string>() ?? "", answer.Json["client"]!);
    }

    /// <summary>Makes a user whose password is <see cref="Password"/> and not temporary. Returns the user's id.</summary>
    public async Task<long> AddUserAsync(string name, string more = "")
    {
        var made = await Admin.PostTextAsync("/api/sluice/v1/users", $$"""{"username":"{{name}}"{{(more.Length == 0 ? "" : "," + more)}}}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var userId = made.Json["user"]!["userId"]!.GetValue<long>();
        await GivePasswordAsync(userId, Password, false);
        return userId;
    }

    public async Task GivePasswordAsync(long userId, string password, bool temporary)
    {
        var given = await Admin.PostTextAsync(
            $"/api/sluice/v1/users/{userId}/password", $$"""{"password":"{{password}}","temporary":{{(temporary ? "true" : "false")}}}""");
        Assert.Equal(HttpStatusCode.OK, given.Status);
    }

    /// <summary>Posts a form, with a Basic header where a client is given.</summary>
    public async Task<ApiAnswer> PostFormAsync(string path, TestClient? basic, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))),
        };
        if (basic is not null)
            request.Headers.Authorization = BasicOf(basic.ClientId, basic.Secret);
        return await SendAsync(request);
    }

    /// <summary>A legacy token by password.</summary>
    public Task<ApiAnswer> SignInAsync(string name, string password, TestClient? client = null) =>
        PostFormAsync("/oauth/token", client ?? Legacy, ("grant_type", "password"), ("username", name), ("password", password));

    /// <summary>An IMS token by client credentials.</summary>
    public Task<ApiAnswer> GrantAsync(TestClient client) =>
        PostFormAsync("/ims/token/v3", null, ("grant_type", "client_credentials"), ("client_id", client.ClientId), ("client_secret", client.Secret));

    /// <summary>Gets a path with a bearer token.</summary>
    public async Task<ApiAnswer> GetAsync(string path, string? token, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        foreach (var (name, value) in headers)
        {
            if (name == "Host")
                request.Headers.Host = value;
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }
        return await SendAsync(request);
    }

    public async Task<ApiAnswer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await ApiAnswer.ReadAsync(request, response);
    }

    public static AuthenticationHeaderValue BasicOf(string id, string secret) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}")));

    public void Dispose()
    {
        Http.Dispose();
        Admin.Dispose();
    }
}

/// <summary>Shorthands for looking at token answers.</summary>
public static class TokenAnswers
{
    public static string AccessToken(this ApiAnswer answer) => answer.Member("access_token");

    public static string RefreshToken(this ApiAnswer answer) => answer.Member("refresh_token");

    public static string Error(this ApiAnswer answer) => answer.Member("error");

    public static string Member(this ApiAnswer answer, string member) =>
        answer.Json[member]?.GetValue<string>() ?? throw new InvalidOperationException($"{(int)answer.Status} without {member}: {answer.Text}");
}
