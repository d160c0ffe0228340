using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Developers, apps, keys and API products over the management API (contract gateway.md 3.7).</summary>
public sealed class ConsumerManagementTests
{
    private const string App = $"developers/{ConsumerSample.Jane}/apps/web";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.7")]
    public async Task A_developer_is_created_listed_changed_and_deleted_with_apps_and_keys(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        var app = await desk.NewAppAsync();

        var (_, names) = await desk.ManageAsync("GET", "developers");
        var (_, expanded) = await desk.ManageAsync("GET", "developers?expand=true");
        var (_, changed) = await desk.ManageAsync("PUT", "developers/JANE@example.com", new JsonObject { ["lastName"] = "Roe", ["email"] = "roe@example.com" });
        var (off, _) = await desk.ManageAsync("POST", "developers/roe@example.com?action=inactive");
        var (_, read) = await desk.ManageAsync("GET", $"developers/{changed!["developerId"]}");
        var (deleted, _) = await desk.ManageAsync("DELETE", "developers/roe@example.com");
        var (gone, why) = await desk.ManageAsync("GET", "developers/roe@example.com");
        var (noApp, _) = await desk.ManageAsync("GET", $"apps/{app["appId"]}");
        var (free, _) = await desk.ManageAsync("DELETE", "apiproducts/gold");

        Assert.Equal([ConsumerSample.Jane], ConsumerSample.Names(names));
        Assert.Equal("Jane", expanded!["developer"]![0]!["firstName"]!.GetValue<string>());
        Assert.Equal(["web"], ConsumerSample.Names(expanded["developer"]![0]!["apps"]));
        Assert.Equal(("Roe", "Jane", "roe@example.com"), (changed["lastName"]!.GetValue<string>(), changed["firstName"]!.GetValue<string>(), changed["email"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.NoContent, off);
        Assert.Equal("inactive", read!["status"]!.GetValue<string>());
        Assert.Equal("red", read["attributes"]![0]!["value"]!.GetValue<string>());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.OK), (deleted, gone, noApp, free));
        Assert.Equal("developer.service.DeveloperDoesNotExist", why!["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.7")]
    public async Task A_key_is_made_or_given_bound_to_products_approved_and_revoked(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        var app = await desk.NewAppAsync(app: new JsonObject { ["keyExpiresIn"] = "60000", ["callbackUrl"] = "https://app.example.com/cb" });
        await desk.NewProductAsync("silver", new JsonObject { ["approvalType"] = "manual" });

        var made = app["credentials"]![0]!;
        var given = await desk.CreateAsync($"{App}/keys/create", new JsonObject { ["consumerKey"] = "my-key", ["consumerSecret"] = "my-secret" });
        var (twice, _) = await desk.ManageAsync("POST", $"{App}/keys", new JsonObject { ["consumerKey"] = "my-key", ["consumerSecret"] = "other" });
        var (_, bound) = await desk.ManageAsync("POST", $"{App}/keys/my-key", new JsonObject { ["apiProducts"] = new JsonArray("silver", "gold"), ["scopes"] = new JsonArray("read") });
        var (approved, _) = await desk.ManageAsync("POST", $"{App}/keys/my-key/apiproducts/silver?action=approve");
        var (_, cut) = await desk.ManageAsync("DELETE", $"{App}/keys/my-key/apiproducts/gold");
        var (revoked, _) = await desk.ManageAsync("POST", $"{App}/keys/my-key?action=revoke");
        var (_, byStatus) = await desk.ManageAsync("POST", $"{App}/keys/{ConsumerSample.KeyOf(app)}", new JsonObject { ["status"] = "revoked" });
        var (_, read) = await desk.ManageAsync("GET", $"{App}/keys/my-key");
        var (missing, _) = await desk.ManageAsync("POST", $"{App}/keys/my-key", new JsonObject { ["apiProducts"] = new JsonArray("nothing") });

        Assert.Equal(60_000, made["expiresAt"]!.GetValue<long>() - made["issuedAt"]!.GetValue<long>());
        Assert.Equal(48, made["consumerKey"]!.GetValue<string>().Length);
        Assert.Equal("approved", made["apiProducts"]![0]!["status"]!.GetValue<string>());
        Assert.Equal(("my-secret", -1L), (given["consumerSecret"]!.GetValue<string>(), given["expiresAt"]!.GetValue<long>()));
        Assert.Equal(HttpStatusCode.Conflict, twice);
        Assert.Equal(["silver pending", "gold approved"], bound!["apiProducts"]!.AsArray().Select(one => $"{one!["apiproduct"]} {one["status"]}"));
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (approved, revoked));
        Assert.Equal("silver", cut!["apiProducts"]!.AsArray().Single()!["apiproduct"]!.GetValue<string>());
        Assert.Equal("revoked", byStatus!["status"]!.GetValue<string>());
        Assert.Equal(("revoked", "approved", "my-secret"), (read!["status"]!.GetValue<string>(), read["apiProducts"]![0]!["status"]!.GetValue<string>(), read["consumerSecret"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.NotFound, missing);
    }

    [Fact]
    [Contract("gateway 3.7")]
    public async Task An_app_is_found_by_name_and_id_gets_another_key_for_named_products_and_is_deleted()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        var app = await desk.NewAppAsync();

        var (_, changed) = await desk.ManageAsync("PUT", App, new JsonObject { ["callbackUrl"] = "https://two.example.com", ["apiProducts"] = new JsonArray("gold") });
        var (_, byId) = await desk.ManageAsync("GET", $"apps/{app["appId"]}");
        var (_, ids) = await desk.ManageAsync("GET", "apps");
        var (_, names) = await desk.ManageAsync("GET", $"developers/{ConsumerSample.Jane}/apps");
        var (again, _) = await desk.ManageAsync("POST", $"developers/{ConsumerSample.Jane}/apps", new JsonObject { ["name"] = "web" });
        var (set, _) = await desk.ManageAsync("POST", $"{App}/attributes/colour", new JsonObject { ["value"] = "blue" });
        var (_, attributes) = await desk.ManageAsync("GET", $"{App}/attributes");
        var (deleted, _) = await desk.ManageAsync("DELETE", App);
        var (gone, _) = await desk.ManageAsync("GET", App);

        Assert.Equal(2, changed!["credentials"]!.AsArray().Count);
        Assert.Equal("https://two.example.com", byId!["callbackUrl"]!.GetValue<string>());
        Assert.Equal([app["appId"]!.GetValue<string>()], ConsumerSample.Names(ids));
        Assert.Equal(["web"], ConsumerSample.Names(names));
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NotFound), (again, set, deleted, gone));
        Assert.Equal("blue", attributes!["attribute"]![0]!["value"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("gateway 3.7")]
    public async Task A_product_that_a_key_is_for_is_not_deleted(StoreKind kind)
    {
        await using var desk = await GatewayDesk.OpenAsync(kind);
        var app = await desk.NewAppAsync(new JsonObject { ["quota"] = "5", ["quotaInterval"] = "1", ["quotaTimeUnit"] = "hour", ["proxies"] = new JsonArray("weather") });

        var (used, why) = await desk.ManageAsync("DELETE", "apiproducts/gold");
        var (_, changed) = await desk.ManageAsync("PUT", "apiproducts/gold", new JsonObject { ["displayName"] = "Gold", ["apiResources"] = new JsonArray("/a/**") });
        await desk.ManageAsync("DELETE", $"{App}/keys/{ConsumerSample.KeyOf(app)}");
        var (free, _) = await desk.ManageAsync("DELETE", "apiproducts/gold");
        var (_, left) = await desk.ManageAsync("GET", "apiproducts");

        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.OK), (used, free));
        Assert.Equal("keymanagement.service.apiproduct_in_use", why!["code"]!.GetValue<string>());
        Assert.Equal(("Gold", "5", "weather"), (changed!["displayName"]!.GetValue<string>(), changed["quota"]!.GetValue<string>(), changed["proxies"]![0]!.GetValue<string>()));
        Assert.Empty(left!.AsArray());
    }

    [Theory]
    [InlineData("developers", """{"firstName":"x"}""", "email")]
    [InlineData("developers", """{"email":"no-address"}""", "email")]
    [InlineData("developers", """{"email":"a@b.c","attributes":[{"value":"x"}]}""", "attributes[0]")]
    [InlineData("developers", """{"email":"a@b.c","status":"gone"}""", "status")]
    [InlineData("apiproducts", """{"name":"a/b"}""", "name")]
    [InlineData("apiproducts", """{"name":"p","approvalType":"never"}""", "approvalType")]
    [InlineData("apiproducts", """{"name":"p","quota":"many"}""", "quota")]
    [InlineData("apiproducts", """{"name":"p","proxies":"weather"}""", "proxies")]
    [InlineData("apiproducts", """{"name":"p","operationGroup":{"operationConfigs":[{}]}}""", "apiSource")]
    [InlineData("developers/jane@example.com/apps", """{"name":""}""", "name")]
    [InlineData("developers/jane@example.com/apps", """{"name":"x","keyExpiresIn":"soon"}""", "keyExpiresIn")]
    [InlineData("developers/jane@example.com/apps", """{"name":"x","consumerKey":"a b"}""", "consumerKey")]
    [Contract("gateway 3.7")]
    public async Task What_is_wrong_is_refused_by_the_name_of_its_field_and_changes_nothing(string path, string body, string field)
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.NewAppAsync();
        var (_, before) = await desk.ManageAsync("GET", path + "?expand=true");

        var (status, why) = await desk.ManageAsync("POST", path, JsonNode.Parse(body));

        var (_, after) = await desk.ManageAsync("GET", path + "?expand=true");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(field, why!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(before!.ToJsonString(), after!.ToJsonString());
    }

    [Fact]
    [Contract("gateway Ruling 7")]
    public async Task No_consumer_secret_stands_readable_in_the_database()
    {
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.NewAppAsync(app: new JsonObject { ["consumerKey"] = "readable-key", ["consumerSecret"] = "not-to-be-read-by-anybody" });

        var files = Directory.EnumerateFiles(desk.House.Folder, "installation.db*").Select(ReadShared).ToList();

        Assert.Contains(files, bytes => bytes.AsSpan().IndexOf("readable-key"u8) >= 0);
        Assert.DoesNotContain(files, bytes => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("not-to-be-read-by-anybody")) >= 0);
    }

    [Fact]
    [Contract("gateway 3.7")]
    public async Task A_restart_finds_every_key_again()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-consumers-");
        string key;
        await using (var desk = await GatewayDesk.OfAsync(await TestHouse.StartInAsync(folder.FullName)))
            key = ConsumerSample.KeyOf(await desk.NewAppAsync());

        await using (var desk = await GatewayDesk.OfAsync(await TestHouse.StartInAsync(folder.FullName)))
        {
            var (status, read) = await desk.ManageAsync("GET", $"{App}/keys/{key}");

            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(64, read!["consumerSecret"]!.GetValue<string>().Length);
        }
        folder.Delete(recursive: true);
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
