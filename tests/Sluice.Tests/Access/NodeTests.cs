using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Sluice.Access;
using Sluice.Storage;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>Several nodes over one store: what one learns, the others know within a second; and what Basic authentication opens.</summary>
public sealed class NodeTests
{
    private const string Audience = "/test/Audience";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_revocation_a_change_and_a_new_key_are_seen_by_every_node_of_the_store(StoreKind kind)
    {
        await using var pair = await PairAsync(kind, TimeProvider.System);
        var (one, two) = (pair.One, pair.Two);
        var legacy = await pair.SignInAsync(one);
        var (refresh, token) = (legacy["refresh_token"]!.GetValue<string>(), legacy["access_token"]!.GetValue<string>());
        var jwt = await pair.GrantAsync(one);
        foreach (var known in new[] { token, jwt })
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(two, known)); // granted here, good there at once; now in its memory

        await pair.PostAsync(one, "/oauth/revoke", pair.Legacy, ("token", refresh));
        await pair.PostAsync(one, "/ims/revoke", pair.Api, ("token", jwt));
        var revokedAt = TimeProvider.System.GetTimestamp();
        await UntilAsync(two, token, HttpStatusCode.Unauthorized);
        await UntilAsync(two, jwt, HttpStatusCode.Unauthorized);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kind}: seen after {TimeProvider.System.GetElapsedTime(revokedAt).TotalMilliseconds:F0} ms");

        await pair.AdministerAsync(one, HttpMethod.Post, "/api/sluice/v1/signing-keys", "{}");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(two, await pair.GrantAsync(one))); // signed by a key that the other has not polled yet

        var client = JsonNode.Parse(await pair.AdministerAsync(one, HttpMethod.Post, "/api/sluice/v1/clients", """{"name":"elsewhere"}"""))!;
        var granted = await GrantSoonAsync(two, client["client"]!["clientId"]!.GetValue<string>(), client["clientSecret"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(one, granted));
    }

    [Fact]
    public async Task A_node_that_slept_longer_than_changes_are_kept_reads_everything_anew()
    {
        await using var store = await TestStore.OpenAsync(StoreKind.Sqlite);
        await store.Sql.MigrateAsync([], TimeProvider.System, TestContext.Current.CancellationToken);
        var cancellation = TestContext.Current.CancellationToken;
        for (var change = 0; change < 3; change++)
            await store.Sql.WriteAsync(session => ChangeLog.AddAsync(session, "kind", $"{change}", TimeProvider.System), cancellation);

        Assert.Equal(["1", "2"], (await ChangeLog.ReadAfterAsync(store.Sql, 1, cancellation))!.Select(one => one.Subject));
        Assert.Empty((await ChangeLog.ReadAfterAsync(store.Sql, 3, cancellation))!);
        await ChangeLog.TrimAsync(store.Sql, DateTimeOffset.MaxValue, cancellation);
        Assert.Null(await ChangeLog.ReadAfterAsync(store.Sql, 1, cancellation));
        await store.Sql.WriteAsync(session => ChangeLog.AddAsync(session, "kind", "3", TimeProvider.System), cancellation);
        Assert.Null(await ChangeLog.ReadAfterAsync(store.Sql, 1, cancellation));
        Assert.Equal("3", Assert.Single((await ChangeLog.ReadAfterAsync(store.Sql, 3, cancellation))!).Subject);
    }

    [Fact]
    public async Task Basic_authentication_opens_gateway_management_and_nothing_else()
    {
        await using var pair = await PairAsync(StoreKind.Sqlite, TimeProvider.System);
        var header = AccessDesk.BasicOf(pair.Admin.Name, pair.Admin.Password);

        var gateway = await BasicAsync(pair.One, AccessArea.Gateway, header);
        var again = await BasicAsync(pair.One, AccessArea.Gateway, header);
        var wrong = await BasicAsync(pair.One, AccessArea.Gateway, AccessDesk.BasicOf(pair.Admin.Name, "wrong password 123"));
        var unreadable = await BasicAsync(pair.One, AccessArea.Gateway, new AuthenticationHeaderValue("Basic", "%%%"));

        Assert.Equal((HttpStatusCode.OK, $"{pair.Admin.Name} in production"), gateway);
        Assert.Equal(gateway, again);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, unreadable.Status);
        foreach (var area in new[] { AccessArea.Audience, AccessArea.Administration })
            Assert.Equal(HttpStatusCode.Unauthorized, (await BasicAsync(pair.One, area, header)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await BasicAsync(pair.One, AccessArea.Collection, header)).Status);
    }

    [Theory]
    [InlineData("10.1.2.3", "http", false)]
    [InlineData("10.1.2.3", "https", true)]
    [InlineData("::1", "http", true)]
    public async Task A_password_is_taken_over_TLS_or_from_this_machine_only_and_leaves_its_line_in_the_audit_log(string address, string scheme, bool isTaken)
    {
        await using var pair = await PairAsync(StoreKind.Sqlite, TimeProvider.System);
        var http = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(address);
        http.Request.Scheme = scheme;
        http.Request.Headers.Authorization = AccessDesk.BasicOf(pair.Admin.Name, pair.Admin.Password).ToString();

        var (finding, fault) = await pair.One.Access.Basic.FindAsync(http);

        Assert.Equal(isTaken, finding.Verdict == TokenVerdict.Valid);
        Assert.Equal(isTaken, fault is null);
        var audit = await pair.One.Access.Audit.ListAsync(
            new AuditQuery(long.MaxValue, 0, long.MaxValue, "user.signed-in", "", pair.Admin.Name, "", "", 10), TestContext.Current.CancellationToken);
        Assert.Equal(isTaken ? 1 : 0, audit.Count);
    }

    [Fact]
    public async Task A_changed_password_and_a_lock_close_Basic_authentication_and_rights_hold_there_too()
    {
        await using var pair = await PairAsync(StoreKind.Sqlite, TimeProvider.System);
        var made = JsonNode.Parse(await pair.AdministerAsync(
            pair.One, HttpMethod.Post, "/api/sluice/v1/users", """{"username":"machine","apiOnly":true,"password":"a robot password 1"}"""))!;
        var header = AccessDesk.BasicOf("machine", "a robot password 1");
        Assert.Equal(HttpStatusCode.Forbidden, (await BasicAsync(pair.One, AccessArea.Gateway, header)).Status); // known, and without rights

        await pair.AdministerAsync(pair.One, HttpMethod.Put, "/api/sluice/v1/account", """{"roleBasedAccess":false}""");
        Assert.Equal(HttpStatusCode.OK, (await BasicAsync(pair.One, AccessArea.Gateway, header)).Status);

        await pair.AdministerAsync(
            pair.One, HttpMethod.Post, $"/api/sluice/v1/users/{made["user"]!["userId"]}/password", """{"password":"another password 22"}""");
        Assert.Equal(HttpStatusCode.Unauthorized, (await BasicAsync(pair.One, AccessArea.Gateway, header)).Status);
        Assert.Equal(HttpStatusCode.OK, (await BasicAsync(pair.One, AccessArea.Gateway, AccessDesk.BasicOf("machine", "another password 22"))).Status);
    }

    private static async Task<(HttpStatusCode Status, string Text)> BasicAsync(AccessHouse house, AccessArea area, AuthenticationHeaderValue header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/test/{area}");
        request.Headers.Authorization = header;
        using var response = await house.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<HttpStatusCode> StatusAsync(AccessHouse house, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Audience);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await house.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task UntilAsync(AccessHouse house, string token, HttpStatusCode status)
    {
        while (await StatusAsync(house, token) != status)
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
    }

    private static async Task<string> GrantSoonAsync(AccessHouse house, string clientId, string secret)
    {
        while (true)
        {
            using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", clientId), new("client_secret", secret)]);
            using var response = await house.Http.PostAsync("/ims/token/v3", form, TestContext.Current.CancellationToken);
            if (response.IsSuccessStatusCode)
                return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["access_token"]!.GetValue<string>();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<Pair> PairAsync(StoreKind kind, TimeProvider clock)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-nodes-").FullName;
        var postgres = kind == StoreKind.Postgres ? await PostgresServer.NewDatabaseAsync() : null;
        var options = new AccessOptions { RefusalsPerMinute = 100_000, RequestsPerMinute = 100_000 };
        var one = await AccessHouse.StartAsync(folder, postgres, clock, options);
        var two = await AccessHouse.StartAsync(folder, postgres, clock, options);
        return new Pair(folder, one, two);
    }

    /// <summary>Two nodes of one store.</summary>
    private sealed class Pair(string folder, AccessHouse one, AccessHouse two) : IAsyncDisposable
    {
        private readonly JsonNode _credentials = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "credentials.json")))!;

        internal AccessHouse One => one;

        internal AccessHouse Two => two;

        internal (string Id, string Secret) Api => (Text("client", "clientId"), Text("client", "clientSecret"));

        internal (string Id, string Secret) Legacy => (Text("legacyClient", "clientId"), Text("legacyClient", "clientSecret"));

        internal (string Name, string Password) Admin => (Text("admin", "username"), Text("admin", "password"));

        internal async Task<JsonNode> SignInAsync(AccessHouse house) =>
            await PostAsync(house, "/oauth/token", Legacy, ("grant_type", "password"), ("username", Admin.Name), ("password", Admin.Password));

        internal async Task<string> GrantAsync(AccessHouse house) =>
            (await PostAsync(house, "/ims/token/v3", Api, ("grant_type", "client_credentials")))["access_token"]!.GetValue<string>();

        internal async Task<JsonNode> PostAsync(AccessHouse house, string path, (string Id, string Secret) client, params (string Name, string Value)[] fields)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new FormUrlEncodedContent(fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))),
            };
            request.Headers.Authorization = AccessDesk.BasicOf(client.Id, client.Secret);
            using var response = await house.Http.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, text);
            return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
        }

        internal async Task<string> AdministerAsync(AccessHouse house, HttpMethod method, string path, string body)
        {
            using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await GrantAsync(house));
            using var response = await house.Http.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, text);
            return text;
        }

        public async ValueTask DisposeAsync()
        {
            await two.DisposeAsync();
            await one.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        private string Text(string part, string member) => _credentials[part]![member]!.GetValue<string>();
    }
}
