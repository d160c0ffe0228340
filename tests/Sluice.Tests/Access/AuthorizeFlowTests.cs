using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>Whole ways from a client to its token and back: contract audience.md 1.1 and scenario A3.</summary>
[Contract("audience 1.1", "audience A3")]
public sealed class AuthorizeFlowTests
{
    // RFC 7636 appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("B38")]
    public async Task RFC_6749_4_1_a_code_is_exchanged_once_for_a_token_of_the_user_who_signed_in(StoreKind kind)
    {
        await using var at = await SignInHouse.StartAsync(kind);

        var (_, page) = await at.AllowAsync(at.Authorize("&state=xyz"));
        var granted = await at.ExchangeAsync(page.Answer["code"]);

        Assert.Equal(HttpStatusCode.Found, page.Status);
        Assert.Equal(("xyz", at.House.Address), (page.Answer["state"], page.Answer["iss"]));
        Assert.Equal(HttpStatusCode.OK, granted.Status);
        Assert.Equal(("bearer", "read write"), (granted.Json["token_type"]!.GetValue<string>(), granted.Json["scope"]!.GetValue<string>()));
        Assert.Equal("ada", await at.SelfAsync(granted.Json["access_token"]!.GetValue<string>()));
        Assert.NotNull(granted.Json["refresh_token"]);
        Assert.Equal("invalid_grant", (await at.ExchangeAsync(page.Answer["code"])).Json["error"]!.GetValue<string>());
        Assert.Equal(["done ada"], await at.AuditAsync("user.signed-in"));
        Assert.Equal(["done ada read write"], await at.AuditAsync("user.consented"));
        Assert.Equal(["done ada read write"], await at.AuditAsync("code.granted"));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task RFC_6749_4_2_a_token_comes_in_the_fragment_without_a_refresh_token(StoreKind kind)
    {
        await using var at = await SignInHouse.StartAsync(kind);
        var path = $"/oauth/authorize?response_type=token&client_id={at.ClientId}&redirect_uri={Uri.EscapeDataString(SignInHouse.Callback)}&state=s&scope=read";

        var (_, page) = await at.AllowAsync(path);

        Assert.StartsWith(SignInHouse.Callback + "#access_token=", page.Location, StringComparison.Ordinal);
        Assert.Equal(["access_token", "expires_in", "iss", "scope", "state", "token_type"], page.Answer.Keys.Order());
        Assert.Equal(("bearer", "21922", "read", "s"), (page.Answer["token_type"], page.Answer["expires_in"], page.Answer["scope"], page.Answer["state"]));
        Assert.Equal("ada", await at.SelfAsync(page.Answer["access_token"]));
        Assert.Contains("done ada implicit: read", await at.AuditAsync("token.granted"));
    }

    [Theory]
    [InlineData("S256", Challenge)]
    [InlineData("plain", Verifier)]
    public async Task RFC_7636_4_6_a_code_with_a_challenge_needs_its_verifier(string method, string challenge)
    {
        await using var at = await SignInHouse.StartAsync();
        var path = at.Authorize($"&code_challenge={challenge}&code_challenge_method={method}");

        var (visitor, first) = await at.AllowAsync(path);
        var second = await visitor.GetAsync(path);
        var third = await visitor.GetAsync(path);
        var proven = await at.ExchangeAsync(first.Answer["code"], ("code_verifier", Verifier));

        Assert.Equal(HttpStatusCode.OK, proven.Status);
        Assert.Equal("invalid_grant", (await at.ExchangeAsync(second.Answer["code"])).Json["error"]!.GetValue<string>());
        Assert.Equal("invalid_grant", (await at.ExchangeAsync(third.Answer["code"], ("code_verifier", Verifier[1..] + "x"))).Json["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task RFC_7636_7_2_a_verifier_for_a_code_without_a_challenge_is_a_downgrade_and_refused()
    {
        await using var at = await SignInHouse.StartAsync();

        var (_, page) = await at.AllowAsync();

        Assert.Equal("invalid_grant", (await at.ExchangeAsync(page.Answer["code"], ("code_verifier", Verifier))).Json["error"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("legacy", "/oauth/token")]
    [InlineData("api", "/ims/token/v3")]
    public async Task RFC_7636_a_public_client_gets_its_token_without_a_secret(string kind, string tokenPath)
    {
        await using var at = await SignInHouse.StartAsync();
        var (clientId, _) = await at.AddClientAsync(new() { ["name"] = "Telephone", ["kind"] = kind, ["public"] = true });

        var (_, page) = await at.AllowAsync(at.Authorize($"&code_challenge={Challenge}&code_challenge_method=S256", clientId));
        var granted = await at.TokenAsync(
            tokenPath, clientId, "", ("grant_type", "authorization_code"), ("code", page.Answer["code"]), ("redirect_uri", SignInHouse.Callback),
            ("code_verifier", Verifier));

        Assert.True(granted.Status == HttpStatusCode.OK, granted.Text);
        Assert.NotNull(granted.Json["access_token"]);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_client_of_the_ims_paths_gets_JWTs_of_the_user_and_a_refresh_token_that_comes_twice_ends_them(StoreKind kind)
    {
        await using var at = await SignInHouse.StartAsync(kind);
        var (id, secret) = await at.AddClientAsync(new() { ["name"] = "Web client", ["kind"] = "api" });
        var (_, page) = await at.AllowAsync(at.Authorize("&scope=openid%20AdobeID%20session", id));

        var first = await at.TokenAsync(
            "/ims/token/v1", id, secret, ("grant_type", "authorization_code"), ("code", page.Answer["code"]), ("redirect_uri", SignInHouse.Callback));
        var second = await at.TokenAsync("/ims/token/v3", id, secret, ("grant_type", "refresh_token"), ("refresh_token", first.RefreshToken()));
        Assert.Contains('.', first.AccessToken());
        Assert.Equal(["ada", "ada"], [await at.SelfAsync(first.AccessToken()), await at.SelfAsync(second.AccessToken())]);

        var again = await at.TokenAsync("/ims/token/v3", id, secret, ("grant_type", "refresh_token"), ("refresh_token", first.RefreshToken()));

        Assert.Equal("invalid_grant", again.Error());
        foreach (var token in new[] { first.AccessToken(), second.AccessToken() })
        {
            using var api = new ApiClient(at.House.Address, token);
            while ((await api.GetAsync("/v1/users/self")).Status == HttpStatusCode.OK)
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested(); // seen with the next look at the change log
        }
    }

    [Theory]
    [InlineData(false, null, HttpStatusCode.OK)]
    [InlineData(false, SignInHouse.Callback, HttpStatusCode.OK)]
    [InlineData(false, "https://other.example.com/", HttpStatusCode.BadRequest)]
    [InlineData(true, null, HttpStatusCode.BadRequest)]
    [InlineData(true, "https://other.example.com/", HttpStatusCode.BadRequest)]
    public async Task RFC_6749_4_1_3_the_token_request_names_the_address_if_the_request_to_authorize_did(bool named, string? again, HttpStatusCode status)
    {
        await using var at = await SignInHouse.StartAsync();
        var path = named ? at.Authorize() : $"/oauth/authorize?response_type=code&client_id={at.ClientId}";

        var (_, page) = await at.AllowAsync(path);
        (string, string)[] fields = [("grant_type", "authorization_code"), ("code", page.Answer["code"])];
        var granted = await at.TokenAsync("/oauth/token", at.ClientId, at.ClientSecret, again is null ? fields : [.. fields, ("redirect_uri", again)]);

        Assert.Equal(status, granted.Status);
    }

    [Fact]
    public async Task RFC_6749_4_1_2_1_a_client_that_is_not_allowed_is_told_access_denied()
    {
        await using var at = await SignInHouse.StartAsync();

        var (visitor, consent) = await at.SignInAsync(at.Authorize("&state=s"));
        var denied = await visitor.SubmitAsync(consent, ("decision", "deny"));
        var again = await visitor.GetAsync(at.Authorize());

        Assert.Equal(("access_denied", "s", at.House.Address), (denied.Answer["error"], denied.Answer["state"], denied.Answer["iss"]));
        Assert.DoesNotContain("code", denied.Answer.Keys);
        Assert.Contains("to act for you?", again.Heading, StringComparison.Ordinal);
        Assert.Equal(["refused ada read write"], await at.AuditAsync("user.consented"));
        Assert.Empty(await at.AuditAsync("code.granted"));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Consent_is_remembered_for_as_much_or_less_and_asked_again_for_more(StoreKind kind)
    {
        await using var at = await SignInHouse.StartAsync(kind);

        var (visitor, consent) = await at.SignInAsync(at.Authorize("&scope=read"));
        Assert.Contains("See everything that you may see", consent.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Create, change and delete", consent.Text, StringComparison.Ordinal);
        await visitor.SubmitAsync(consent, ("decision", "allow"));
        var asMuch = await visitor.GetAsync(at.Authorize("&scope=read%20read"));
        var more = await visitor.GetAsync(at.Authorize());

        Assert.Contains("code", asMuch.Answer.Keys);
        Assert.Contains("Create, change and delete", more.Text, StringComparison.Ordinal);
        await visitor.SubmitAsync(more, ("decision", "allow"));
        Assert.Contains("code", (await visitor.GetAsync(at.Authorize("&scope=write"))).Answer.Keys);
    }

    [Fact]
    public async Task A_trusted_client_is_not_asked_about_and_a_public_one_every_time()
    {
        await using var at = await SignInHouse.StartAsync();
        var (trusted, _) = await at.AddClientAsync(new() { ["name"] = "Ours", ["kind"] = "legacy", ["trusted"] = true });
        var (publicClient, _) = await at.AddClientAsync(new() { ["name"] = "Anybody's", ["kind"] = "legacy", ["public"] = true, ["trusted"] = true });
        var publicPath = at.Authorize($"&code_challenge={Challenge}&code_challenge_method=S256", publicClient);

        var (visitor, page) = await at.SignInAsync(at.Authorize(clientId: trusted));
        var first = await visitor.SubmitAsync(await visitor.GetAsync(publicPath), ("decision", "allow"));
        var second = await visitor.GetAsync(publicPath);

        Assert.Contains("code", page.Answer.Keys);
        Assert.Contains("code", first.Answer.Keys);
        Assert.Equal("Allow Anybody's to act for you?", second.Heading);
    }

    [Fact]
    public async Task One_sign_in_serves_all_clients_until_one_wants_the_password_again()
    {
        await using var at = await SignInHouse.StartAsync();
        var (trusted, _) = await at.AddClientAsync(new() { ["name"] = "Ours", ["kind"] = "legacy", ["trusted"] = true });

        var (visitor, _) = await at.SignInAsync();
        var other = await visitor.GetAsync(at.Authorize(clientId: trusted));
        var prompted = await visitor.GetAsync(at.Authorize("&prompt=login&state=s", trusted));
        var after = await visitor.SubmitAsync(prompted, ("username", "ada"), ("password", SignInHouse.Password));

        Assert.Contains("code", other.Answer.Keys);
        Assert.Equal("Sign in", prompted.Heading);
        Assert.Equal("s", after.Answer["state"]);
        Assert.Contains("code", after.Answer.Keys);
    }

    [Fact]
    public async Task A_code_is_worth_nothing_once_the_users_tokens_are_revoked()
    {
        await using var at = await SignInHouse.StartAsync();
        var (_, page) = await at.AllowAsync();

        await at.DoAsync(HttpMethod.Post, $"/api/sluice/v1/users/{at.UserId}/revoke-tokens");

        Assert.Equal("invalid_grant", (await at.ExchangeAsync(page.Answer["code"])).Json["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_code_ends_after_its_lifetime()
    {
        var clock = new ShiftedClock();
        await using var at = await SignInHouse.StartAsync(StoreKind.Sqlite, clock);
        var (_, page) = await at.AllowAsync();

        clock.Shift(TimeSpan.FromMinutes(6));

        Assert.Equal("invalid_grant", (await at.ExchangeAsync(page.Answer["code"])).Json["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_name_of_a_client_is_text_and_no_markup()
    {
        await using var at = await SignInHouse.StartAsync();

        var (_, consent) = await at.SignInAsync();

        Assert.Contains("Weather &lt;b&gt;App&lt;/b&gt;", consent.Text, StringComparison.Ordinal);
        Assert.Contains("app.example.com", consent.Text, StringComparison.Ordinal);
    }
}
