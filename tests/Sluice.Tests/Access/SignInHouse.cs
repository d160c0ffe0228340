using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>A house with a client and a user who can sign in, an admin's API beside it, and visitors to its pages.</summary>
internal sealed class SignInHouse : IAsyncDisposable
{
    internal const string Password = "correct horse 7 battery";
    internal const string Callback = "https://app.example.com/callback";

    private readonly List<PageVisitor> _visitors = [];

    private SignInHouse(TestHouse house, ApiClient admin) => (House, Admin) = (house, admin);

    internal TestHouse House { get; }

    internal ApiClient Admin { get; }

    internal string ClientId { get; private set; } = "";

    internal string ClientSecret { get; private set; } = "";

    internal long UserId { get; private set; }

    internal static async Task<SignInHouse> StartAsync(StoreKind kind = StoreKind.Sqlite, TimeProvider? clock = null, params string[] settings)
    {
        var house = await TestHouse.StartAsync(kind, clock, settings);
        var made = new SignInHouse(house, await house.SignInAsync());
        (made.ClientId, made.ClientSecret) = await made.AddClientAsync(new() { ["name"] = "Weather <b>App</b>", ["kind"] = "legacy" });
        made.UserId = await made.AddUserAsync("ada");
        return made;
    }

    /// <summary>Registers a client, with one address unless the wish has others.</summary>
    internal async Task<(string Id, string Secret)> AddClientAsync(JsonObject wish)
    {
        wish["redirectUris"] ??= new JsonArray(Callback);
        var made = await Admin.PostAsync("/api/sluice/v1/clients", wish);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        return (made.Json["client"]!["clientId"]!.GetValue<string>(), made.Json["clientSecret"]?.GetValue<string>() ?? "");
    }

    internal async Task<long> AddUserAsync(string username, bool temporary = false, bool apiOnly = false)
    {
        var made = await Admin.PostAsync(
            "/api/sluice/v1/users", new JsonObject { ["username"] = username, ["password"] = Password, ["apiOnly"] = apiOnly });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var userId = made.Json["user"]!["userId"]!.GetValue<long>();
        if (!temporary && !apiOnly)
            await DoAsync(HttpMethod.Post, $"/api/sluice/v1/users/{userId}/password", new JsonObject { ["password"] = Password, ["temporary"] = false });
        return userId;
    }

    /// <summary>Does something as an admin.</summary>
    internal async Task DoAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        var answer = await Admin.SendAsync(method, path, body?.ToJsonString());
        Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.Created, answer.Text);
    }

    /// <summary>A browser of its own.</summary>
    internal PageVisitor Visit()
    {
        var visitor = new PageVisitor(House.Address);
        _visitors.Add(visitor);
        return visitor;
    }

    /// <summary>A browser in which the user is signed in, with the page that comes then.</summary>
    internal async Task<(PageVisitor Visitor, VisitedPage Page)> SignInAsync(string? path = null, string username = "ada")
    {
        var visitor = Visit();
        return (visitor, await visitor.SignInAsync(path ?? Authorize(), username, Password));
    }

    /// <summary>A browser in which the user is signed in and allowed the client, with the answer the client got.</summary>
    internal async Task<(PageVisitor Visitor, VisitedPage Page)> AllowAsync(string? path = null)
    {
        var (visitor, page) = await SignInAsync(path);
        return (visitor, await visitor.SubmitAsync(page, ("decision", "allow")));
    }

    /// <summary>The address a client sends its users to; <paramref name="more"/> stands at its end as it is.</summary>
    internal string Authorize(string more = "", string? clientId = null) =>
        $"/oauth/authorize?response_type=code&client_id={clientId ?? ClientId}&redirect_uri={Uri.EscapeDataString(Callback)}{more}";

    /// <summary>Asks for a token as a client does; without a secret only the id is shown.</summary>
    internal async Task<ApiAnswer> TokenAsync(string path, string clientId, string secret, params (string Name, string Value)[] fields)
    {
        using var nobody = new ApiClient(House.Address, null);
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(
                [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("client_id", clientId), new("client_secret", secret)]),
        };
        return await nobody.SendAsync(request);
    }

    /// <summary>Exchanges a code of the house's own client.</summary>
    internal Task<ApiAnswer> ExchangeAsync(string code, params (string Name, string Value)[] more) => TokenAsync(
        "/oauth/token", ClientId, ClientSecret, [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Callback), .. more]);

    /// <summary>The name that the API has for who holds the token.</summary>
    internal async Task<string> SelfAsync(string accessToken)
    {
        using var api = new ApiClient(House.Address, accessToken);
        var self = await api.GetAsync("/v1/users/self");
        Assert.True(self.Status == HttpStatusCode.OK, self.Text);
        return self.Json["username"]!.GetValue<string>();
    }

    /// <summary>Entries of the audit log of one kind: outcome, actor and detail, newest first.</summary>
    internal async Task<List<string>> AuditAsync(string kind)
    {
        var page = await Admin.GetAsync($"/api/sluice/v1/audit?kind={kind}");
        return [.. page.Json["items"]!.AsArray().Select(one => $"{one!["outcome"]} {one["actor"]} {one["detail"]}".Trim())];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var visitor in _visitors)
            visitor.Dispose();
        Admin.Dispose();
        await House.DisposeAsync();
    }
}
