using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary><c>POST /ims/exchange/jwt</c>: contract audience.md 1.1, collection.md section 7, RFC 7519 section 4.1 and RFC 7523 section 3.</summary>
[Contract("audience 1.1")]
public sealed class JwtExchangeTests : IDisposable
{
    private const string Published = "https://ims-na1.adobelogin.com";
    private readonly TestJwt _jwt = new();

    [Theory]
    [InlineData(StoreKind.Sqlite, "/ims/exchange/jwt", false)]
    [InlineData(StoreKind.Postgres, "/ims/exchange/jwt/", false)]
    [InlineData(StoreKind.Sqlite, "/ims/exchange/jwt/", true)]
    [Statement("B7", "B22", "B23")]
    public async Task A_signed_JWT_gives_a_token_whose_life_is_told_in_milliseconds(StoreKind kind, string path, bool byCertificate)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await AddClientAsync(desk, byCertificate);

        var granted = await ExchangeAsync(desk, client, _jwt.Sign(Claims(house, client)), path);

        Assert.Equal(HttpStatusCode.OK, granted.Status);
        Assert.Equal("bearer", granted.Member("token_type"));
        Assert.Equal(86_399_000, granted.Json["expires_in"]!.GetValue<long>());
        Assert.Contains('.', granted.AccessToken());
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync("/v1/users/self", granted.AccessToken())).Status);
    }

    [Fact]
    public async Task It_may_come_as_multipart_and_the_audience_may_be_our_own_host_and_one_of_several()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await AddClientAsync(desk);
        var claims = Claims(house, client);
        claims["aud"] = new JsonArray("https://somewhere.else", $"{house.Address}/c/{client.ClientId}");
        claims.Remove($"{Published}/s/ent_audiencemanagerplatform_sdk");
        claims[$"{house.Address}/s/ent_dataservices_sdk"] = true;
        using var form = new MultipartFormDataContent
        {
            { new StringContent(client.ClientId), "client_id" }, { new StringContent(client.Secret), "client_secret" },
            { new StringContent(_jwt.Sign(claims)), "jwt_token" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ims/exchange/jwt") { Content = form };

        Assert.Equal(HttpStatusCode.OK, (await desk.SendAsync(request)).Status);
    }

    public static TheoryData<string, string> BadClaims => new()
    {
        { "exp", "null" }, { "exp", "0" }, { "exp", "now-120" }, { "exp", "now+90000" }, { "exp", "1e300" }, { "exp", "\"tomorrow\"" }, { "nbf", "now+120" },
        { "iat", "now+120" }, { "iss", "\"other@AdobeOrg\"" }, { "iss", "null" }, { "sub", "\"somebody@techacct.sluice\"" }, { "sub", "null" },
        { "aud", "\"https://ims-na1.adobelogin.com/c/other\"" }, { "aud", "\"https://evil.example/c/CLIENT\"" }, { "aud", "null" },
        { "aud", "\"https://ims-na1.adobelogin.com/c/CLIENT/\"" }, { $"{Published}/s/ent_audiencemanagerplatform_sdk", "false" },
        { $"{Published}/s/ent_audiencemanagerplatform_sdk", "\"yes\"" },
    };

    [Fact]
    public async Task Every_claim_is_checked()
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, "Access:RefusalsPerMinute=1000");
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await AddClientAsync(desk);
        foreach (var (claim, value) in BadClaims.Select(row => row.Data))
        {
            var claims = Claims(house, client);
            var now = Now();
            claims[claim] = value.StartsWith("now", StringComparison.Ordinal)
                ? JsonValue.Create(now + long.Parse(value.AsSpan(3), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture))
                : JsonNode.Parse(value.Replace("CLIENT", client.ClientId, StringComparison.Ordinal));

            var answer = await ExchangeAsync(desk, client, _jwt.Sign(claims));

            Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{claim}={value}: {answer.Text}");
            Assert.Equal("invalid_token", answer.Error());
        }
    }

    [Theory]
    [InlineData("exp", -30)]
    [InlineData("nbf", 30)]
    [InlineData("iat", 30)]
    public async Task A_clock_that_is_half_a_minute_off_does_no_harm(string claim, int offset)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await AddClientAsync(desk);
        var claims = Claims(house, client);
        claims[claim] = Now() + offset;

        Assert.Equal(HttpStatusCode.OK, (await ExchangeAsync(desk, client, _jwt.Sign(claims))).Status);
    }

    [Fact]
    public async Task Only_RS256_by_a_registered_live_key_is_believed()
    {
        var clock = new ShiftedClock();
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, clock, "Access:RefusalsPerMinute=1000");
        using var desk = await AccessDesk.OpenAsync(house);
        using var stranger = new TestJwt();
        var client = await AddClientAsync(desk);
        var claims = Claims(house, client);
        var good = _jwt.Sign(claims);
        var parts = good.Split('.');
        var otherClaims = claims.DeepClone().AsObject();
        otherClaims["note"] = "changed";

        string[] bad =
        [
            stranger.Sign(claims.DeepClone().AsObject()),
            _jwt.SignWithPublicKeyAsSecret(claims.DeepClone().AsObject()),
            TestJwt.Bare(new JsonObject { ["alg"] = "none" }, claims.DeepClone().AsObject()) + ".",
            TestJwt.Bare(new JsonObject { ["alg"] = "None" }, claims.DeepClone().AsObject()) + ".",
            TestJwt.Bare(new JsonObject { ["alg"] = "RS256" }, claims.DeepClone().AsObject()),
            _jwt.Sign(claims.DeepClone().AsObject(), new JsonObject { ["alg"] = "RS512" }),
            parts[0] + "." + TestJwt.Bare([], otherClaims).Split('.')[1] + "." + parts[2],
            good[..^5] + (good[^5] == 'A' ? 'B' : 'A') + good[^4..],
            good + ".extra", "a.b.c", "...", "not a jwt", "{}",
        ];
        foreach (var assertion in bad)
            Assert.Equal("invalid_token", (await ExchangeAsync(desk, client, assertion)).Error());
        Assert.Equal(HttpStatusCode.OK, (await ExchangeAsync(desk, client, good)).Status);

        var noKey = await desk.AddClientAsync("""{"name":"no key"}""");
        Assert.Equal("invalid_token", (await ExchangeAsync(desk, noKey, _jwt.Sign(Claims(house, noKey)))).Error());
        var brief = await AddClientAsync(desk, expiresIn: 60);
        clock.Shift(TimeSpan.FromMinutes(2));
        Assert.Equal("invalid_token", (await ExchangeAsync(desk, brief, _jwt.Sign(Claims(house, brief)))).Error());
    }

    [Fact]
    public async Task A_JWT_of_one_client_is_worth_nothing_to_another_and_the_secret_is_needed_too()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await AddClientAsync(desk);
        var other = await AddClientAsync(desk);
        var assertion = _jwt.Sign(Claims(house, client));

        Assert.Equal("invalid_token", (await ExchangeAsync(desk, other, assertion)).Error());
        Assert.Equal("invalid_client", (await ExchangeAsync(desk, client with { Secret = "wrong" }, assertion)).Error());
        Assert.Equal("invalid_client", (await ExchangeAsync(desk, desk.Legacy, assertion)).Error());
        Assert.Equal("invalid_request", (await desk.PostFormAsync("/ims/exchange/jwt", null, ("client_id", client.ClientId), ("client_secret", client.Secret))).Error());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task With_a_jti_a_JWT_serves_once_and_without_one_again_for_five_minutes(StoreKind kind)
    {
        var clock = new ShiftedClock();
        await using var house = await TestHouse.StartAsync(kind, clock);
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await AddClientAsync(desk);
        var named = Claims(house, client);
        named["jti"] = "one";
        var once = _jwt.Sign(named);
        var changed = named.DeepClone().AsObject();
        changed["more"] = 1;
        var plain = _jwt.Sign(Claims(house, client));

        Assert.Equal(HttpStatusCode.OK, (await ExchangeAsync(desk, client, once)).Status);
        Assert.Equal("invalid_token", (await ExchangeAsync(desk, client, once)).Error());
        Assert.Equal("invalid_token", (await ExchangeAsync(desk, client, _jwt.Sign(changed))).Error());
        Assert.Equal(HttpStatusCode.OK, (await ExchangeAsync(desk, client, plain)).Status);
        Assert.Equal(HttpStatusCode.OK, (await ExchangeAsync(desk, client, plain)).Status);
        clock.Shift(TimeSpan.FromMinutes(6));
        Assert.Equal("invalid_token", (await ExchangeAsync(desk, client, plain)).Error());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no PEM")]
    [InlineData("-----BEGIN PUBLIC KEY-----\\nAAAA\\n-----END PUBLIC KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----")]
    public async Task What_is_no_public_key_is_not_registered(string key)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);

        var answer = await desk.Admin.PostTextAsync($"/api/sluice/v1/clients/{desk.Api.ClientId}/keys", $$"""{"publicKey":"{{key}}"}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task Small_keys_and_private_keys_are_not_registered()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        using var small = System.Security.Cryptography.RSA.Create(1024);
        using var elliptic = System.Security.Cryptography.ECDsa.Create();
        using var large = System.Security.Cryptography.RSA.Create(2048);

        foreach (var pem in new[] { small.ExportSubjectPublicKeyInfoPem(), elliptic.ExportSubjectPublicKeyInfoPem(), large.ExportPkcs8PrivateKeyPem() })
        {
            var answer = await desk.Admin.PostAsync($"/api/sluice/v1/clients/{desk.Api.ClientId}/keys", new JsonObject { ["publicKey"] = pem });
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        }
    }

    public void Dispose() => _jwt.Dispose();

    private async Task<TestClient> AddClientAsync(AccessDesk desk, bool byCertificate = false, long? expiresIn = null)
    {
        var client = await desk.AddClientAsync("""{"name":"integration"}""");
        var answer = await desk.Admin.PostAsync(
            $"/api/sluice/v1/clients/{client.ClientId}/keys",
            new JsonObject { ["publicKey"] = byCertificate ? _jwt.CertificatePem : _jwt.PublicKeyPem, ["expiresIn"] = expiresIn });
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return client;
    }

    private static JsonObject Claims(TestHouse house, TestClient client) => new()
    {
        ["exp"] = Now() + 86_400,
        ["iss"] = house.OrgId,
        ["sub"] = client.View["technicalAccount"]!.GetValue<string>(),
        ["aud"] = $"{Published}/c/{client.ClientId}",
        [$"{Published}/s/ent_audiencemanagerplatform_sdk"] = true,
    };

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static Task<ApiAnswer> ExchangeAsync(AccessDesk desk, TestClient client, string assertion, string path = "/ims/exchange/jwt") =>
        desk.PostFormAsync(path, null, ("client_id", client.ClientId), ("client_secret", client.Secret), ("jwt_token", assertion));
}
