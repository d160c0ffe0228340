using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Connections, source connections, target connections, flows and runs: contract collection.md 2.2.</summary>
public sealed class FlowServiceTests
{
    private const string Service = "/data/foundation/flowservice";
    private const string Streaming = """{"id":"bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb","version":"1.0"}""";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("1.1", "2.2", "4.1", "4.4")]
    public async Task A_streaming_client_connects_binds_a_dataset_sends_and_finds_its_batch(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var api = producer.Api;
        var dataset = await api.PostTextAsync("/data/foundation/catalog/dataSets?requestDataSource=true",
            $$"""
            {"name":"Streamed","schemaRef":{"id":"{{producer.SchemaId}}","contentType":"application/vnd.adobe.xed+json;version=1"},
             "fileDescription":{"persisted":true,"containerFormat":"parquet","format":"parquet"},"streamingIngestionEnabled":"true",
             "tags":{"unifiedProfile":["enabled:true"],"unifiedIdentity":["enabled:true"]} }
            """);
        var datasetId = dataset.Headers.Location!.OriginalString.Split('/')[5];

        var connection = await api.PostTextAsync(Service + "/connections",
            $$"""
            {"name":"Shop stream","description":"Clicks of the shop","providerId":"521eee4d-8cbe-4906-bb48-fb6bd4450033","connectionSpec":{{Streaming}},
             "auth":{"specName":"Streaming Connection","params":{"sourceId":"shop","dataType":"xdm","name":"Shop","authenticationRequired":false} } }
            """);
        var connectionId = Id(connection);
        var shown = (await api.GetAsync($"{Service}/connections/{connectionId}")).Json["items"]![0]!;
        var inletUrl = shown["auth"]!["params"]!["inletUrl"]!.GetValue<string>();
        var flowId = await BindAsync(api, connectionId, datasetId, producer.SchemaId);
        var message = producer.Message(Producer.Entity("streamed"));
        message["header"]!.AsObject().Remove("datasetId");
        var byUrl = await api.PostTextAsync(inletUrl, new JsonObject { ["messages"] = new JsonArray(message.DeepClone()) }.ToJsonString());
        var byAlias = await api.PostTextAsync($"/collection/batch/{connectionId}", new JsonObject { ["messages"] = new JsonArray(message.DeepClone()) }.ToJsonString());
        var lines = await producer.LandedAsync($"dataSet={datasetId}", 2, "success", "");
        var runs = await api.GetAsync($"{Service}/runs?property=flowId=={flowId}");

        Assert.Equal("@/dataSets/" + datasetId, dataset.Json[0]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Created, connection.Status);
        Assert.Equal(["id", "etag"], connection.Json.AsObject().Select(member => member.Key));
        Assert.Matches("^\".+\"$", connection.Json["etag"]!.GetValue<string>());
        Assert.Equal(connection.Json["etag"]!.GetValue<string>(), shown["etag"]!.GetValue<string>());
        Assert.Equal(
            [
                "auth", "connectionSpec", "createdAt", "createdBy", "createdClient", "description", "etag", "id", "imsOrgId", "name", "providerId", "sandboxId",
                "sandboxName", "state", "updatedAt", "updatedBy", "updatedClient", "version",
            ],
            shown.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["sourceId", "inletUrl", "inletId", "authenticationRequired", "dataType", "name"],
            shown["auth"]!["params"]!.AsObject().Select(member => member.Key));
        Assert.Equal($"{house.Address}/collection/{shown["auth"]!["params"]!["inletId"]}", inletUrl);
        Assert.Equal("enabled", shown["state"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.MultiStatus, byUrl.Status);
        Assert.Null(byUrl.Json["responses"]![0]!["status"]);
        Assert.Equal(byUrl.Json["inletId"]!.GetValue<string>(), byAlias.Json["inletId"]!.GetValue<string>());
        Assert.Equal(["streamed", "streamed"], lines.Select(line => line["_id"]!.GetValue<string>()));
        var run = runs.Json["items"]![0]!;
        Assert.Equal(flowId, run["flowId"]!.GetValue<string>());
        Assert.Equal("success", run["metrics"]!["statusSummary"]!["status"]!.GetValue<string>());
        Assert.Equal(run.ToJsonString(), (await api.GetAsync($"{Service}/runs/{run["id"]}")).Json["items"]![0]!.ToJsonString());
        Assert.Equal(inletUrl, (await api.GetAsync($"{Service}/flows/{flowId}")).Json["items"]![0]!["options"]!["inletUrl"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("2.2")]
    public async Task A_connection_is_patched_for_the_version_that_if_match_names_and_for_no_other(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var api = await house.SignInAsync();
        var created = await ConnectAsync(api, "One");
        var path = $"{Service}/connections/{Id(created)}";
        var etag = created.Json["etag"]!.GetValue<string>();
        const string rename = """[{"op":"replace","path":"/name","value":"Two"},{"op":"replace","path":"/auth/params/authenticationRequired","value":true}]""";

        var without = await api.SendAsync(HttpMethod.Patch, path, rename);
        var patched = await api.SendAsync(HttpMethod.Patch, path, rename, ("If-Match", etag));
        var stale = await api.SendAsync(HttpMethod.Patch, path, rename, ("If-Match", etag));
        var ofServer = await api.SendAsync(HttpMethod.Patch, path, """[{"op":"replace","path":"/auth/params/inletUrl","value":"x"}]""", ("If-Match", "*"));
        var wrong = await api.SendAsync(HttpMethod.Patch, path, """[{"op":"remove","path":"/name"}]""", ("If-Match", "*"));
        var shown = (await api.GetAsync(path)).Json["items"]![0]!;
        var inlet = await api.GetAsync("/data/core/edge/inlet/" + shown["auth"]!["params"]!["inletId"]);

        AssertRefused(without, 400, "1403-400", "If-Match is missing");
        Assert.Equal(HttpStatusCode.OK, patched.Status);
        Assert.NotEqual(etag, patched.Json["etag"]!.GetValue<string>());
        Assert.Equal(patched.Json["etag"]!.GetValue<string>(), shown["etag"]!.GetValue<string>());
        AssertRefused(stale, 412, "1412-412", "changed");
        AssertRefused(ofServer, 400, "1100-400", "/auth/params/inletUrl");
        AssertRefused(wrong, 400, "1100-400", "'name'");
        Assert.Equal("Two", shown["name"]!.GetValue<string>());
        Assert.True(inlet.Json["authenticationRequired"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("2.1", "2.2")]
    public async Task A_connection_and_its_inlet_live_and_end_together_whichever_way_they_are_changed(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var api = producer.Api;
        var one = await ConnectAsync(api, "One");
        var two = await ConnectAsync(api, "Two");
        var flowId = await BindAsync(api, Id(two), producer.DatasetId, producer.SchemaId);
        var inletOfOne = await InletOfAsync(api, Id(one));
        var inletOfTwo = await InletOfAsync(api, Id(two));

        var renamed = await api.SendAsync(HttpMethod.Put, "/data/core/edge/inlet/" + inletOfOne, """{"name":"Other","sourceId":"other"}""");
        var shown = (await api.GetAsync($"{Service}/connections/{Id(one)}")).Json["items"]![0]!;
        var stale = await api.SendAsync(HttpMethod.Delete, $"{Service}/connections/{Id(one)}", null, ("If-Match", one.Json["etag"]!.GetValue<string>()));
        var removed = await api.SendAsync(HttpMethod.Delete, $"{Service}/connections/{Id(one)}", null);
        await api.SendAsync(HttpMethod.Delete, "/data/core/edge/inlet/" + inletOfTwo, null);

        Assert.Equal(HttpStatusCode.OK, renamed.Status);
        Assert.Equal("other", shown["auth"]!["params"]!["sourceId"]!.GetValue<string>());
        AssertRefused(stale, 412, "1412-412", "changed");
        Assert.Equal(HttpStatusCode.NoContent, removed.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/data/core/edge/inlet/" + inletOfOne)).Status);
        Assert.Empty((await api.GetAsync(Service + "/connections")).Json["items"]!.AsArray());
        Assert.Empty((await api.GetAsync(Service + "/sourceConnections")).Json["items"]!.AsArray());
        AssertRefused(await api.GetAsync($"{Service}/flows/{flowId}"), 404, "1101-404", flowId);
        Assert.Equal(HttpStatusCode.NotFound, (await api.PostAsync($"/collection/{Id(two)}", producer.Message())).Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("2.2")]
    public async Task Disabling_a_connection_stops_its_inlet_and_disabling_a_flow_takes_its_dataset_away(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var api = producer.Api;
        var connectionId = Id(await ConnectAsync(api, "One"));
        var flowId = await BindAsync(api, connectionId, producer.DatasetId, producer.SchemaId);
        var message = producer.Message();
        message["header"]!.AsObject().Remove("datasetId");

        var inlet = await api.GetAsync("/data/core/edge/inlet/" + await InletOfAsync(api, connectionId));
        var bound = await api.PostAsync($"/collection/{connectionId}", message);
        await api.SendAsync(HttpMethod.Post, $"{Service}/flows/{flowId}/action?op=disable", null);
        var unbound = await api.PostAsync($"/collection/{connectionId}", message);
        var stopped = await api.SendAsync(HttpMethod.Post, $"{Service}/connections/{connectionId}/action?op=disable", null);
        var refused = await api.PostAsync($"/collection/{connectionId}", message);
        var test = await api.GetAsync($"{Service}/connections/{connectionId}/test");
        var disabled = await api.GetAsync(Service + "/connections?property=state==disabled");
        await api.SendAsync(HttpMethod.Post, $"{Service}/connections/{connectionId}/action?op=enable", null);
        await api.SendAsync(HttpMethod.Post, $"{Service}/flows/{flowId}/action?op=enable", null);
        var again = await api.PostAsync($"/collection/{connectionId}", message);

        Assert.Equal(producer.DatasetId, inlet.Json["datasetId"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, bound.Status);
        Assert.Contains("Message names no dataset", unbound.Text, StringComparison.Ordinal);
        Assert.Equal(connectionId, stopped.Json["id"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, refused.Status);
        Assert.Equal("disabled", test.Json["status"]!.GetValue<string>());
        Assert.Equal(connectionId, disabled.Json["items"]![0]!["id"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, again.Status);
        AssertRefused(await api.SendAsync(HttpMethod.Post, $"{Service}/flows/{flowId}/action?op=stop", null), 400, "1100-400", "'op'");
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("2.2")]
    public async Task A_list_is_filtered_sorted_counted_and_goes_on_by_its_token(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var api = await house.SignInAsync();
        foreach (var name in new[] { "b", "a", "d", "c" })
            await ConnectAsync(api, name);

        var first = await api.GetAsync(Service + "/connections?orderby=-name&limit=3&count=true");
        var next = await api.GetAsync(first.Json["_links"]!["next"]!["href"]!.GetValue<string>());
        var bySource = await api.GetAsync(Service + "/connections?property=auth.params.sourceId==a&property=createdAt>=1");
        var byPattern = await api.GetAsync(Service + "/connections?property=name~^[cd]$&orderby=name");

        Assert.Equal(["d", "c", "b"], Names(first));
        Assert.Equal(4, first.Json["count"]!.GetValue<int>());
        Assert.Equal(["a"], Names(next));
        Assert.Null(next.Json["_links"]!["next"]);
        Assert.Equal(["a"], Names(bySource));
        Assert.Equal(["c", "d"], Names(byPattern));
        foreach (var wrong in new[] { "limit=0", "limit=x", "continuationToken=%20", "continuationToken=!!", "count=maybe", "property=name~[", "property===" })
            AssertRefused(await api.GetAsync($"{Service}/connections?{wrong}"), 400, "1100-400", $"'{wrong.Split('=')[0]}'");
    }

    [Theory]
    [InlineData("connections", """{}""", "'name'")]
    [InlineData("connections", """{"name":"x"}""", "'connectionSpec.id'")]
    [InlineData("connections", """{"name":"x","connectionSpec":{"id":"nobody"}}""", "[nobody]")]
    [InlineData("connections", """{"name":"x","connectionSpec":STREAMING}""", "'auth'")]
    [InlineData("connections", """{"name":"x","connectionSpec":STREAMING,"auth":{"params":{"dataType":"raw"}}}""", "not offered")]
    [InlineData("connections", """{"name":"x","connectionSpec":STREAMING,"auth":{"params":{"authenticationRequired":"yes"}}}""", "'authenticationRequired'")]
    [InlineData("connections", """{"name":"\ud800","connectionSpec":STREAMING,"auth":{}}""", "surrogate")]
    [InlineData("connections", """{"name":"\u0000","connectionSpec":STREAMING,"auth":{}}""", "U+0000")]
    [InlineData("connections", "[1", "line 1")]
    [InlineData("sourceConnections", """{"name":"x","connectionSpec":STREAMING,"baseConnectionId":"nobody"}""", "'baseConnectionId'")]
    [InlineData("targetConnections", """{"name":"x","connectionSpec":LAKE,"params":{"dataSetId":"nobody"}}""", "unknown dataset [nobody]")]
    [InlineData("targetConnections", """{"name":"x","connectionSpec":LAKE,"params":{"dataSetId":"DATASET"},"data":{"schema":{"id":"none"}}}""", "unknown schema [none]")]
    [InlineData("flows", """{"name":"x","flowSpec":{"id":"c1a19761-d2c7-4702-b9fa-fe91f0613e81","version":"1.0"}}""", "not offered")]
    [InlineData("flows", """{"name":"x","flowSpec":{"id":"d8a6f005-7eaf-4153-983e-e8574508b877"},"sourceConnectionIds":["nobody"]}""", "'sourceConnectionIds'")]
    [Contract("2.2")]
    public async Task What_cannot_be_made_is_refused_with_its_member_and_leaves_nothing(string kind, string body, string reason)
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var sent = body.Replace("STREAMING", Streaming, StringComparison.Ordinal).Replace("DATASET", producer.DatasetId, StringComparison.Ordinal)
            .Replace("LAKE", """{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c","version":"1.0"}""", StringComparison.Ordinal);

        var refused = await producer.Api.PostTextAsync($"{Service}/{kind}", sent);

        AssertRefused(refused, 400, "1100-400", reason);
        Assert.Empty((await producer.Api.GetAsync($"{Service}/{kind}")).Json["items"]!.AsArray());
        Assert.Equal(1, (await producer.Api.GetAsync("/data/core/edge/inlet")).Json["total"]!.GetValue<int>());
    }

    [Fact]
    [Contract("2.2")]
    public async Task The_published_specs_are_there_and_what_is_not_offered_says_so()
    {
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();
        var id = Id(await ConnectAsync(api, "One"));

        var specs = (await api.GetAsync(Service + "/connectionSpecs")).Json["items"]!.AsArray().Select(spec => spec!["id"]!.GetValue<string>());
        var flowSpec = await api.GetAsync(Service + "/flowSpecs/d8a6f005-7eaf-4153-983e-e8574508b877");

        Assert.Equal(["bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb", "c604ff05-7f1a-43c0-8e18-33bf874cb11c"], specs);
        Assert.Equal("1.0", flowSpec.Json["items"]![0]!["version"]!.GetValue<string>());
        AssertRefused(await api.GetAsync(Service + "/flowSpecs/c1a19761-d2c7-4702-b9fa-fe91f0613e81"), 501, "1501-501", "not offered");
        AssertRefused(await api.GetAsync(Service + "/flowSpecs/nobody"), 404, "1101-404", "nobody");
        AssertRefused(await api.GetAsync($"{Service}/connections/{id}/explore"), 501, "1501-501", "inletUrl");
        AssertRefused(await api.GetAsync($"{Service}/connections/{id}/configs"), 501, "1501-501", "GET");
        AssertRefused(await api.PostTextAsync(Service + "/connections/search", "{}"), 501, "1501-501", "property=");
        AssertRefused(await api.GetAsync(Service + "/runs"), 400, "1100-400", "flowId");
        Assert.Equal(HttpStatusCode.NotImplemented, (await api.PostTextAsync("/data/foundation/conversion/mappingSets", "{}")).Status);
        Assert.Equal("ok", (await api.GetAsync($"{Service}/connections/{id}/test")).Json["status"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("2.2")]
    public async Task A_flow_ends_with_its_target_and_a_target_must_have_the_schema_of_its_dataset(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var one = await Producer.OpenAsync(house);
        using var other = await Producer.OpenAsync(house);
        var api = one.Api;
        var connectionId = Id(await ConnectAsync(api, "One"));
        var flowId = await BindAsync(api, connectionId, one.DatasetId, one.SchemaId);
        var target = (await api.GetAsync(Service + "/targetConnections")).Json["items"]![0]!;
        var targetPath = $"{Service}/targetConnections/{target["id"]}";
        var etag = target["etag"]!.GetValue<string>();

        var mismatched = await api.SendAsync(HttpMethod.Patch, targetPath,
            $$"""[{"op":"replace","path":"/data/schema/id","value":"{{other.SchemaId}}"}]""", ("If-Match", etag));
        var moved = await api.SendAsync(HttpMethod.Patch, targetPath,
            $$"""
            [{"op":"replace","path":"/data/schema/id","value":"{{other.SchemaId}}"},{"op":"replace","path":"/params/dataSetId","value":"{{other.DatasetId}}"}]
            """, ("If-Match", etag.Trim('"')));
        var inlet = await api.GetAsync("/data/core/edge/inlet/" + await InletOfAsync(api, connectionId));
        var stale = await api.SendAsync(HttpMethod.Delete, targetPath, null, ("If-Match", etag));
        var removed = await api.SendAsync(HttpMethod.Delete, targetPath, null);

        AssertRefused(mismatched, 400, "1100-400", "is not the schema of the dataset");
        Assert.Equal(HttpStatusCode.OK, moved.Status);
        Assert.Equal(other.DatasetId, inlet.Json["datasetId"]!.GetValue<string>());
        AssertRefused(stale, 412, "1412-412", "changed");
        Assert.Equal(HttpStatusCode.NoContent, removed.Status);
        AssertRefused(await api.GetAsync($"{Service}/flows/{flowId}"), 404, "1101-404", flowId);
        Assert.Single((await api.GetAsync(Service + "/sourceConnections")).Json["items"]!.AsArray());
        Assert.Null((await api.GetAsync("/data/core/edge/inlet/" + await InletOfAsync(api, connectionId))).Json["datasetId"]);
    }

    private static async Task<string> BindAsync(ApiClient api, string connectionId, string datasetId, string schemaId)
    {
        var source = await api.PostTextAsync(Service + "/sourceConnections",
            $$"""{"name":"Source","baseConnectionId":"{{connectionId}}","connectionSpec":{{Streaming}} }""");
        var target = await api.PostTextAsync(Service + "/targetConnections",
            $$"""
            {"name":"Target","data":{"schema":{"id":"{{schemaId}}","version":"application/vnd.adobe.xed-full+json;version=1.0"} },
             "params":{"dataSetId":"{{datasetId}}"},"connectionSpec":{"id":"c604ff05-7f1a-43c0-8e18-33bf874cb11c","version":"1.0"} }
            """);
        var flow = await api.PostTextAsync(Service + "/flows",
            $$"""
            {"name":"Flow","flowSpec":{"id":"d8a6f005-7eaf-4153-983e-e8574508b877","version":"1.0"},
             "sourceConnectionIds":["{{Id(source)}}"],"targetConnectionIds":["{{Id(target)}}"]}
            """);
        Assert.Equal(HttpStatusCode.Created, flow.Status);
        return Id(flow);
    }

    private static Task<ApiAnswer> ConnectAsync(ApiClient api, string name) => api.PostTextAsync(Service + "/connections",
        $$"""{"name":"{{name}}","connectionSpec":{{Streaming}},"auth":{"specName":"Streaming Connection","params":{"dataType":"xdm"} } }""");

    private static async Task<string> InletOfAsync(ApiClient api, string connectionId) =>
        (await api.GetAsync($"{Service}/connections/{connectionId}")).Json["items"]![0]!["auth"]!["params"]!["inletId"]!.GetValue<string>();

    private static string Id(ApiAnswer created) => created.Json["id"]!.GetValue<string>();

    private static IEnumerable<string> Names(ApiAnswer list) => list.Json["items"]!.AsArray().Select(item => item!["name"]!.GetValue<string>());

    private static void AssertRefused(ApiAnswer answer, int status, string code, string reason)
    {
        Assert.Equal(status, (int)answer.Status);
        Assert.Equal(code, answer.Json["code"]!.GetValue<string>());
        Assert.Equal($"http://ns.adobe.com/aep/errors/FLOW-{code}", answer.Json["type"]!.GetValue<string>());
        Assert.Contains(reason, answer.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }
}
