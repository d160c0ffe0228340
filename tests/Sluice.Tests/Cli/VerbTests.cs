using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Cli;

/// <summary>The verbs that call a running server, each over real sockets.</summary>
public sealed class VerbTests
{
    private static readonly string[] Looks = ["server", "clock", "journal"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Schemas_and_datasets_are_listed_shown_and_created(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await Producer.OpenAsync(house);

        var schemas = await CommandRun.Of(house, "schemas", "list", "--json");
        var title = (string)schemas.Json.AsArray().Single(one => (string)one!["id"]! == desk.SchemaId)!["title"]!;
        var schema = await CommandRun.Of(house, "schemas", "show", title);
        var created = await CommandRun.Of(house, "datasets", "create", "Clicks", "--schema", title);
        var shown = await CommandRun.Of(house, "datasets", "show", "Clicks", "--json");
        var table = await CommandRun.Of(house, "datasets", "list");

        Assert.Equal(desk.SchemaId, (string)schema.Json["$id"]!);
        Assert.Equal((0, created.Output.Trim(), desk.SchemaId), (shown.Code, (string)shown.Json["id"]!, (string)shown.Json["schema"]!));
        Assert.Contains(table.Output.Split('\n'), line => line.StartsWith(created.Output.Trim(), StringComparison.Ordinal) && line.Contains("Clicks", StringComparison.Ordinal));
        Assert.Equal((1, "Not done: there is no dataset 'Nothing'\n"), await ErrorAsync(house, "datasets", "show", "Nothing"));
        Assert.Equal((1, "Not done: there is no schema 'Nothing'\n"), await ErrorAsync(house, "schemas", "show", "Nothing"));
    }

    [Fact]
    public async Task A_message_is_tailed_and_traced_and_a_failed_group_is_tried_out_fixed_and_gone()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await Producer.OpenAsync(house);
        var tailing = CommandRun.Of(house, "tail", "--inlet", desk.InletId, "--outcome", "rejected", "--count", "1", "--json");

        var id = "";
        while (!tailing.IsCompleted)
        {
            var answer = await desk.SendAsync(desk.Message(new JsonObject { ["_id"] = "x", ["timestamp"] = 7 }));
            id = (string)answer.Json["responses"]![0]!["xactionId"]!;
            await Task.WhenAny(tailing, Task.Delay(50, Cancellation));
        }
        await desk.LandedAsync(1, "failed");
        var traced = await CommandRun.Of(house, "trace", id, "--json");
        var groups = await CommandRun.Of(house, "failed", "list", "--json");
        var group = (string)groups.Json[0]!["fingerprint"]!;
        var first = await CommandRun.Of(house, "failed", "show", group, "--limit", "1");
        var again = await CommandRun.Of(house, "failed", "resend", group, "--json");
        const string Patch = """[{"op":"replace","path":"/body/xdmEntity/timestamp","value":"2019-02-23T22:07:01Z"}]""";
        var tried = await CommandRun.Of(house, "failed", "fix", group, "--patch", Patch, "--dry-run");
        var done = await CommandRun.Of(house, "failed", "fix", group, "--patch", Patch, "--json");

        Assert.Contains("\"outcome\":", (await tailing).Output, StringComparison.Ordinal);
        Assert.Equal(["received"], traced.Json["events"]!.AsArray().Take(1).Select(one => (string)one!["event"]!));
        Assert.Equal(7, (int)first.Json["body"]!["xdmEntity"]!["timestamp"]!);
        Assert.Equal(3, again.Code);
        Assert.StartsWith("Would pass: ", tried.Output, StringComparison.Ordinal);
        Assert.Equal((0, true), (done.Code, (int)done.Json["passed"]! > 0));
        Assert.Equal((2, true), await WrongAsync(house, "--patch is not JSON", "failed", "fix", group, "--patch", "["));
    }

    [Fact]
    public async Task What_landed_is_replayed_and_followed_to_its_end()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await Producer.OpenAsync(house);
        await desk.SendAsync(desk.Message());
        await desk.LandedAsync(1);

        var started = await CommandRun.Of(house, "replay", "start", "--dataset", desk.DatasetId, "--follow", "--json");
        var listed = await CommandRun.Of(house, "replay", "list");

        Assert.Equal((0, "done"), (started.Code, (string)started.Json["state"]!));
        Assert.Contains((string)started.Json["id"]!, listed.Output, StringComparison.Ordinal);
        Assert.Equal((1, true), await WrongAsync(house, "'from' must be a time", "replay", "start", "--from", "yesterday"));
    }

    [Fact]
    public async Task A_client_gets_a_token_that_others_can_use_and_sees_what_it_says()
    {
        await using var house = await TestHouse.StartAsync();

        var token = await CommandRun.Of(house, "tokens", "get");
        var shown = await CommandRun.Of(house, "tokens", "show", "--json");
        var denied = await CommandRun.Of(house, "tokens", "get", "--client-id", "nobody", "--client-secret", "nothing");
        using var api = new ApiClient(house.Address, token.Output.Trim());

        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("/data/foundation/catalog/dataSets")).Status);
        Assert.Equal((string)house.Credentials["client"]!["clientId"]!, (string)shown.Json["client"]!);
        Assert.DoesNotContain(token.Output.Trim(), shown.Output, StringComparison.Ordinal);
        Assert.Equal((1, ""), (denied.Code, denied.Output));
    }

    [Fact]
    public async Task Traits_segments_and_caches_are_listed_and_what_is_not_there_is_said()
    {
        await using var house = await TestHouse.StartAsync();

        Assert.Equal((0, "None.\n"), await OutputAsync(house, "segments", "list"));
        var traits = await CommandRun.Of(house, "traits", "list", "--json");
        var trait = traits.Json[0]!; // an installation begins with some of its own
        Assert.Equal((string?)trait["name"], (string?)(await CommandRun.Of(house, "traits", "show", trait["sid"]!.ToString(), "--json")).Json["name"]);
        Assert.Equal((0, "None.\n"), await OutputAsync(house, "caches", "list"));
        var preview = await CommandRun.Of(house, "segments", "preview", $"{trait["sid"]}T");
        Assert.True(preview.Output.StartsWith("0 profiles (0 devices, 0 customers)\n", StringComparison.Ordinal), preview.Output + preview.Error);
        Assert.Equal((1, true), await WrongAsync(house, "Not done: There is no segment 17", "segments", "explain", "17", "somebody"));
        Assert.Equal((1, true), await WrongAsync(house, "Not done: ", "traits", "show", "17000"));
        Assert.Equal((1, true), await WrongAsync(house, "Not done: ", "segments", "preview", "17T AND"));
        Assert.Equal((1, true), await WrongAsync(house, "Not done: ", "caches", "clear", "nothing"));
    }

    [Fact]
    public async Task A_trait_and_a_segment_are_created_used_and_deleted_and_what_cannot_be_is_said()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await Producer.OpenAsync(house);
        await desk.Api.PostAsync("/v1/datasources/", new JsonObject { ["name"] = "Shop", ["integrationCode"] = "shop-1", ["idType"] = "COOKIE" });

        var trait = await CommandRun.Of(house, "traits", "create", "Views shoes", "--rule", "page==shoes", "--data-source", "Shop");
        var sid = trait.Output.Trim();
        var segment = await CommandRun.Of(house, "segments", "create", "Likes shoes", "--rule", $"{sid}T", "--data-source", "shop-1", "--description", "Of the shop", "--json");
        var preview = await CommandRun.Of(house, "segments", "preview", $"{sid}T");
        var used = await CommandRun.Of(house, "traits", "delete", sid);
        var gone = await CommandRun.Of(house, "segments", "delete", segment.Json["sid"]!.ToString(), "--json");
        var unused = await CommandRun.Of(house, "traits", "delete", sid);

        Assert.True(trait.Code == 0 && segment.Code == 0 && preview.Code == 0, trait.Error + segment.Error + preview.Error);
        Assert.Equal(("Likes shoes", "Of the shop", $"{sid}T"), ((string)segment.Json["name"]!, (string)segment.Json["description"]!, (string)segment.Json["segmentRule"]!));
        Assert.Equal((1, true), (used.Code, used.Error.StartsWith("Not done: ", StringComparison.Ordinal)));
        Assert.Equal((0, segment.Json["sid"]!.ToString()), (gone.Code, gone.Json["deleted"]!.ToString()));
        Assert.Equal((0, $"trait {sid} is deleted\n"), (unused.Code, unused.Output));
        Assert.Equal((1, true), await WrongAsync(house, "Not done: ", "traits", "show", sid));
        Assert.Equal((1, true), await WrongAsync(house, "there is no data source 'Nowhere'", "traits", "create", "x", "--rule", "a==1", "--data-source", "Nowhere"));
        Assert.Equal((1, true), await WrongAsync(house, "Not done: ", "traits", "create", "x", "--rule", "a==", "--data-source", "Shop"));
        Assert.Equal((2, true), await WrongAsync(house, "--rule", "segments", "create", "x", "--data-source", "Shop"));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task An_export_is_brought_into_another_installation_and_a_second_import_changes_nothing(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var desk = await Producer.OpenAsync(house, new JsonObject { ["deduplication"] = true });
        await FurnishGatewayAsync(house, desk.Api);
        await using var other = await TestHouse.StartEmptyAsync(kind);
        var folder = Directory.CreateTempSubdirectory("sluice-export-");

        var exported = await CommandRun.Of(house, "export", folder.FullName);
        var first = await CommandRun.Of(other, "import", folder.FullName, "--json");
        Assert.True(exported.Code == 0 && first.Code == 0, exported.Error + first.Error);
        var second = await CommandRun.Of(other, "import", folder.FullName, "--json");
        var again = await CommandRun.Of(other, "export", folder.FullName, "--json");
        var dataset = await CommandRun.Of(other, "datasets", "show", "Events", "--json");
        var served = await other.Http.GetStringAsync("/greet", Cancellation);
        folder.Delete(recursive: true);

        Assert.Equal((1, 1), ((int)first.Json["datasets"]!, (int)first.Json["inlets"]!));
        Assert.Equal((2, 1), ((int)first.Json["gateway"]!["created"]!, (int)first.Json["gateway"]!["deployed"]!));
        Assert.Equal((0, 0), ((int)second.Json["gateway"]!["created"]!, (int)second.Json["gateway"]!["deployed"]!));
        Assert.Equal("hello", served);
        Assert.Equal((0, 0, 0), ((int)second.Json["datasets"]!, (int)second.Json["inlets"]!, (int)second.Json["audience"]!["created"]!));
        Assert.Equal((1, 1, 1), ((int)again.Json["schemas"]!, (int)again.Json["datasets"]!, (int)again.Json["inlets"]!));
        Assert.Contains(other.TenantId, (string)dataset.Json["schema"]!, StringComparison.Ordinal);
    }

    private static async Task FurnishGatewayAsync(TestHouse house, ApiClient api)
    {
        var organization = $"/v1/organizations/{house.TenantId}";
        await api.PostAsync($"{organization}/environments/production/caches?name=greetings", new JsonObject());
        await api.PostAsync($"{organization}/apiproducts", new JsonObject { ["name"] = "greeting", ["displayName"] = "Greeting", ["approvalType"] = "auto" });
        var bundle = Path.Combine(house.Folder, "greet.zip");
        await File.WriteAllBytesAsync(bundle, BundleText.Proxy("/greet", null, response: "Say").Policy("""<AssignMessage name="Say"><Set><Payload>hello</Payload></Set></AssignMessage>""").Zip(), Cancellation);
        var deployed = await CommandRun.Of(house, "proxies", "deploy", bundle, "--name", "greet");
        Assert.True(deployed.Code == 0, deployed.Output + deployed.Error);
    }

    [Fact]
    public async Task A_server_that_is_away_or_none_and_missing_credentials_are_said_in_a_sentence()
    {
        var away = await CommandRun.Of(Cancellation, "datasets", "list", "--server", "http://127.0.0.1:1", "--client-id", "a");
        var none = await CommandRun.Of(Cancellation, "datasets", "list", "--server", "nowhere");
        var nobody = await CommandRun.Of(Cancellation, "datasets", "list", "--data", "/nowhere/at/all");

        Assert.Equal((1, true), (away.Code, away.Error.StartsWith("Not done: ", StringComparison.Ordinal)));
        Assert.Equal((1, true), (none.Code, none.Error.Contains("'nowhere' is not an http or https address", StringComparison.Ordinal)));
        Assert.Equal((1, true), (nobody.Code, nobody.Error.Contains("there is no /nowhere/at/all/credentials.json", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task The_doctor_finds_a_running_server_well_and_names_what_is_ill_with_what_to_do(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var well = await CommandRun.Of(Cancellation, "doctor", "--data", house.Folder, "--server", house.Address, "--json");
        var ill = await CommandRun.Of(
            Cancellation, "doctor", "--data", house.Folder, "--urls", $"http://127.0.0.1:{port}", "--server", "http://127.0.0.1:1",
            "--Storage:Postgres=Host=127.0.0.1;Port=1;Timeout=1", "--Tls:Certificate=/nowhere.pem");

        Assert.Equal(0, well.Code);
        Assert.Equal(["ok", "ok", "ok"], Looks.Select(check => (string)well.Json.AsArray().First(one => (string)one!["check"]! == check)!["result"]!));
        Assert.Equal(1, ill.Code);
        foreach (var line in new[] { $"fail  port         http://127.0.0.1:{port} cannot be listened on", "fail  store        PostgreSQL does not answer", "fail  certificate " })
            Assert.Contains(line, ill.Output, StringComparison.Ordinal);
    }

    private static async Task<(int, string)> OutputAsync(TestHouse house, params string[] arguments)
    {
        var run = await CommandRun.Of(house, arguments);
        return (run.Code, run.Output);
    }

    private static async Task<(int, string)> ErrorAsync(TestHouse house, params string[] arguments)
    {
        var run = await CommandRun.Of(house, arguments);
        return (run.Code, run.Error);
    }

    private static async Task<(int, bool)> WrongAsync(TestHouse house, string says, params string[] arguments)
    {
        var run = await CommandRun.Of(house, arguments);
        return (run.Code, run.Error.Contains(says, StringComparison.Ordinal));
    }
}
