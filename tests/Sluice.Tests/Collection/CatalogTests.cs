using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Inlets, schemas, datasets, batches and files over their REST paths: contract collection.md 2.1, 3.1, 4.1 to 4.5.</summary>
public sealed class CatalogTests
{
    private const string Inlets = "/data/core/edge/inlet";
    private const string Schemas = "/data/foundation/schemaregistry/tenant/schemas";
    private const string Datasets = "/data/foundation/catalog/dataSets";
    private const string Batches = "/data/foundation/catalog/batches";

    [Theory]
    [Contract("2.1", "Ruling 8")]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("A6", "A41", "A42")]
    public async Task An_inlet_lives_through_its_five_verbs(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var api = await house.SignInAsync();
        var body = new JsonObject { ["name"] = "Shop", ["sourceId"] = "shop", ["dataType"] = "xdm", ["description"] = "The web shop" };

        var created = await api.PostAsync(Inlets, body);
        var again = await api.PostAsync(Inlets, body);
        var id = created.Json["inletId"]!.GetValue<string>();
        var list = await api.GetAsync(Inlets + "/?sourceId=shop");
        var changed = await api.SendAsync(HttpMethod.Put, $"{Inlets}/{id}", """{"name":"Shop 2","sourceId":"shop","authenticationRequired":true}""");
        var refused = await api.PostAsync(changed.Json["inletUrl"]!.GetValue<string>(), new JsonObject(), ("Authorization", "Bearer x"));
        var removed = await api.SendAsync(HttpMethod.Delete, $"{Inlets}/{id}", null);

        Assert.Equal(HttpStatusCode.OK, created.Status);
        Assert.Matches("^[0-9a-f]{64}$", id);
        Assert.Equal($"{house.Address}/collection/{id}", created.Json["inletUrl"]!.GetValue<string>());
        Assert.Equal(house.OrgId, created.Json["imsOrg"]!.GetValue<string>());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", created.Json["createdAt"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Conflict, again.Status);
        Assert.Equal("Inlet already exists", again.Json["detail"]!.GetValue<string>());
        Assert.Equal(1, list.Json["total"]!.GetValue<int>());
        Assert.Equal("Shop 2", changed.Json["name"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Equal(id, removed.Json["inletId"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"{Inlets}/{id}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.SendAsync(HttpMethod.Put, $"{Inlets}/{id}", """{"name":"x"}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.PostAsync(Inlets, new JsonObject { ["name"] = 7 })).Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_schema_is_found_by_its_id_its_alternate_id_and_its_bare_hex(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var api = await house.SignInAsync();

        var created = await api.PostAsync(Schemas, JsonNode.Parse("""{"title":"T","type":"object","properties":{"a":{"type":"string"}}}""")!);
        var id = created.Json["$id"]!.GetValue<string>();

        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.StartsWith($"https://ns.adobe.com/{house.TenantId}/schemas/", id, StringComparison.Ordinal);
        Assert.Equal("1.0", created.Json["version"]!.GetValue<string>());
        string[] names = [Uri.EscapeDataString(id), created.Json["meta:altId"]!.GetValue<string>(), id[(id.LastIndexOf('/') + 1)..]];
        foreach (var name in names)
        {
            var found = await api.GetAsync($"{Schemas}/{name}", ("Accept", "application/vnd.adobe.xed+json; version=1"));
            Assert.Equal(id, found.Json["$id"]!.GetValue<string>());
        }
        var list = await api.GetAsync(Schemas, ("Accept", "application/vnd.adobe.xed-id+json"));
        Assert.Equal(["$id", "meta:altId", "title", "version"], list.Json["results"]![0]!.AsObject().Select(member => member.Key));
        var missing = await api.GetAsync($"{Schemas}/nobody");
        Assert.Equal("http://ns.adobe.com/aep/errors/XDM-1012-404", missing.Json["type"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"type":"object"}""", "'title'")]
    [InlineData("""{"title":"T","type":"object","properties":{"a":{"$ref":"#/definitions/none"}}}""", "none")]
    [InlineData("""{"title":"T","type":"object","properties":{"a":{"type":"string","pattern":"["}}}""", "pattern")]
    [InlineData("""{"title":"T","title":"U"}""", "title")]
    [InlineData("""[]""", "JSON object")]
    public async Task A_schema_that_cannot_be_used_is_refused_with_the_place(string schema, string reason)
    {
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();

        var refused = await api.PostTextAsync(Schemas, schema);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(reason, refused.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("A8", "A10")]
    public async Task A_dataset_is_created_found_changed_with_its_version_and_removed(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var api = producer.Api;
        var path = $"{Datasets}/{producer.DatasetId}";

        var one = await api.GetAsync(path);
        var etag = one.Headers.ETag!.Tag;
        var changed = await api.SendAsync(HttpMethod.Patch, path, """{"description":"More"}""", ("If-Match", etag));
        var stale = await api.SendAsync(HttpMethod.Patch, path, """{"description":"Less"}""", ("If-Match", etag));
        var list = await api.GetAsync($"{Datasets}?name=Ev*&properties=name,description&orderBy=desc:created");

        Assert.Equal("Events", one.Json[producer.DatasetId]!["name"]!.GetValue<string>());
        Assert.Equal($"""["@/dataSets/{producer.DatasetId}"]""", changed.Text);
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        Assert.Equal($"{{\"{producer.DatasetId}\":{{\"name\":\"Events\",\"description\":\"More\"}}}}", list.Text);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync(Datasets + "?limit=0")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.PostAsync(Datasets, new JsonObject { ["name"] = "x" })).Status);

        await api.SendAsync(HttpMethod.Delete, path, null);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync(path)).Status);
        var entry = (await producer.SendAsync(producer.Message())).Json["responses"]![0]!;
        Assert.Equal($"{producer.Prefix}Message refers to an unknown dataset [{producer.DatasetId}]", entry["message"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Statement("A48", "A50")]
    public async Task A_batch_shows_its_status_and_metrics_and_its_files_can_be_read_in_ranges(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var api = producer.Api;
        await producer.SendAsync(producer.Message(Producer.Entity("one")), producer.Message(Producer.Entity("two")));
        await producer.LandedAsync(2);

        var (batchId, batch) = (await api.GetAsync($"{Batches}?dataSet={producer.DatasetId}&status=success")).Json.AsObject().Single();
        var files = await api.GetAsync($"/data/foundation/export/batches/{batchId}/files");
        var parts = await api.GetAsync($"/data/foundation/export/files/{batchId}-1");
        var href = parts.Json["data"]![0]!["_links"]!["self"]!["href"]!.GetValue<string>();
        var whole = await api.GetAsync(href);
        var range = await api.GetAsync(href, ("Range", "bytes=3-9"));
        var beyond = await api.GetAsync(href, ("Range", "bytes=99999-"));
        var dataset = await api.GetAsync($"{Datasets}/{producer.DatasetId}");
        var preview = await api.GetAsync($"/data/foundation/export/datasets/{producer.DatasetId}/preview");

        Assert.Matches("^[0-9A-HJKMNP-TV-Z]{26}$", batchId);
        Assert.Equal("success", batch!["status"]!.GetValue<string>());
        Assert.Equal(2, batch["metrics"]!["outputRecordCount"]!.GetValue<int>());
        Assert.Equal(0, batch["metrics"]!["failedRecordCount"]!.GetValue<int>());
        Assert.Equal($"{batchId}-1", files.Json["data"]![0]!["dataSetFileId"]!.GetValue<string>());
        Assert.EndsWith($"?path={batchId}.json", href, StringComparison.Ordinal);
        Assert.Equal(whole.Text.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), parts.Json["data"]![0]!["length"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.PartialContent, range.Status);
        Assert.Equal(whole.Text[3..10], range.Text);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.Status);
        Assert.Equal(batchId, dataset.Json[producer.DatasetId]!["lastSuccessfulBatch"]!.GetValue<string>());
        Assert.Equal("two", preview.Json["data"]![1]!["_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_failed_batch_lists_its_files_with_lengths_as_strings_and_the_path_last()
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(producer.Message(new JsonObject { ["_id"] = "no time" }));
        var failed = await producer.LandedAsync(1, "failed");

        var (batchId, batch) = (await producer.Api.GetAsync($"{Batches}?dataSet={producer.DatasetId}&status=failed")).Json.AsObject().Single();
        var list = await producer.Api.GetAsync($"/data/foundation/export/batches/{batchId}/failed");

        Assert.Equal(["_SUCCESS", $"part-00000-{batchId}-c000.json"], list.Json["data"]!.AsArray().Select(file => file!["name"]!.GetValue<string>()));
        Assert.Equal("0", list.Json["data"]![0]!["length"]!.GetValue<string>());
        Assert.EndsWith("?path=_SUCCESS", list.Json["data"]![0]!["_links"]!["self"]!["href"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("DCVS-1106-400", batch!["errors"]![0]!["code"]!.GetValue<string>());
        Assert.Equal(1, batch["metrics"]!["failedRecordCount"]!.GetValue<int>());
        Assert.Equal(
            "The message cannot be validated because a required property is missing: #: required key [timestamp] not found.",
            failed[0]["_errors"]!["_streamingValidation"]![0]!["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task Environments_share_no_data_and_an_unknown_one_is_refused()
    {
        await using var house = await TestHouse.StartAsync(StoreKind.Sqlite, "Storage:Environments:0=beta");
        using var api = await house.SignInAsync();

        await api.PostAsync(Inlets, new JsonObject { ["name"] = "only beta" }, ("x-sandbox-name", "beta"));

        Assert.Equal(0, (await api.GetAsync(Inlets)).Json["total"]!.GetValue<int>());
        Assert.Equal(0, (await api.GetAsync(Inlets, ("x-sandbox-name", "prod"))).Json["total"]!.GetValue<int>());
        Assert.Equal(1, (await api.GetAsync(Inlets, ("x-sandbox-name", "beta"))).Json["total"]!.GetValue<int>());
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync(Inlets, ("x-sandbox-name", "gamma"))).Status);
    }
}
