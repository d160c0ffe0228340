using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Access;

/// <summary>Getting a token, and what management paths say to those who have none: contract collection.md section 7.</summary>
public sealed class TokenTests
{
    private const string Management = "/data/foundation/catalog/dataSets";

    [Theory]
    [InlineData(StoreKind.Sqlite, "/ims/token/v3")]
    [InlineData(StoreKind.Postgres, "/ims/token/v3")]
    [InlineData(StoreKind.Sqlite, "/ims/token/v2")]
    [InlineData(StoreKind.Sqlite, "/ims/token")]
    [Statement("B7")]
    public async Task A_client_gets_a_bearer_token_by_form_or_by_query(StoreKind kind, string path)
    {
        await using var house = await TestHouse.StartAsync(kind);
        var client = house.Credentials["client"]!;
        using var form = new FormUrlEncodedContent(
            [new("grant_type", "client_credentials"), new("client_id", $"{client["clientId"]}"), new("client_secret", $"{client["clientSecret"]}")]);
        var query = $"{path}?grant_type=client_credentials&client_id={client["clientId"]}&client_secret={client["clientSecret"]}&scope=openid";

        using var byForm = await house.Http.PostAsync(path, form, TestContext.Current.CancellationToken);
        using var byQuery = await house.Http.PostAsync(query, null, TestContext.Current.CancellationToken);

        foreach (var answer in new[] { byForm, byQuery })
        {
            var granted = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            Assert.Equal("bearer", granted["token_type"]!.GetValue<string>());
            Assert.Equal(86_399, granted["expires_in"]!.GetValue<int>());
            using var api = new ApiClient(house.Address, granted["access_token"]!.GetValue<string>());
            Assert.Equal(HttpStatusCode.OK, (await api.GetAsync(Management)).Status);
        }
    }

    [Theory]
    [InlineData("grant_type=client_credentials&client_id=nobody&client_secret=wrong", 400, "invalid_client")]
    [InlineData("grant_type=client_credentials&client_id=ID&client_secret=wrong", 400, "invalid_client")]
    [InlineData("grant_type=magic&client_id=ID&client_secret=wrong", 400, "unsupported_grant_type")]
    [InlineData("client_id=ID&client_secret=wrong", 400, "invalid_request")]
    [InlineData("grant_type=client_credentials", 400, "invalid_request")]
    public async Task A_token_is_refused_with_the_error_of_the_standard(string query, int status, string error)
    {
        await using var house = await TestHouse.StartAsync();
        using var nobody = new ApiClient(house.Address, null);
        var clientId = house.Credentials["client"]!["clientId"]!.GetValue<string>();

        var answer = await nobody.SendAsync(HttpMethod.Post, "/ims/token/v3?" + query.Replace("=ID", "=" + clientId, StringComparison.Ordinal), null);

        Assert.Equal(status, (int)answer.Status);
        Assert.Equal(error, answer.Json["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_legacy_client_gets_no_token_here_and_a_form_beyond_its_bound_is_413()
    {
        await using var house = await TestHouse.StartAsync();
        using var nobody = new ApiClient(house.Address, null);
        var legacy = house.Credentials["legacyClient"]!;
        using var large = new HttpRequestMessage(HttpMethod.Post, "/ims/token/v3")
        {
            Content = new FormUrlEncodedContent([new("client_secret", new string('x', 100_000))]),
        };

        var refused = await nobody.SendAsync(HttpMethod.Post,
            $"/ims/token/v3?grant_type=client_credentials&client_id={legacy["clientId"]}&client_secret={legacy["clientSecret"]}", null);

        Assert.Equal("invalid_client", refused.Json["error"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await nobody.SendAsync(large)).Status);
    }

    [Fact]
    public async Task A_management_path_says_whether_the_token_is_missing_or_bad()
    {
        await using var house = await TestHouse.StartAsync();
        using var nobody = new ApiClient(house.Address, null);
        var token = await house.TokenAsync();

        var missing = await nobody.GetAsync(Management);
        var forged = await nobody.GetAsync(Management, ("Authorization", "Bearer " + token[..^4] + "AAAA"));

        Assert.Equal(HttpStatusCode.Forbidden, missing.Status);
        Assert.Equal("""{"error_code":"403010","message":"Oauth token is missing."}""", missing.Text);
        Assert.Equal(HttpStatusCode.Unauthorized, forged.Status);
        Assert.Equal("""{"error_code":"401013","message":"Oauth token is not valid"}""", forged.Text);
    }

    [Fact]
    public async Task Api_key_and_organisation_are_enforced_on_ims_hosts_only()
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, "Access:ImsHosts:0=localhost");
        using var api = new ApiClient(house.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), await house.TokenAsync());
        var key = house.Credentials["client"]!["clientId"]!.GetValue<string>();

        Assert.Equal("403000", (await api.GetAsync(Management)).Json["error_code"]!.GetValue<string>());
        Assert.Equal("403003", (await api.GetAsync(Management, ("x-api-key", "nobody"))).Json["error_code"]!.GetValue<string>());
        Assert.Equal("400003", (await api.GetAsync(Management, ("x-api-key", key))).Json["error_code"]!.GetValue<string>());
        Assert.Equal("403025", (await api.GetAsync(Management, ("x-api-key", key), ("x-gw-ims-org-id", "other"))).Json["error_code"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync(Management, ("x-api-key", key), ("x-gw-ims-org-id", house.OrgId))).Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_token_is_still_good_after_a_restart(StoreKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-restart-");
        var settings = kind == StoreKind.Postgres ? [$"Storage:Postgres={await PostgresServer.NewDatabaseAsync()}"] : Array.Empty<string>();
        string token;
        await using (var first = await TestHouse.StartEmptyInAsync(folder.FullName, settings))
            token = await first.TokenAsync();

        await using (var second = await TestHouse.StartInAsync(folder.FullName, settings))
        {
            using var api = new ApiClient(second.Address, token);
            Assert.Equal(HttpStatusCode.OK, (await api.GetAsync(Management)).Status);
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Credentials_and_the_signing_key_are_for_the_owner_alone()
    {
        await using var house = await TestHouse.StartEmptyAsync();

        if (OperatingSystem.IsWindows())
            return; // Windows has no file modes
        foreach (var name in new[] { "credentials.json", "installation.db", "installation.db-wal", "production/metadata.db" })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(house.Folder, name)));
    }
}
