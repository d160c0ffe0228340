using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Failed messages are grouped by what is wrong, a repair is tried out on a whole group, and sent again without a duplicate.</summary>
public sealed class FailedMessageTests
{
    private const string Base = "/api/sluice/v1/failed-messages";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_group_is_fixed_by_one_patch_and_each_message_is_stored_under_the_id_its_sender_was_told(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var answers = await producer.SendAsync(Wrong(producer, "a", 0), Wrong(producer, "b", 2), producer.Message(new JsonObject { ["timestamp"] = 1 }));
        await producer.LandedAsync(3, "failed");

        var group = (await GroupsAsync(producer)).Single(one => one["keyword"]!.GetValue<string>() == "type" && one["count"]!.GetValue<int>() == 2);
        var fingerprint = group["fingerprint"]!.GetValue<string>();
        var messages = await producer.Api.GetAsync($"{Base}/groups/{fingerprint}/messages?limit=1&start=1");
        var patch = JsonNode.Parse("""[{"op":"remove","path":"/body/xdmEntity/productListItems"}]""")!;
        var tried = await FixAsync(producer, fingerprint, patch, dryRun: true);
        var landedAfterTrial = await producer.Api.GetAsync($"/data/foundation/catalog/batches?dataSet={producer.DatasetId}&status=success");
        var sent = await FixAsync(producer, fingerprint, patch, dryRun: false);
        var landed = await producer.LandedAsync(2, query: "envelope=true&");

        Assert.Equal("#/productListItems/*/quantity", group["pointer"]!.GetValue<string>());
        Assert.Equal(producer.SchemaId, group["schema"]!.GetValue<string>());
        Assert.Equal(producer.DatasetId, group["owners"]![0]!["id"]!.GetValue<string>());
        var sample = messages.Json["messages"]!.AsArray().Single()!["message"]!;
        Assert.Equal("b", sample["body"]!["xdmEntity"]!["_id"]!.GetValue<string>());
        Assert.Equal((producer.InletId, 1), (sample["_dcsMeta"]!["inletId"]!.GetValue<string>(), sample["_dcsMeta"]!["schemaVersion"]!.GetValue<int>()));
        Assert.Equal((2, 2, 0), (Count(tried, "total"), Count(tried, "passed"), Count(tried, "refused")));
        Assert.Empty(landedAfterTrial.Json.AsObject());
        Assert.Equal((2, 2), (Count(sent, "total"), Count(sent, "passed")));
        Assert.Equal(
            [answers.Json["responses"]![0]!["xactionId"]!.GetValue<string>(), answers.Json["responses"]![1]!["xactionId"]!.GetValue<string>()],
            landed.Select(line => line["_dcsMeta"]!["xactionId"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.NotFound, (await producer.Api.GetAsync($"{Base}/groups/{fingerprint}")).Status);
        Assert.Single(await GroupsAsync(producer));
    }

    [Fact]
    public async Task A_message_that_is_still_wrong_stays_in_its_group_with_the_reason()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(Wrong(producer, "a", 0), Wrong(producer, "b", 0));
        await producer.LandedAsync(2, "failed");
        var group = (await GroupsAsync(producer)).Single();

        var sent = await FixAsync(producer, group["fingerprint"]!.GetValue<string>(), JsonNode.Parse(
            """[{"op":"test","path":"/body/xdmEntity/_id","value":"a"},{"op":"replace","path":"/body/xdmEntity/productListItems/0/quantity","value":"1"}]""")!, false);

        Assert.Equal((0, 1, 1), (Count(sent, "passed"), Count(sent, "refused"), Count(sent, "unreadable")));
        Assert.Contains(sent["reasons"]!.AsArray(), reason => reason!["message"]!.GetValue<string>().Contains("expected type", StringComparison.Ordinal));
        Assert.Contains(sent["reasons"]!.AsArray(), reason => reason!["message"]!.GetValue<string>().Contains("the test failed", StringComparison.Ordinal));
        Assert.Equal(2, (await GroupsAsync(producer)).Single()["count"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_message_refused_for_its_envelope_is_fixed_too_and_so_is_one_without_a_dataset()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var organisation = producer.Message(Producer.Entity("a"));
        organisation["header"]!["imsOrgId"] = "other@AdobeOrg";
        var dataset = producer.Message(Producer.Entity("b"));
        dataset["header"]!["datasetId"] = "000000000000000000000000";
        await producer.SendAsync(organisation, dataset, JsonValue.Create("no message"));
        await producer.LandedAsync($"inlet={producer.InletId}", 0, "failed", "");
        await producer.LandedAsync(1, "failed");

        var groups = await WaitForGroupsAsync(producer, 3);
        async Task<JsonNode> Fix(string code, string patch) => await FixAsync(
            producer, groups.Single(group => group["code"]!.GetValue<string>() == code)["fingerprint"]!.GetValue<string>(), JsonNode.Parse(patch)!, false);
        var first = await Fix("DCCS-1004-400", """[{"op":"remove","path":"/header/imsOrgId"}]""");
        var second = await Fix("DCCS-1008-400", $$"""[{"op":"replace","path":"/header/datasetId","value":"{{producer.DatasetId}}"}]""");
        var third = await Fix("DCCS-1001-400", """[{"op":"add","path":"/header","value":{}}]""");

        Assert.Equal((1, 1), (Count(first, "passed"), Count(second, "passed")));
        Assert.Equal((0, 1), (Count(third, "passed"), Count(third, "unreadable")));
        Assert.Equal(["a", "b"], (await producer.LandedAsync(2)).Select(line => line["_id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Without_a_patch_messages_are_sent_as_they_are_for_the_schema_and_dataset_as_they_are_now()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var path = $"/data/foundation/catalog/dataSets/{producer.DatasetId}";
        await producer.Api.SendAsync(HttpMethod.Patch, path, """{"state":"DISABLED"}""");
        await producer.SendAsync(producer.Message(Producer.Entity("a")));
        await producer.LandedAsync(1, "failed");
        await producer.Api.SendAsync(HttpMethod.Patch, path, """{"state":"ENABLED"}""");

        var group = (await WaitForGroupsAsync(producer, 1)).Single();
        var sent = await FixAsync(producer, group["fingerprint"]!.GetValue<string>(), new JsonArray(), false);

        Assert.Equal(1, Count(sent, "passed"));
        Assert.Single(await producer.LandedAsync(1));
    }

    [Fact]
    public async Task Where_deduplication_is_on_a_message_that_its_sender_has_put_right_already_is_not_stored_again()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house, new JsonObject { ["deduplication"] = true });
        await producer.SendAsync(Wrong(producer, "a", 0), Wrong(producer, "b", 0));
        await producer.LandedAsync(2, "failed");
        await producer.SendAsync(producer.Message(Producer.Entity("a")));

        var group = (await GroupsAsync(producer)).Single();
        var sent = await FixAsync(
            producer, group["fingerprint"]!.GetValue<string>(), JsonNode.Parse("""[{"op":"remove","path":"/body/xdmEntity/productListItems"}]""")!, false);

        Assert.Equal((1, 1), (Count(sent, "passed"), Count(sent, "duplicate")));
        Assert.Empty(await GroupsAsync(producer));
        Assert.Equal(["a", "b"], (await producer.LandedAsync(2)).Select(line => line["_id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_step_that_was_stored_and_not_noted_for_a_crash_is_not_stored_again()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-fix-");
        string database;
        string fixId;
        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            database = $"Data Source={Path.Combine(folder.FullName, "production/metadata.db")};Pooling=False";
            using var producer = await Producer.OpenAsync(house);
            await producer.SendAsync(Wrong(producer, "a", 0), Wrong(producer, "b", 0));
            await producer.LandedAsync(2, "failed");
            var group = (await GroupsAsync(producer)).Single();
            await RunSqlAsync(database, "create table before_fix as select * from failure_lines");
            fixId = (await FixAsync(producer, group["fingerprint"]!.GetValue<string>(), Without("productListItems"), false))["id"]!.GetValue<string>();
            await producer.LandedAsync(2);
        }
        await RunSqlAsync(database, "delete from failure_lines; insert into failure_lines select * from before_fix; drop table before_fix;"
            + "update failure_fix set state = 'running', at_batch_id = '', at_line = -1, passed = 0");

        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            using var api = await house.SignInAsync();
            JsonNode fix;
            do
                fix = (await api.GetAsync($"{Base}/fixes/{fixId}")).Json;
            while (fix["state"]!.GetValue<string>() == "running");
            Assert.Equal(2, Count(fix, "passed"));
            Assert.Empty((await api.GetAsync($"{Base}/groups")).Json["groups"]!.AsArray());
        }

        // Landing's last cut at the stop has brought everything there is.
        await using (var house = await TestHouse.StartInAsync(folder.FullName))
        {
            using var api = await house.SignInAsync();
            var batches = (await api.GetAsync("/data/foundation/catalog/batches?status=success")).Json.AsObject();
            Assert.Equal(2, batches.Sum(batch => batch.Value!["metrics"]!["outputRecordCount"]!.GetValue<int>()));
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_fix_that_meets_a_damaged_file_fails_with_the_reason_and_the_door_goes_on()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(Wrong(producer, "a", 0));
        await producer.LandedAsync(1, "failed");
        var group = (await GroupsAsync(producer)).Single();
        var file = Directory.GetFiles(Path.Combine(house.Folder, "production", "lake"), "failed-*.gz", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(file, "this is no gzip", TestContext.Current.CancellationToken);

        var fix = await FixAsync(producer, group["fingerprint"]!.GetValue<string>(), Without("productListItems"), false);
        await producer.SendAsync(producer.Message());

        Assert.Equal("failed", fix["state"]!.GetValue<string>());
        Assert.StartsWith("The fix stopped: ", fix["reasons"]![0]!["message"]!.GetValue<string>());
        Assert.Single(await GroupsAsync(producer));
        Assert.Single(await producer.LandedAsync(1));
    }

    [Theory]
    [InlineData("""{"patch":{}}""", "'patch': A JSON Patch must be an array of operations")]
    [InlineData("""{"patch":[{"op":"mend","path":"/a"}]}""", "'patch': Operation 0 of the JSON Patch: 'op' must be add, remove, replace, move, copy or test")]
    [InlineData("""{"patch":[{"op":"remove","path":"a"}]}""", "'patch': Operation 0 of the JSON Patch: 'path' must be a JSON Pointer")]
    [InlineData("""{"dryRun":"yes"}""", "'dryRun' must be true or false")]
    [InlineData("""{"dryrun":true}""", "'dryrun' is not a member of a fix; it has 'patch' and 'dryRun'")]
    public async Task A_fix_that_makes_no_sense_is_refused_with_the_reason(string fix, string reason)
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);

        var answer = await producer.Api.PostTextAsync($"{Base}/groups/any/fixes", fix);

        Assert.Equal((HttpStatusCode.BadRequest, reason), (answer.Status, answer.Json["detail"]!.GetValue<string>()));
    }

    private static JsonArray Without(string member) => new JsonArray(new JsonObject { ["op"] = "remove", ["path"] = $"/body/xdmEntity/{member}" });

    private static async Task RunSqlAsync(string database, string sql)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection(database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own words
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static JsonObject Wrong(Producer producer, string id, int goodItems)
    {
        var entity = Producer.Entity(id);
        var items = new JsonArray();
        for (var item = 0; item < goodItems; item++)
            items.Add((JsonNode)new JsonObject { ["quantity"] = 1 });
        items.Add((JsonNode)new JsonObject { ["quantity"] = "thirty" });
        entity["productListItems"] = items;
        return producer.Message(entity);
    }

    private static int Count(JsonNode fix, string member) => fix[member]!.GetValue<int>();

    private static async Task<List<JsonNode>> GroupsAsync(Producer producer) =>
        [.. (await producer.Api.GetAsync($"{Base}/groups")).Json["groups"]!.AsArray().Select(group => group!)];

    private static Task<List<JsonNode>> WaitForGroupsAsync(Producer producer, int groups) =>
        Until.SeenAsync(() => GroupsAsync(producer), found => found.Count >= groups);

    private static async Task<JsonNode> FixAsync(Producer producer, string fingerprint, JsonNode patch, bool dryRun)
    {
        var asked = await producer.Api.PostAsync(
            $"{Base}/groups/{fingerprint}/fixes", new JsonObject { ["patch"] = patch.DeepClone(), ["dryRun"] = dryRun });
        Assert.Equal(HttpStatusCode.Accepted, asked.Status);
        return await Until.SeenAsync(
            async () => (await producer.Api.GetAsync($"{Base}/fixes/{asked.Json["id"]}")).Json, fix => fix["state"]!.GetValue<string>() != "running");
    }
}
