using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary><c>POST /oauth/token</c>: contract audience.md 1.1 and RFC 6749 sections 2.3.1, 4.3, 5 and 6.</summary>
[Contract("audience 1.1")]
public sealed class LegacyTokenTests
{
    private const string Self = "/v1/users/self";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("B7", "B28", "B30", "B31", "B39")]
    public async Task A_password_gives_uuid_tokens_in_the_documented_answer(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await AccessDesk.OpenAsync(house);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token");
        request.Headers.Authorization = AccessDesk.BasicOf(desk.Legacy.ClientId, desk.Legacy.Secret);
        request.Content = new FormUrlEncodedContent(
            [new("grant_type", "password"), new("username", desk.AdminUser.Name), new("password", desk.AdminUser.Password)]);

        using var response = await desk.Http.SendAsync(request, TestContext.Current.CancellationToken);

        var granted = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json;charset=UTF-8", response.Content.Headers.ContentType!.ToString().Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal("no-cache", response.Headers.Pragma.ToString());
        Assert.Equal(["access_token", "token_type", "refresh_token", "expires_in", "scope"], granted.Select(member => member.Key));
        Assert.True(Guid.TryParse(granted["access_token"]!.GetValue<string>(), out _));
        Assert.True(Guid.TryParse(granted["refresh_token"]!.GetValue<string>(), out _));
        Assert.Equal("bearer", granted["token_type"]!.GetValue<string>());
        Assert.Equal(21_922, granted["expires_in"]!.GetValue<int>());
        Assert.Equal("read write", granted["scope"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, granted["access_token"]!.GetValue<string>())).Status);
    }

    [Fact]
    [Statement("B29")]
    public void The_documented_pair_makes_the_documented_header() =>
        Assert.Equal("dGVzdElkOnRlc3RTZWNyZXQ=", AccessDesk.BasicOf("testId", "testSecret").Parameter);

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience A1")]
    [Statement("B33", "B34", "B35", "B36")]
    public async Task An_expired_token_gets_the_exact_header_and_a_refresh_gives_new_ones(StoreKind kind)
    {
        var clock = new ShiftedClock();
        await using var house = await TestHouse.StartAsync(kind, clock, "Access:LegacyTokenLifetime=00:10:00");
        using var desk = await AccessDesk.OpenAsync(house);
        var first = await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password);
        Assert.Equal(600, first.Json["expires_in"]!.GetValue<int>());
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, first.AccessToken())).Status);

        clock.Shift(TimeSpan.FromMinutes(11));
        var expired = await desk.GetAsync(Self, first.AccessToken());
        var second = await desk.PostFormAsync("/oauth/token", desk.Legacy, ("grant_type", "refresh_token"), ("refresh_token", first.RefreshToken()));
        var called = await desk.GetAsync(Self, second.AccessToken());

        Assert.Equal(HttpStatusCode.Unauthorized, expired.Status);
        Assert.Equal(
            $"Bearer realm=\"oauth\", error=\"invalid_token\", error_description=\"Access token expired: {first.AccessToken()}\"",
            expired.Headers.WwwAuthenticate.ToString());
        Assert.NotEqual(first.AccessToken(), second.AccessToken());
        Assert.NotEqual(first.RefreshToken(), second.RefreshToken());
        Assert.Equal(HttpStatusCode.OK, called.Status);

        var third = await desk.PostFormAsync("/oauth/token", desk.Legacy, ("grant_type", "refresh_token"), ("refresh_token", second.RefreshToken()));
        Assert.Equal(HttpStatusCode.OK, third.Status); // before expiry too
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, second.AccessToken())).Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_refresh_token_that_comes_twice_revokes_every_token_of_its_sign_in(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await AccessDesk.OpenAsync(house);
        var stolen = await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password);
        var other = await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password);
        var renewed = await RefreshAsync(desk, stolen.RefreshToken());
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, renewed.AccessToken())).Status);

        var again = await RefreshAsync(desk, stolen.RefreshToken());

        Assert.Equal("invalid_grant", again.Error());
        Assert.Equal("invalid_grant", (await RefreshAsync(desk, renewed.RefreshToken())).Error());
        await AssertRevokedSoonAsync(desk, renewed.AccessToken());
        await AssertRevokedSoonAsync(desk, stolen.AccessToken());
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, other.AccessToken())).Status);
        var audit = await desk.Admin.GetAsync("/api/sluice/v1/audit?kind=token.reused");
        Assert.Single(audit.Json["items"]!.AsArray());
    }

    [Fact]
    public async Task Of_two_refreshes_at_the_same_moment_one_wins_at_most()
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Postgres);
        using var desk = await AccessDesk.OpenAsync(house);
        var first = await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RefreshAsync(desk, first.RefreshToken())));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal("invalid_grant", answer.Error()));
    }

    [Fact]
    public async Task A_refresh_token_of_another_client_or_too_old_or_unknown_is_refused_and_stays_good_for_its_owner()
    {
        var clock = new ShiftedClock();
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, clock, "Access:RefreshTokenLifetime=1.00:00:00");
        using var desk = await AccessDesk.OpenAsync(house);
        var other = await desk.AddClientAsync("""{"name":"other","kind":"legacy"}""");
        var first = await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password);

        var byOther = await desk.PostFormAsync("/oauth/token", other, ("grant_type", "refresh_token"), ("refresh_token", first.RefreshToken()));
        var unknown = await RefreshAsync(desk, Guid.NewGuid().ToString());
        var byOwner = await RefreshAsync(desk, first.RefreshToken());
        clock.Shift(TimeSpan.FromDays(1.1));
        var old = await RefreshAsync(desk, byOwner.RefreshToken());

        Assert.Equal("invalid_grant", byOther.Error());
        Assert.Equal("invalid_grant", unknown.Error());
        Assert.Equal(HttpStatusCode.OK, byOwner.Status);
        Assert.Equal("invalid_grant", old.Error());
    }

    [Fact]
    [Statement("B32")]
    public async Task A_client_that_is_not_enabled_for_refresh_tokens_gets_none()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await desk.AddClientAsync("""{"name":"short","kind":"legacy","grantTypes":["password"]}""");

        var granted = await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password, client);

        Assert.Equal(HttpStatusCode.OK, granted.Status);
        Assert.Null(granted.Json["refresh_token"]);
        Assert.Equal("unauthorized_client", (await desk.PostFormAsync("/oauth/token", client, ("grant_type", "refresh_token"), ("refresh_token", "x"))).Error());
    }

    [Fact]
    public async Task A_scope_can_be_narrowed_and_never_grows_and_one_for_reading_changes_nothing()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        (string, string)[] password = [("grant_type", "password"), ("username", desk.AdminUser.Name), ("password", desk.AdminUser.Password)];

        var wide = await desk.PostFormAsync("/oauth/token", desk.Legacy, [.. password, ("scope", "read write admin")]);
        var narrow = await desk.PostFormAsync("/oauth/token", desk.Legacy, [.. password, ("scope", "read")]);
        var grown = await desk.PostFormAsync("/oauth/token", desk.Legacy,
            ("grant_type", "refresh_token"), ("refresh_token", narrow.RefreshToken()), ("scope", "read write"));
        var kept = await RefreshAsync(desk, narrow.RefreshToken());
        using var reader = new ApiClient(house.Address, narrow.AccessToken());
        var read = await reader.GetAsync("/api/sluice/v1/clients");
        var write = await reader.PostTextAsync("/api/sluice/v1/clients", """{"name":"x"}""");

        Assert.Equal("invalid_scope", wide.Error());
        Assert.Equal("read", narrow.Member("scope"));
        Assert.Equal("invalid_scope", grown.Error());
        Assert.Equal("read", kept.Member("scope"));
        Assert.Equal(HttpStatusCode.OK, read.Status);
        Assert.Equal(HttpStatusCode.Forbidden, write.Status);
        Assert.Contains("insufficient_scope", write.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_client_may_stand_in_the_header_the_form_or_both_and_a_wrong_one_is_told_so()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        (string, string)[] password = [("grant_type", "password"), ("username", desk.AdminUser.Name), ("password", desk.AdminUser.Password)];
        (string, string)[] client = [("client_id", desk.Legacy.ClientId), ("client_secret", desk.Legacy.Secret)];

        var inForm = await desk.PostFormAsync("/oauth/token", null, [.. password, .. client]);
        var inBoth = await desk.PostFormAsync("/oauth/token", desk.Legacy, [.. password, .. client]);
        var apart = await desk.PostFormAsync("/oauth/token", desk.Legacy, [.. password, ("client_id", "somebody-else")]);
        var wrong = await desk.PostFormAsync("/oauth/token", desk.Legacy with { Secret = "wrong" }, password);
        var nobody = await desk.PostFormAsync("/oauth/token", null, password);
        var api = await desk.PostFormAsync("/oauth/token", desk.Api, password);
        var twice = await desk.PostFormAsync("/oauth/token", desk.Legacy, [.. password, ("grant_type", "password")]);

        Assert.Equal(HttpStatusCode.OK, inForm.Status);
        Assert.Equal(HttpStatusCode.OK, inBoth.Status);
        Assert.Equal("invalid_request", apart.Error());
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (wrong.Status, wrong.Error()));
        Assert.Equal("Basic realm=\"oauth\"", wrong.Headers.WwwAuthenticate.ToString());
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (nobody.Status, nobody.Error()));
        Assert.Equal("invalid_client", api.Error());
        Assert.Equal("invalid_request", twice.Error());
    }

    [Theory]
    [InlineData("!!!")]
    [InlineData("Zm9v")] // "foo": no colon
    public async Task A_Basic_header_that_cannot_be_read_is_refused(string parameter)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth/token") { Content = new FormUrlEncodedContent([new("grant_type", "password")]) };
        request.Headers.TryAddWithoutValidation("Authorization", "Basic " + parameter);

        var answer = await desk.SendAsync(request);

        Assert.Equal("invalid_client", answer.Error());
    }

    [Theory]
    [InlineData("", "invalid_request")]
    [InlineData("implicit", "unsupported_grant_type")]
    [InlineData("client_credentials", "unsupported_grant_type")]
    [InlineData("jwt", "unsupported_grant_type")]
    [InlineData("Password", "unsupported_grant_type")]
    public async Task A_grant_this_path_does_not_have_is_refused(string grant, string error)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);

        Assert.Equal(error, (await desk.PostFormAsync("/oauth/token", desk.Legacy, ("grant_type", grant))).Error());
    }

    [Fact]
    [Statement("B26")]
    public async Task A_refused_password_says_why_only_when_the_password_was_right()
    {
        var clock = new ShiftedClock();
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, clock);
        using var desk = await AccessDesk.OpenAsync(house);
        var person = await desk.AddUserAsync("ada");
        await desk.AddUserAsync("machine", "\"apiOnly\":true");
        var fresh = await desk.AddUserAsync("fresh");
        await desk.GivePasswordAsync(fresh, "temporary password 9", temporary: true);
        clock.Shift(TimeSpan.FromDays(91));
        using var admin = new ApiClient(house.Address, (await desk.GrantAsync(desk.Api)).AccessToken());

        var old = await desk.SignInAsync("ada", AccessDesk.Password);
        var wrong = await desk.SignInAsync("ada", "not it at all");
        var nobody = await desk.SignInAsync("nobody", "not it at all");
        var machine = await desk.SignInAsync("machine", AccessDesk.Password);
        var temporary = await desk.SignInAsync("fresh", "temporary password 9");
        await admin.SendAsync(HttpMethod.Patch, $"/api/sluice/v1/users/{person}", """{"status":"INACTIVE"}""");
        var inactive = await desk.SignInAsync("ada", AccessDesk.Password);

        Assert.Contains("expired", old.Member("error_description"), StringComparison.Ordinal);
        Assert.Equal(wrong.Text, nobody.Text);
        Assert.Equal(HttpStatusCode.OK, machine.Status); // nobody sits there to change it
        Assert.Contains("temporary password expired", temporary.Member("error_description"), StringComparison.Ordinal);
        Assert.Contains("not active", inactive.Member("error_description"), StringComparison.Ordinal);
    }

    private static Task<ApiAnswer> RefreshAsync(AccessDesk desk, string token) =>
        desk.PostFormAsync("/oauth/token", desk.Legacy, ("grant_type", "refresh_token"), ("refresh_token", token));

    private static async Task AssertRevokedSoonAsync(AccessDesk desk, string token)
    {
        ApiAnswer answer;
        do
            answer = await desk.GetAsync(Self, token);
        while (answer.Status == HttpStatusCode.OK); // seen by the next look at the change log; the test's time limit ends it
        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
    }
}
