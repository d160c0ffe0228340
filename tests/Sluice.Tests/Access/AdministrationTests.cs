using System.Net;
using Sluice.Access;
using Sluice.Cli;
using Sluice.Hosting;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary><c>/api/sluice/v1</c>: clients, users, account settings and the audit log, as an admin works with them.</summary>
public sealed class AdministrationTests
{
    private const string Self = "/v1/users/self";
    private const string Clients = "/api/sluice/v1/clients";
    private const string Users = "/api/sluice/v1/users";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("B6", "B9")]
    public async Task A_client_has_several_secrets_at_a_time_and_each_ends_by_itself(StoreKind kind)
    {
        var clock = new ShiftedClock();
        await using var house = await TestHouse.StartAsync(kind, clock);
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await desk.AddClientAsync("""{"name":"rotating"}""");

        var second = await desk.Admin.SendAsync(HttpMethod.Post, $"{Clients}/{client.ClientId}/secrets", null);
        var brief = await desk.Admin.PostTextAsync($"{Clients}/{client.ClientId}/secrets", """{"expiresIn":3600}""");
        var firstId = (await desk.Admin.GetAsync($"{Clients}/{client.ClientId}")).Json["secrets"]![0]!["secretId"]!.GetValue<string>();

        Assert.Equal(HttpStatusCode.Created, second.Status);
        foreach (var secret in new[] { client.Secret, second.Member("clientSecret"), brief.Member("clientSecret") })
            Assert.Equal(HttpStatusCode.OK, (await desk.GrantAsync(client with { Secret = secret })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await desk.Admin.SendAsync(HttpMethod.Delete, $"{Clients}/{client.ClientId}/secrets/{firstId}", null)).Status);
        clock.Shift(TimeSpan.FromHours(2));
        Assert.Equal("invalid_client", (await desk.GrantAsync(client)).Error());
        Assert.Equal("invalid_client", (await desk.GrantAsync(client with { Secret = brief.Member("clientSecret") })).Error());
        Assert.Equal(HttpStatusCode.OK, (await desk.GrantAsync(client with { Secret = second.Member("clientSecret") })).Status);
        Assert.DoesNotContain("clientSecret\":\"", (await desk.Admin.GetAsync(Clients)).Text, StringComparison.Ordinal); // shown once
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_disabled_or_deleted_client_is_out_at_once_with_all_its_tokens(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await desk.AddClientAsync("""{"name":"leaving"}""");
        var token = (await desk.GrantAsync(client)).AccessToken();
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, token)).Status);

        await desk.Admin.SendAsync(HttpMethod.Patch, $"{Clients}/{client.ClientId}", """{"enabled":false}""");
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.GetAsync(Self, token)).Status);
        Assert.Equal("invalid_client", (await desk.GrantAsync(client)).Error());

        await desk.Admin.SendAsync(HttpMethod.Patch, $"{Clients}/{client.ClientId}", """{"enabled":true}""");
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, token)).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await desk.Admin.SendAsync(HttpMethod.Delete, $"{Clients}/{client.ClientId}", null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.GetAsync(Self, token)).Status);
        Assert.Equal("invalid_client", (await desk.GrantAsync(client)).Error());
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Admin.GetAsync($"{Clients}/{client.ClientId}")).Status);
        Assert.Equal(0, (await desk.Admin.GetAsync($"{Users}?search={client.View["technicalAccount"]}")).Json["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task All_tokens_of_a_client_or_a_user_end_at_one_word()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var client = await desk.AddClientAsync("""{"name":"leaky"}""");
        var userId = await desk.AddUserAsync("ada");
        var clients = (await desk.GrantAsync(client)).AccessToken();
        var users = await desk.SignInAsync("ada", AccessDesk.Password);
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, clients)).Status);

        await desk.Admin.SendAsync(HttpMethod.Post, $"{Clients}/{client.ClientId}/revoke-tokens", null);
        await desk.Admin.SendAsync(HttpMethod.Post, $"{Users}/{userId}/revoke-tokens", null);

        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.GetAsync(Self, clients)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.GetAsync(Self, users.AccessToken())).Status);
        var refreshed = await desk.PostFormAsync("/oauth/token", desk.Legacy, ("grant_type", "refresh_token"), ("refresh_token", users.RefreshToken()));
        Assert.Equal("invalid_grant", refreshed.Error());
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync(Self, (await desk.SignInAsync("ada", AccessDesk.Password)).AccessToken())).Status);
    }

    [Theory]
    [InlineData("{", "cannot be used")]
    [InlineData("[]", "cannot be used")]
    [InlineData("null", "null")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":"x","name":"y"}""", "name")]
    [InlineData("""{"name":"x","nonsense":1}""", "nonsense")]
    [InlineData("""{"name":"x","kind":"other"}""", "kind")]
    [InlineData("""{"name":"x","grantTypes":["password"]}""", "grantTypes")]
    [InlineData("""{"name":"x","kind":"legacy","grantTypes":["client_credentials"]}""", "grantTypes")]
    [InlineData("""{"name":"x","kind":"legacy","isAdmin":true}""", "isAdmin")]
    [InlineData("""{"name":"x","kind":"legacy","groups":[1]}""", "groups")]
    [InlineData("""{"name":"x","groups":[77]}""", "77")]
    [InlineData("""{"name":"x","public":true,"grantTypes":["client_credentials"]}""", "public")]
    [InlineData("""{"name":"x","public":true,"isAdmin":true}""", "isAdmin")]
    [InlineData("""{"name":"x","environments":["nowhere"]}""", "nowhere")]
    [InlineData("""{"name":"x","redirectUris":["relative/path"]}""", "redirectUris")]
    [InlineData("""{"name":"x","redirectUris":["http://example.com/cb"]}""", "https")]
    [InlineData("""{"name":"x","redirectUris":["https://example.com/#part"]}""", "fragment")]
    [InlineData("""{"name":"x","redirectUris":["https://user@example.com/"]}""", "user name")]
    [InlineData("""{"name":"x","redirectUris":["javascript:alert(1)"]}""", "https")]
    public async Task A_client_that_cannot_be_is_refused_with_the_member_that_is_wrong(string body, string names)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var before = (await desk.Admin.GetAsync(Clients)).Json["total"]!.GetValue<int>();

        var answer = await desk.Admin.PostTextAsync(Clients, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(names, answer.Member("detail"), StringComparison.Ordinal);
        Assert.DoesNotContain("Sluice.Access", answer.Text, StringComparison.Ordinal);
        Assert.Equal(before, (await desk.Admin.GetAsync(Clients)).Json["total"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Users_are_made_changed_locked_out_and_deleted(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await AccessDesk.OpenAsync(house);
        var made = await desk.Admin.PostTextAsync(Users, """{"username":"Ada","firstName":"Ada","email":"ada@example.com"}""");
        var userId = made.Json["user"]!["userId"]!.GetValue<long>();

        var twin = await desk.Admin.PostTextAsync(Users, """{"username":"ADA"}""");
        var pending = await desk.SignInAsync("ada", made.Member("password"));
        await desk.GivePasswordAsync(userId, AccessDesk.Password, temporary: false);
        var token = (await desk.SignInAsync("ADA", AccessDesk.Password)).AccessToken();
        await desk.Admin.SendAsync(HttpMethod.Patch, $"{Users}/{userId}", """{"lastName":"Lovelace","isAdmin":true}""");
        var self = await desk.GetAsync(Self, token);
        await desk.Admin.SendAsync(HttpMethod.Patch, $"{Users}/{userId}", """{"status":"INACTIVE"}""");
        var shutOut = await desk.GetAsync(Self, token);
        await desk.Admin.SendAsync(HttpMethod.Patch, $"{Users}/{userId}", """{"status":"ACTIVE"}""");
        var stillOut = await desk.GetAsync(Self, token);
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, $"{Users}/{userId}", null);

        Assert.Equal((HttpStatusCode.Created, "PENDING"), (made.Status, made.Json["user"]!["status"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.Conflict, twin.Status);
        Assert.Contains("temporary", pending.Member("error_description"), StringComparison.Ordinal);
        Assert.Equal(("Ada", "Lovelace", true), (self.Member("firstName"), self.Member("lastName"), self.Json["isAdmin"]!.GetValue<bool>()));
        Assert.Equal(HttpStatusCode.Unauthorized, shutOut.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, stillOut.Status);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Equal("invalid_grant", (await desk.SignInAsync("ada", AccessDesk.Password)).Error());
    }

    [Theory]
    [InlineData("a3f")]
    [InlineData("0e1")]
    public void An_invented_password_keeps_the_rules_also_for_a_name_that_is_likely_in_it(string username)
    {
        for (var round = 0; round < 2_000; round++)
            Assert.Null(PasswordRules.FaultOf(PasswordRules.Invent(username, 64), username, 64));
    }

    [Fact]
    public async Task The_last_admin_who_can_sign_in_stays_one()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        var admin = (await desk.Admin.GetAsync($"{Users}?search={desk.AdminUser.Name}")).Json["items"]![0]!["userId"]!.GetValue<long>();

        foreach (var change in new[] { """{"isAdmin":false}""", """{"status":"INACTIVE"}""", """{"apiOnly":true}""" })
            Assert.Equal(HttpStatusCode.Conflict, (await desk.Admin.SendAsync(HttpMethod.Patch, $"{Users}/{admin}", change)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await desk.Admin.SendAsync(HttpMethod.Delete, $"{Users}/{admin}", null)).Status);

        await desk.AddUserAsync("second", "\"isAdmin\":true");
        Assert.Equal(HttpStatusCode.NoContent, (await desk.Admin.SendAsync(HttpMethod.Delete, $"{Users}/{admin}", null)).Status);
    }

    [Theory]
    [InlineData("""{"username":""}""")]
    [InlineData("""{"username":"x","password":"short"}""")]
    [InlineData("""{"username":"x","password":"aaaaaaaaaaaaaaaaaaaa"}""")]
    [InlineData("""{"username":"somebody","password":"somebody is here 1"}""")]
    [InlineData("""{"username":"x","status":"SLEEPING"}""")]
    [InlineData("""{"username":"x","status":"1"}""")]
    [InlineData("""{"username":"x","groups":[9]}""")]
    [InlineData("""{"username":"x","environments":["moon"]}""")]
    [InlineData("""{"username":"a\u0000b"}""")]
    public async Task A_user_that_cannot_be_is_refused(string body)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);

        Assert.Equal(HttpStatusCode.BadRequest, (await desk.Admin.PostTextAsync(Users, body)).Status);
        Assert.Equal(2, (await desk.Admin.GetAsync(Users)).Json["total"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Five_wrong_passwords_lock_until_the_time_is_over_or_an_admin_unlocks(StoreKind kind)
    {
        var clock = new ShiftedClock();
        await using var house = await TestHouse.StartAsync(kind, clock);
        using var desk = await AccessDesk.OpenAsync(house);
        var userId = await desk.AddUserAsync("ada");

        var wrong = new List<ApiAnswer>();
        for (var attempt = 0; attempt < 5; attempt++)
            wrong.Add(await desk.SignInAsync("ada", "wrong password 123"));
        var right = await desk.SignInAsync("ada", AccessDesk.Password);
        var view = await desk.Admin.GetAsync($"{Users}/{userId}");
        await desk.Admin.SendAsync(HttpMethod.Post, $"{Users}/{userId}/unlock", null);
        var unlocked = await desk.SignInAsync("ada", AccessDesk.Password);
        for (var attempt = 0; attempt < 5; attempt++)
            await desk.SignInAsync("ada", "wrong password 123");
        clock.Shift(TimeSpan.FromMinutes(31));
        var later = await desk.SignInAsync("ada", AccessDesk.Password);

        Assert.All(wrong.Take(4), answer => Assert.Contains("wrong", answer.Member("error_description"), StringComparison.Ordinal));
        Assert.Contains("locked", wrong[4].Member("error_description"), StringComparison.Ordinal);
        Assert.Contains("locked", right.Member("error_description"), StringComparison.Ordinal);
        Assert.Equal("LOCKED", view.Member("status"));
        Assert.Equal(HttpStatusCode.OK, unlocked.Status);
        Assert.Equal(HttpStatusCode.OK, later.Status);
        Assert.Equal(2, (await desk.Admin.GetAsync("/api/sluice/v1/audit?kind=user.locked")).Json["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_name_that_nobody_has_locks_like_any_other()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        await desk.AddUserAsync("ada");

        for (var attempt = 0; attempt < 6; attempt++)
        {
            var known = await desk.SignInAsync("ada", "wrong password 123");
            var unknown = await desk.SignInAsync("nobody", "wrong password 123");
            Assert.Equal(known.Text, unknown.Text);
        }
    }

    [Fact]
    public async Task Parallel_guesses_count_one_by_one()
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Postgres);
        using var desk = await AccessDesk.OpenAsync(house);
        await desk.AddUserAsync("ada");

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => desk.SignInAsync("ada", "wrong password 123")));

        Assert.Equal(4, answers.Count(answer => answer.Member("error_description").Contains("wrong.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task The_audit_log_tells_grants_refusals_and_changes_without_a_secret(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await AccessDesk.OpenAsync(house);
        await desk.SignInAsync(desk.AdminUser.Name, desk.AdminUser.Password);
        await desk.SignInAsync(desk.AdminUser.Name, "wrong password 123");
        await desk.GrantAsync(desk.Api with { Secret = "wrong" });
        var client = await desk.AddClientAsync("""{"name":"new"}""");
        var userId = await desk.AddUserAsync("ada");
        await desk.Admin.SendAsync(HttpMethod.Delete, $"{Users}/{userId}", null);

        var all = await desk.Admin.GetAsync("/api/sluice/v1/audit?limit=1000");
        var refused = await desk.Admin.GetAsync("/api/sluice/v1/audit?kind=token.granted&outcome=refused");
        var about = await desk.Admin.GetAsync($"/api/sluice/v1/audit?subject={client.ClientId}");
        var first = await desk.Admin.GetAsync("/api/sluice/v1/audit?limit=2");
        var next = await desk.Admin.GetAsync($"/api/sluice/v1/audit?limit=2&before={first.Json["next"]}");

        var kinds = all.Json["items"]!.AsArray().Select(one => one!["kind"]!.GetValue<string>()).ToList();
        Assert.Superset(new HashSet<string> { "token.granted", "client.created", "user.created", "user.password-changed", "user.deleted" }, kinds.ToHashSet());
        Assert.Equal(2, refused.Json["items"]!.AsArray().Count);
        Assert.Contains(refused.Json["items"]!.AsArray(), one => one!["actor"]!.GetValue<string>() == desk.AdminUser.Name && one["address"]!.GetValue<string>() == "127.0.0.1");
        Assert.Equal("client.created", Assert.Single(about.Json["items"]!.AsArray())!["kind"]!.GetValue<string>());
        Assert.Equal(
            all.Json["items"]!.AsArray().Take(4).Select(one => one!["seq"]!.GetValue<long>()),
            first.Json["items"]!.AsArray().Concat(next.Json["items"]!.AsArray()).Select(one => one!["seq"]!.GetValue<long>()));
        foreach (var secret in new[] { desk.AdminUser.Password, "wrong password 123", desk.Api.Secret, desk.Legacy.Secret, client.Secret, AccessDesk.Password })
            Assert.DoesNotContain(secret, all.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_is_seen_in_the_next_read_and_lists_search_and_page()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await AccessDesk.OpenAsync(house);
        for (var number = 0; number < 7; number++)
            await desk.AddClientAsync($$"""{"name":"Row {{number}}"}""");

        var page = await desk.Admin.GetAsync($"{Clients}?search=row&limit=3&offset=3");
        var bad = await desk.Admin.GetAsync($"{Clients}?limit=0");

        Assert.Equal(7, page.Json["total"]!.GetValue<int>());
        Assert.Equal(["Row 3", "Row 4", "Row 5"], page.Json["items"]!.AsArray().Select(one => one!["name"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.BadRequest, bad.Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task An_admin_who_is_shut_out_is_let_back_in_from_the_command_line_while_the_server_runs(StoreKind kind)
    {
        var postgres = kind == StoreKind.Postgres ? [$"Storage:Postgres={await PostgresServer.NewDatabaseAsync()}"] : Array.Empty<string>();
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, postgres);
        using var desk = await AccessDesk.OpenAsync(house);
        for (var attempt = 0; attempt < 5; attempt++)
            await desk.SignInAsync(desk.AdminUser.Name, "wrong password 123");
        var settings = new ServerSettings { Data = house.Folder, Overrides = postgres.ToDictionary(one => one[..one.IndexOf('=')], one => (string?)one[(one.IndexOf('=') + 1)..]) };
        using var said = new StringWriter();

        Assert.Equal(1, await RecoverAdminCommand.RunAsync(settings, "nobody", said, TestContext.Current.CancellationToken));
        Assert.Equal(1, await RecoverAdminCommand.RunAsync(settings with { Data = Path.GetTempPath(), Overrides = new Dictionary<string, string?>() }, null, said, TestContext.Current.CancellationToken));
        Assert.Equal(0, await RecoverAdminCommand.RunAsync(settings, null, said, TestContext.Current.CancellationToken));

        var password = said.ToString().Trim().Split(' ')[^1];
        var answer = await desk.SignInAsync(desk.AdminUser.Name, password);
        Assert.Contains("temporary", answer.Member("error_description"), StringComparison.Ordinal); // right, and to be changed
        var audit = await desk.Admin.GetAsync("/api/sluice/v1/audit?actor=command%20line");
        Assert.Single(audit.Json["items"]!.AsArray());
    }
}
