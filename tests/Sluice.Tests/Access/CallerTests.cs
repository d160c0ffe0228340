using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>Who is let in with which token, and what everybody else is told: contract audience.md 1.2, collection.md section 7, RFC 6750 section 3.</summary>
[Contract("audience 1.2")]
public sealed class CallerTests
{
    private const string Self = "/v1/users/self";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience A2", "audience Ruling 3")]
    [Statement("B2", "B3", "B8", "B15", "B24")]
    public async Task The_first_look_at_oneself_makes_the_technical_account_and_the_key_is_needed_on_an_ims_host(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await desk.AddClientAsync("""{"name":"new"}""");
        var token = (await desk.GrantAsync(client)).AccessToken();
        (string, string)[] headers = [("Host", "aam.adobe.io"), ("x-api-key", client.ClientId)];

        var first = await desk.GetAsync(Self, token, headers);
        var second = await desk.GetAsync(Self, token, headers);
        var without = await desk.GetAsync(Self, token, ("Host", "aam.adobe.io"));
        var wrong = await desk.GetAsync(Self, token, ("Host", "aam.adobe.io"), ("x-api-key", desk.Api.ClientId));
        var elsewhere = await desk.GetAsync(Self, token, ("Host", "api.demdex.com"));

        Assert.Null(client.View["userId"]);
        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal(first.Json["uid"]!.GetValue<long>(), second.Json["uid"]!.GetValue<long>());
        Assert.Equal(client.View["technicalAccount"]!.GetValue<string>(), first.Member("username"));
        Assert.Equal(client.View["technicalAccount"]!.GetValue<string>(), first.Member("email"));
        Assert.Equal((HttpStatusCode.Forbidden, "403000"), (without.Status, without.Member("error_code")));
        Assert.Equal((HttpStatusCode.Forbidden, "403003"), (wrong.Status, wrong.Member("error_code")));
        Assert.Equal(HttpStatusCode.OK, elsewhere.Status);
        var users = await desk.Admin.GetAsync($"/api/sluice/v1/users?search={first.Member("username")}");
        Assert.Equal(1, users.Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Two_first_looks_at_once_make_one_account()
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Postgres);
        using var desk = await AccessDesk.OpenAsync(house);
        var token = (await desk.GrantAsync(await desk.AddClientAsync("""{"name":"busy"}"""))).AccessToken();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => desk.GetAsync(Self, token)));

        Assert.Single(answers.Select(answer => answer.Json["uid"]!.GetValue<long>()).Distinct());
    }

    [Theory]
    [InlineData("/v1/users/self")]
    [InlineData("/api/v1/users/self")]
    [InlineData("/portal/api/v1/users/self")]
    [InlineData("/v1/users/self/")]
    [Contract("audience 1.3")]
    public async Task A_user_sees_itself_in_the_documented_members(string path)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var token = (await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password)).AccessToken();

        var self = await desk.GetAsync(path, token);

        Assert.Equal(
            ["pid", "uid", "userId", "username", "status", "firstName", "lastName", "email", "title", "phoneNumber", "companyName", "groups", "isAdmin", "admin"],
            self.Json.AsObject().Select(member => member.Key).Take(14));
        Assert.Equal(desk.AdminUser.Name, self.Member("username"));
        Assert.Equal("ACTIVE", self.Member("status"));
        Assert.True(self.Json["isAdmin"]!.GetValue<bool>());
        Assert.True(self.Json["admin"]!.GetValue<bool>());
        Assert.Equal(self.Json["uid"]!.GetValue<long>(), self.Json["userId"]!.GetValue<long>());
    }

    [Fact]
    [Contract("audience 1.4")]
    public async Task Nobody_is_told_401_with_a_challenge_and_whoever_has_a_wrong_token_what_is_wrong()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var unknown = Guid.NewGuid().ToString();

        var missing = await desk.GetAsync(Self, null);
        var wrong = await desk.GetAsync(Self, unknown);

        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer realm=\"oauth\""), (missing.Status, missing.Headers.WwwAuthenticate.ToString()));
        Assert.NotEmpty(missing.Member("message"));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.Status);
        Assert.Equal($"Bearer realm=\"oauth\", error=\"invalid_token\", error_description=\"Invalid access token: {unknown}\"", wrong.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("\"quoted\"")]
    [InlineData("back\\slash")]
    [InlineData("sp ace")]
    [InlineData("tab\tinside")]
    [InlineData("a, Bearer b=\"c")]
    public async Task A_hostile_token_cannot_break_out_of_the_challenge(string token)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);

        var answer = await desk.GetAsync(Self, token);

        var challenge = answer.Headers.WwwAuthenticate.ToString();
        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal(6, challenge.Count(one => one == '"'));
        Assert.DoesNotContain('\\', challenge);
    }

    [Fact]
    public async Task A_token_that_is_tampered_with_or_signed_by_nobody_is_refused()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        using var stranger = new TestJwt();
        var good = (await desk.GrantAsync(desk.Api)).AccessToken();
        var (head, claims) = (TestJwt.HeadOf(good), TestJwt.ClaimsOf(good));
        var signature = good.Split('.')[2];
        var asAdmin = claims.DeepClone().AsObject();
        asAdmin["client_id"] = "somebody";

        string[] bad =
        [
            good[..^6] + (good[^6] == 'A' ? 'B' : 'A') + good[^5..],
            TestJwt.Bare(head, asAdmin) + "." + signature,
            TestJwt.Bare(new JsonObject { ["alg"] = "none", ["kid"] = head["kid"]!.DeepClone() }, claims) + ".",
            TestJwt.Bare(head, claims) + ".",
            stranger.Sign(claims.DeepClone().AsObject(), head.DeepClone().AsObject()),
            stranger.Sign(claims.DeepClone().AsObject(), new JsonObject { ["alg"] = "RS256", ["kid"] = "unknown" }),
            stranger.Sign(claims.DeepClone().AsObject()),
            stranger.SignWithPublicKeyAsSecret(claims.DeepClone().AsObject()),
            good + "." + good, "..", ".", "a.b.c", new string('a', 5_000), new string('.', 4_000),
        ];

        foreach (var token in bad)
            Assert.True((await desk.GetAsync(Self, token)).Status == HttpStatusCode.Unauthorized, token.Length > 200 ? token[..200] : token);
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, good)).Status);
    }

    [Fact]
    public async Task A_JWT_ends_with_its_lifetime()
    {
        var clock = new ShiftedClock();
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, clock, "Access:TokenLifetime=01:00:00");
        using var desk = await AccessDesk.OpenAsync(house);
        var token = (await desk.GrantAsync(desk.Api)).AccessToken();
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, token)).Status);

        clock.Shift(TimeSpan.FromMinutes(61));
        var known = await desk.GetAsync(Self, token);
        var platform = await desk.GetAsync("/data/foundation/catalog/dataSets", token);

        Assert.Contains("Access token expired: " + token, known.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Unauthorized, "401013"), (platform.Status, platform.Member("error_code")));
        Assert.Contains("Access token expired", platform.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_valid_token_serves_every_management_path_its_rights_allow()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var uuid = (await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password)).AccessToken();
        await desk.AddUserAsync("plain");
        var plain = (await desk.SignInAsync("plain", AccessDesk.Password)).AccessToken();

        var byAdmin = await desk.GetAsync("/data/foundation/catalog/dataSets", uuid);
        var byPlain = await desk.GetAsync("/data/foundation/catalog/dataSets", plain);
        var administration = await desk.GetAsync("/api/sluice/v1/clients", plain);

        Assert.Equal(HttpStatusCode.OK, byAdmin.Status);
        Assert.Equal(HttpStatusCode.Forbidden, byPlain.Status);
        Assert.Contains("VIEW_COLLECTION", byPlain.Member("message"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, administration.Status);
    }

    [Fact]
    public async Task The_organisation_of_the_header_must_be_the_callers()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var token = (await desk.GrantAsync(desk.Api)).AccessToken();

        var own = await desk.GetAsync(Self, token, ("x-gw-ims-org-id", house.OrgId));
        var other = await desk.GetAsync(Self, token, ("x-gw-ims-org-id", "other@AdobeOrg"));

        Assert.Equal(HttpStatusCode.OK, own.Status);
        Assert.Equal((HttpStatusCode.Forbidden, "403025"), (other.Status, other.Member("error_code")));
    }
}
