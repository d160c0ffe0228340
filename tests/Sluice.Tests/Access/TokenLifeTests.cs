using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>What becomes of tokens: revocation (RFC 7009), introspection (RFC 7662), discovery and public keys (RFC 8414, 7517), key rotation.</summary>
public sealed class TokenLifeTests
{
    private const string Self = "/v1/users/self";

    [Theory]
    [InlineData(StoreKind.Sqlite, "/oauth/revoke")]
    [InlineData(StoreKind.Postgres, "/ims/revoke")]
    public async Task RFC_7009_a_client_ends_its_own_tokens_at_once_and_nobody_elses(StoreKind kind, string path)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await AccessDesk.OpenAsync(house);
        var other = await desk.AddClientAsync("""{"name":"other","kind":"legacy"}""");
        var legacy = await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password);
        var jwt = (await desk.GrantAsync(desk.Api)).AccessToken();
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, jwt)).Status);

        var byOther = await desk.PostFormAsync(path, other, ("token", legacy.AccessToken()));
        var byStranger = await desk.PostFormAsync(path, desk.Legacy with { Secret = "wrong" }, ("token", legacy.AccessToken()));
        Assert.Equal("unauthorized_client", byOther.Error());
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (byStranger.Status, byStranger.Error()));
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, legacy.AccessToken())).Status);

        var byOwner = await desk.PostFormAsync(path, desk.Legacy, ("token", legacy.AccessToken()), ("token_type_hint", "refresh_token"));
        var ofJwt = await desk.PostFormAsync(path, desk.Api, ("token", jwt));
        Assert.Equal((HttpStatusCode.OK, ""), (byOwner.Status, byOwner.Text));
        Assert.Equal(HttpStatusCode.OK, ofJwt.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.GetAsync(Self, legacy.AccessToken())).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.GetAsync(Self, jwt)).Status);
        Assert.Equal(HttpStatusCode.OK, (await desk.PostFormAsync(path, desk.Legacy, ("token", legacy.AccessToken()))).Status); // ended already
        Assert.Equal(HttpStatusCode.OK, (await desk.PostFormAsync(path, desk.Legacy, ("token", "unknown"))).Status);
        Assert.Equal("invalid_request", (await desk.PostFormAsync(path, desk.Legacy)).Error());
    }

    [Fact]
    public async Task RFC_7009_ending_a_refresh_token_ends_the_access_tokens_of_its_sign_in()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var granted = await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password);
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, granted.AccessToken())).Status);

        await desk.PostFormAsync("/oauth/revoke", desk.Legacy, ("token", granted.RefreshToken()));

        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.GetAsync(Self, granted.AccessToken())).Status);
        var refreshed = await desk.PostFormAsync("/oauth/token", desk.Legacy, ("grant_type", "refresh_token"), ("refresh_token", granted.RefreshToken()));
        Assert.Equal("invalid_grant", refreshed.Error());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite, "/oauth/introspect")]
    [InlineData(StoreKind.Postgres, "/ims/introspect")]
    public async Task RFC_7662_a_client_learns_of_its_own_tokens_an_admins_of_all_and_a_dead_one_is_only_inactive(StoreKind kind, string path)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await AccessDesk.OpenAsync(house);
        var other = await desk.AddClientAsync("""{"name":"other","kind":"legacy"}""");
        var granted = await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password);

        var own = await desk.PostFormAsync(path, desk.Legacy, ("token", granted.AccessToken()));
        var refresh = await desk.PostFormAsync(path, desk.Legacy, ("token", granted.RefreshToken()));
        var byAdmins = await desk.PostFormAsync(path, desk.Api, ("token", granted.AccessToken()));
        var byOther = await desk.PostFormAsync(path, other, ("token", granted.AccessToken()));
        var byNobody = await desk.PostFormAsync(path, null, ("token", granted.AccessToken()));
        await desk.PostFormAsync("/oauth/revoke", desk.Legacy, ("token", granted.RefreshToken()));
        var dead = await desk.PostFormAsync(path, desk.Legacy, ("token", granted.AccessToken()));
        var deadRefresh = await desk.PostFormAsync(path, desk.Legacy, ("token", granted.RefreshToken()));

        Assert.True(own.Json["active"]!.GetValue<bool>());
        Assert.Equal((desk.Legacy.ClientId, desk.AdminUser.Name, "read write"), (own.Member("client_id"), own.Member("username"), own.Member("scope")));
        Assert.Equal(21_922, own.Json["exp"]!.GetValue<long>() - own.Json["iat"]!.GetValue<long>());
        Assert.Equal("refresh_token", refresh.Member("token_type"));
        Assert.True(byAdmins.Json["active"]!.GetValue<bool>());
        Assert.Equal("""{"active":false}""", byOther.Text);
        Assert.Equal("invalid_request", byNobody.Error());
        Assert.Equal("""{"active":false}""", dead.Text);
        Assert.Equal("""{"active":false}""", deadRefresh.Text);
    }

    [Fact]
    public async Task RFC_7662_a_client_without_a_secret_is_told_nothing_and_challenged_for_one()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await desk.AddClientAsync("""{"name":"telephone","public":true}""");

        var answer = await desk.PostFormAsync("/oauth/introspect", null, ("client_id", client.ClientId), ("token", "x"));

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (answer.Status, answer.Error()));
        Assert.Equal("Basic realm=\"oauth\"", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task The_discovery_document_leads_to_keys_by_which_others_can_check_our_tokens()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var token = (await desk.GrantAsync(desk.Api)).AccessToken();

        var document = await desk.GetAsync("/.well-known/oauth-authorization-server", null);
        var keys = await desk.GetAsync(new Uri(document.Member("jwks_uri")).PathAndQuery, null);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = document.Member("issuer"),
            ValidateAudience = false,
            IssuerSigningKeys = new JsonWebKeySet(keys.Text).GetSigningKeys(),
        });

        Assert.Equal(house.Address, document.Member("issuer"));
        Assert.True(result.IsValid);
        Assert.DoesNotContain("\"d\"", keys.Text, StringComparison.Ordinal);
        foreach (var endpoint in new[] { "token_endpoint", "revocation_endpoint", "introspection_endpoint" })
            Assert.Equal(HttpStatusCode.BadRequest, (await desk.PostFormAsync(new Uri(document.Member(endpoint)).PathAndQuery, null)).Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_new_signing_key_signs_from_its_time_on_and_the_old_ones_tokens_stay_good(StoreKind kind)
    {
        var clock = new ShiftedClock();
        await using var house = await TestHouse.StartAsync(kind, clock);
        using var desk = await AccessDesk.OpenAsync(house);
        var before = (await desk.GrantAsync(desk.Api)).AccessToken();

        var made = await desk.Admin.PostTextAsync("/api/sluice/v1/signing-keys", """{"activeIn":600}""");
        var meanwhile = (await desk.GrantAsync(desk.Api)).AccessToken();
        var published = await desk.GetAsync("/oauth/jwks", null);
        clock.Shift(TimeSpan.FromMinutes(11));
        var after = (await desk.GrantAsync(desk.Api)).AccessToken();

        Assert.Equal((HttpStatusCode.Created, "published"), (made.Status, made.Member("state")));
        Assert.Equal(TestJwt.HeadOf(before).ToJsonString(), TestJwt.HeadOf(meanwhile).ToJsonString());
        Assert.Equal(2, published.Json["keys"]!.AsArray().Count);
        Assert.Equal(made.Member("keyId"), TestJwt.HeadOf(after)["kid"]!.GetValue<string>());
        foreach (var token in new[] { before, meanwhile, after })
            Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, token)).Status);
    }

    [Fact]
    public async Task A_retired_key_takes_its_tokens_with_it_and_the_last_one_cannot_be_retired()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var leaked = (await desk.GrantAsync(desk.Api)).AccessToken();
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, leaked)).Status);
        var keyId = TestJwt.HeadOf(leaked)["kid"]!.GetValue<string>();

        var last = await desk.Admin.SendAsync(HttpMethod.Delete, $"/api/sluice/v1/signing-keys/{keyId}", null);
        await desk.Admin.PostTextAsync("/api/sluice/v1/signing-keys", "{}");
        using var admin = new ApiClient(house.Address, (await desk.GrantAsync(desk.Api)).AccessToken());
        var retired = await admin.SendAsync(HttpMethod.Delete, $"/api/sluice/v1/signing-keys/{keyId}", null);

        Assert.Equal(HttpStatusCode.Conflict, last.Status);
        Assert.Equal(HttpStatusCode.NoContent, retired.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.GetAsync(Self, leaked)).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/api/sluice/v1/signing-keys")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.SendAsync(HttpMethod.Delete, $"/api/sluice/v1/signing-keys/{keyId}", null)).Status);
    }

    [Fact]
    public async Task An_old_signing_key_is_replaced_by_itself()
    {
        var clock = new ShiftedClock();
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, clock, "Access:SigningKeyLifetime=1.00:00:00");
        using var desk = await AccessDesk.OpenAsync(house);
        var first = TestJwt.HeadOf((await desk.GrantAsync(desk.Api)).AccessToken())["kid"]!.GetValue<string>();

        clock.Shift(TimeSpan.FromDays(2));
        while ((await desk.GetAsync("/oauth/jwks", null)).Json["keys"]!.AsArray().Count < 2)
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        var published = (await desk.GrantAsync(desk.Api)).AccessToken();
        clock.Shift(TimeSpan.FromMinutes(11));
        var token = (await desk.GrantAsync(desk.Api)).AccessToken();

        Assert.Equal(first, TestJwt.HeadOf(published)["kid"]!.GetValue<string>());
        Assert.NotEqual(first, TestJwt.HeadOf(token)["kid"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, published)).Status);
        clock.Shift(TimeSpan.FromDays(2));
        while ((await desk.GetAsync("/oauth/jwks", null)).Json["keys"]!.AsArray().Any(key => key!["kid"]!.GetValue<string>() == first))
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested(); // nothing it signed is still good
    }

    [Fact]
    public async Task What_is_kept_of_secrets_and_tokens_is_their_hash()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var granted = await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password);
        await desk.GetAsync(Self, granted.AccessToken());
        await desk.Admin.GetAsync("/api/sluice/v1/audit");

        var kept = "";
        foreach (var file in Directory.EnumerateFiles(house.Folder, "installation.db*"))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[open.Length];
            await open.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
            kept += System.Text.Encoding.Latin1.GetString(bytes);
        }

        Assert.Contains(desk.Legacy.ClientId, kept, StringComparison.Ordinal); // it is the right file
        foreach (var secret in new[] { granted.AccessToken(), granted.RefreshToken(), desk.Legacy.Secret, desk.Api.Secret, desk.AdminUser.Password })
            Assert.DoesNotContain(secret, kept, StringComparison.Ordinal);
    }
}
