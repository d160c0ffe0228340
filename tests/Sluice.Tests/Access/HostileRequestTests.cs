using System.Net;
using System.Text;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>Token endpoints are open to everybody: what is bounded, what a flood gets, and that no bytes make them fail.</summary>
public sealed class HostileRequestTests
{
    private static readonly string[] Paths =
        ["/ims/token/v3", "/ims/exchange/jwt", "/oauth/token", "/oauth/revoke", "/oauth/introspect", "/ims/token", "/ims/revoke", "/ims/introspect"];

    [Fact]
    public async Task Too_many_refusals_from_one_address_get_429_until_the_minute_is_over()
    {
        var clock = new ShiftedClock();
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, clock, "Access:RefusalsPerMinute=5");
        using var desk = await AccessDesk.OpenAsync(house);

        for (var attempt = 0; attempt < 5; attempt++)
            Assert.Equal("invalid_client", (await desk.GrantAsync(desk.Api with { Secret = "wrong" })).Error());
        var held = await desk.GrantAsync(desk.Api);
        clock.Shift(TimeSpan.FromMinutes(1));
        var later = await desk.GrantAsync(desk.Api);

        Assert.Equal((HttpStatusCode.TooManyRequests, "too_many_requests"), (held.Status, held.Error()));
        Assert.InRange(held.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(HttpStatusCode.OK, later.Status);
    }

    [Fact]
    public async Task Requests_of_one_address_are_bounded_and_management_paths_are_not()
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, "Access:RequestsPerMinute=10");
        using var desk = await AccessDesk.OpenAsync(house); // asks once

        for (var attempt = 0; attempt < 9; attempt++)
            Assert.Equal(HttpStatusCode.OK, (await desk.GrantAsync(desk.Api)).Status);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await desk.GrantAsync(desk.Api)).Status);
        Assert.Equal(HttpStatusCode.OK, (await desk.Admin.GetAsync("/api/sluice/v1/clients")).Status);
    }

    [Fact]
    public async Task An_oversized_body_or_field_is_refused_on_every_open_path()
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, "Access:RefusalsPerMinute=1000");
        using var desk = await AccessDesk.OpenAsync(house);

        foreach (var path in Paths)
        {
            var large = await desk.PostFormAsync(path, null, ("client_id", "x"), ("client_secret", new string('x', 100_000)));
            Assert.True(large.Status == HttpStatusCode.RequestEntityTooLarge, $"{path}: {large.Status}");
            Assert.Equal("Payload Too Large", large.Member("title"));
            var field = await desk.PostFormAsync(path, null, ("grant_type", "password"), ("client_id", new string('x', 17_000)), ("client_secret", "x"));
            Assert.True(field.Status == HttpStatusCode.BadRequest, $"{path}: {field.Status}");
        }
        var body = await desk.Admin.PostTextAsync("/api/sluice/v1/clients", $$"""{"name":"{{new string('x', 100_000)}}"}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, body.Status);
    }

    [Fact]
    public async Task No_bytes_make_an_open_path_fail_or_grant()
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, "Access:RefusalsPerMinute=1000000", "Access:RequestsPerMinute=1000000");
        using var desk = await AccessDesk.OpenAsync(house);
        var random = new Random(20_261_122);
        string[] names = ["grant_type", "client_id", "client_secret", "username", "password", "refresh_token", "code", "code_verifier", "redirect_uri", "jwt_token", "token", "scope"];
        string[] values =
        [
            "password", "client_credentials", "refresh_token", "authorization_code", "jwt", "", "\0", "%00", "%", "%zz", "é\u0301", "\ud83d\ude00", "' or 1=1 --", "a.b.c",
            "eyJhbGciOiJub25lIn0.e30.", new string('(', 300), "\r\nSet-Cookie: a=b", desk.Api.ClientId, desk.Legacy.ClientId, desk.Legacy.Secret, desk.AdminUser.Name, "-1", "1e999",
        ];
        string[] types = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "multipart/form-data", "application/json", "text/plain; charset=utf-7", "x/y"];

        for (var round = 0; round < 600; round++)
        {
            var body = new StringBuilder();
            for (var field = random.Next(8); field >= 0; field--)
                body.Append(names[random.Next(names.Length)]).Append('=').Append(Uri.EscapeDataString(values[random.Next(values.Length)])).Append('&');
            var bytes = Encoding.UTF8.GetBytes(body.ToString());
            for (var flips = random.Next(3); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            using var request = new HttpRequestMessage(HttpMethod.Post, Paths[random.Next(Paths.Length)]) { Content = new ByteArrayContent(bytes) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", types[random.Next(round % 3 == 0 ? types.Length : 1)]);
            if (random.Next(2) == 0)
                request.Headers.TryAddWithoutValidation("Authorization", "Basic " + Convert.ToBase64String(bytes.AsSpan(0, Math.Min(bytes.Length, 60))));

            var answer = await desk.SendAsync(request);

            Assert.True((int)answer.Status is 200 or 400 or 401 or 413, $"{request.RequestUri} {(int)answer.Status} {answer.Text}: {Encoding.Latin1.GetString(bytes)}");
            Assert.DoesNotContain("access_token", answer.Text, StringComparison.Ordinal); // no password among the values
        }
    }

    [Fact]
    public async Task No_authorization_header_makes_a_management_path_fail()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var random = new Random(7);

        for (var round = 0; round < 400; round++)
        {
            var token = new string([.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => (char)random.Next(32, 127))]);
            using var request = new HttpRequestMessage(HttpMethod.Get, round % 2 == 0 ? "/v1/users/self" : "/api/sluice/v1/audit?kind=%00&before=abc");
            request.Headers.TryAddWithoutValidation("Authorization", (round % 4) switch { 0 => "Bearer " + token, 1 => token, 2 => "Basic " + token, _ => "Bearer a." + token });

            Assert.True((await desk.SendAsync(request)).Status == HttpStatusCode.Unauthorized, token);
        }
    }

    [Fact]
    public async Task What_is_asked_of_the_audit_log_is_bounded_and_checked()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);

        foreach (var query in new[] { "limit=0", "limit=1001", "limit=x", "before=-1", "from=1e9", "to=99999999999999999999" })
            Assert.Equal(HttpStatusCode.BadRequest, (await desk.Admin.GetAsync("/api/sluice/v1/audit?" + query)).Status);
        Assert.Equal(HttpStatusCode.OK, (await desk.Admin.GetAsync("/api/sluice/v1/audit?kind=%00&actor=%27")).Status);
    }
}
