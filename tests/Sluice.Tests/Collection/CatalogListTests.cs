using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>The lists of the catalog and what their queries mean, and many requests in one: contract collection.md 4.1.</summary>
public sealed class CatalogListTests
{
    private const string Catalog = "/data/foundation/catalog";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("4.1")]
    public async Task Every_query_of_a_list_of_datasets_means_what_the_contract_says(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var api = producer.Api;
        var ids = new Dictionary<string, string> { [producer.DatasetId] = "Events" };
        foreach (var (name, more) in new[]
        {
            ("apple", """ "size":5,"tags":{"color":["green:1","red"]},"owner":{"team":"fruit"} """),
            ("banana", """ "size":30,"tags":{"color":["yellow"]},"owner":{"team":"fruit"},"parts":[{"n":1},{"n":2}] """),
            ("carrot", """ "size":200,"hidden":true """),
        })
        {
            var created = await api.PostTextAsync(Catalog + "/dataSets", $$$"""{"name":"{{{name}}}","schemaRef":{"id":"{{{producer.SchemaId}}}"},{{{more}}}}""");
            ids[created.Json[0]!.GetValue<string>().Split('/')[^1]] = name;
        }
        async Task<string> List(string query)
        {
            var names = (await api.GetAsync($"{Catalog}/dataSets?{query}")).Json.AsObject().Select(one => ids[one.Key]);
            return string.Join(' ', query.Contains("orderBy", StringComparison.Ordinal) ? names : names.Order(StringComparer.Ordinal));
        }

        Assert.Equal("apple banana", await List("name=apple,banana"));
        Assert.Equal("Events banana carrot", await List("name=!apple"));
        Assert.Equal("banana", await List("name=b*n*a"));
        Assert.Equal("Events banana carrot", await List("name=!a*"));
        Assert.Equal("apple", await List("tags=color:green:1"));
        Assert.Equal("banana", await List("tags=color:y*"));
        Assert.Equal("apple banana", await List("tags=color"));
        Assert.Equal("banana carrot", await List("property=size>5&property=size<=200"));
        Assert.Equal("apple", await List("property=size<30"));
        Assert.Equal("Events apple carrot", await List("property=size!=30"));
        Assert.Equal("carrot", await List("property=hidden"));
        Assert.Equal("Events apple banana", await List("property=!hidden"));
        Assert.Equal("carrot", await List("property=hidden==true"));
        Assert.Equal("apple banana", await List("property=owner.team==fruit"));
        Assert.Equal("banana", await List("property=parts.n==2"));
        Assert.Equal("banana carrot", await List("property=name~^(ban|car)"));
        Assert.Equal("carrot banana apple Events", await List("orderBy=desc:size,name"));
        Assert.Equal("Events apple", await List("orderBy=asc:size&limit=2"));
        Assert.Equal("carrot", await List("orderBy=asc:size&limit=2&start=3"));
        Assert.Equal("banana carrot", await List("orderBy=asc:size&offset=2"));
        Assert.Equal("", await List("createdBefore=1"));
        Assert.Equal("Events apple banana carrot", await List("createdAfter=1&updatedAfter=1&updatedBefore=99999999999999"));
        Assert.Equal("", await List(string.Join('&', "property=" + string.Join('.', Enumerable.Repeat("a", 1_000)))));
    }

    [Theory]
    [InlineData("limit=0", "'limit'")]
    [InlineData("limit=101", "'limit'")]
    [InlineData("limit=-1", "'limit'")]
    [InlineData("start=x", "'start'")]
    [InlineData("offset=99999999999", "'offset'")]
    [InlineData("createdAfter=yesterday", "'createdAfter'")]
    [InlineData("property=", "'property'")]
    [InlineData("property===5", "'property'")]
    [InlineData("property=name~(", "'property'")]
    [InlineData("property=name~(a)\\1", "'property'")]
    [Contract("4.1")]
    public async Task A_query_that_cannot_be_understood_is_refused_in_every_list(string query, string reason)
    {
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();

        foreach (var list in new[] { "dataSets", "batches", "dataSetFiles", "dataSetViews", "accounts", "lastBatches", "connections", "batches/uniques/status" })
        {
            var refused = await api.GetAsync($"{Catalog}/{list}?{query}");

            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.Equal(["type", "title", "status", "detail"], refused.Json.AsObject().Select(member => member.Key));
            Assert.Contains(reason, refused.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("4.1", "4.2")]
    public async Task A_list_of_batches_is_the_same_whether_the_database_or_the_program_does_the_query(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var one = await Producer.OpenAsync(house);
        using var other = await Producer.OpenAsync(house);
        var api = one.Api;
        for (var number = 0; number < 30; number++)
        {
            var datasetId = number % 3 == 0 ? other.DatasetId : one.DatasetId;
            var created = await api.PostTextAsync(Catalog + "/batches",
                $$"""{"relatedObjects":[{"type":"dataSet","id":"{{datasetId}}"}],"externalId":"n{{number}}"}""");
            if (number % 2 == 0)
                await api.SendAsync(HttpMethod.Patch, $"{Catalog}/batches/{created.Headers.Location!.OriginalString.Split('/')[5]}", """{"status":"failed"}""");
        }
        async Task<string[]> Ids(string query) =>
            [.. (await api.GetAsync($"{Catalog}/batches?limit=100&{query}")).Json.AsObject().Select(batch => batch.Value!["externalId"]!.GetValue<string>())];

        // The second of each pair has a condition that no database takes over and that every batch meets.
        foreach (var query in new[]
        {
            "", $"dataSet={one.DatasetId}", $"dataSet={one.DatasetId},{other.DatasetId}&status=failed", "status=failed,loading", "status=loading",
            "createdAfter=1&createdBefore=99999999999999", "updatedBefore=1", "status=no%00body",
        })
        {
            var bySql = await Ids(query);
            var inMemory = await Ids($"{query}&property=status");

            Assert.Equal(bySql, inMemory);
        }
        Assert.Equal(15, (await Ids("status=failed")).Length);
        Assert.Equal(20, (await Ids($"dataSet={one.DatasetId}")).Length);
        Assert.Equal(15, (await Ids("status=!failed")).Length);
        Assert.Equal(15, (await Ids("status=fail*")).Length);
        Assert.Equal(["n7"], await Ids("externalId=n7"));

        var paged = new List<string>();
        for (var start = 0; start < 30; start += 7)
            paged.AddRange((await api.GetAsync($"{Catalog}/batches?limit=7&start={start}&orderBy=desc:created")).Json.AsObject().Select(batch => batch.Key));
        Assert.Equal(30, paged.Distinct().Count());
        Assert.Equal(paged.OrderDescending(StringComparer.Ordinal).Select(id => id[..10]), paged.Select(id => id[..10]));
        var all = (await api.GetAsync($"{Catalog}/batches?limit=100")).Json.AsObject();
        var oldest = (await api.GetAsync($"{Catalog}/batches?limit=1&orderBy=asc:created&properties=created")).Json.AsObject();
        Assert.Equal($"{{\"created\":{all.Min(batch => batch.Value!["created"]!.GetValue<long>())}}}", oldest.Single().Value!.ToJsonString());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("4.1")]
    public async Task Files_views_last_batches_and_connections_follow_from_what_landed(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var api = producer.Api;
        await producer.SendAsync(producer.Message(), producer.Message(new JsonObject { ["_id"] = "no time" }));
        await producer.LandedAsync(1);
        await producer.LandedAsync(1, "failed");

        var dataset = (await api.GetAsync($"{Catalog}/dataset/{producer.DatasetId}")).Json[producer.DatasetId]!;
        var files = (await api.GetAsync($"{Catalog}/dataSetFiles?dataSet={producer.DatasetId}")).Json.AsObject();
        var filesOfDataset = await api.GetAsync(Catalog + dataset["files"]!.GetValue<string>()[1..]);
        var views = (await api.GetAsync(Catalog + "/dataSetViews")).Json.AsObject();
        var last = (await api.GetAsync(Catalog + "/lastBatches")).Json[producer.DatasetId]!;

        var (fileId, file) = files.Single();
        Assert.Equal($"{file!["batchId"]}-1", fileId);
        Assert.Equal(1, file["records"]!.GetValue<int>());
        Assert.Equal(files.ToJsonString(), filesOfDataset.Json.ToJsonString());
        Assert.Equal(files.ToJsonString(), (await api.GetAsync($"{Catalog}/dataSetFiles/{fileId}")).Json.ToJsonString());
        Assert.Equal(files.ToJsonString(), (await api.GetAsync($"{Catalog}/dataSetFiles?batch={file["batchId"]}")).Json.ToJsonString());
        Assert.Equal("{}", (await api.GetAsync($"{Catalog}/dataSetFiles?dataSet=nobody")).Text);
        Assert.Equal([producer.DatasetId], views.Select(view => view.Key));
        Assert.Equal(dataset["viewId"]!.GetValue<string>(), views.Single().Key);
        Assert.Equal(dataset["lastSuccessfulBatch"]!.GetValue<string>(), last["lastSuccessfulBatchId"]!.GetValue<string>());
        Assert.Equal(dataset["lastFailedBatch"]!.GetValue<string>(), last["lastFailedBatchId"]!.GetValue<string>());
        Assert.Equal("{}", (await api.GetAsync(Catalog + "/accounts")).Text);
        Assert.Equal("""["failed","success"]""", (await api.GetAsync($"{Catalog}/batches/uniques/status")).Text);
        Assert.Equal($"""["{producer.DatasetId}"]""", (await api.GetAsync($"{Catalog}/batches/uniques/dataSet?status=failed")).Text);
        foreach (var missing in new[] { "dataSetFiles/x-1", "dataSetFiles/x", "dataSetViews/x", "lastBatches/x", "connections/x", "accounts/x", "batches/x", "dataset/x" })
            Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"{Catalog}/{missing}")).Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("4.1")]
    public async Task A_dataset_takes_a_merge_and_a_json_patch_and_a_dry_run_changes_nothing(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var api = producer.Api;
        var path = $"{Catalog}/dataSets/{producer.DatasetId}";
        var patchPath = $"{Catalog}/v2/dataSets/{producer.DatasetId}";
        const string enable = """[{"op":"add","path":"/tags","value":{"unifiedProfile":["enabled:true"]}},{"op":"replace","path":"/name","value":"Patched"}]""";

        var dry = await api.SendAsync(HttpMethod.Patch, patchPath, enable, ("Pragma", "validate-only"));
        var unchanged = (await api.GetAsync(path)).Json[producer.DatasetId]!["name"]!.GetValue<string>();
        var patched = await api.SendAsync(HttpMethod.Patch, patchPath, enable);
        var half = await api.SendAsync(HttpMethod.Patch, patchPath, """[{"op":"replace","path":"/name","value":"Half"},{"op":"remove","path":"/nothing"}]""");
        var merged = await api.SendAsync(HttpMethod.Patch, path, """{"description":"Merged","tags":null}""");
        var shown = (await api.GetAsync(path)).Json[producer.DatasetId]!;
        var replaced = await api.SendAsync(HttpMethod.Put, path, $$"""{"name":"Replaced","schemaRef":{"id":"{{producer.SchemaId}}"} }""");
        var stale = await api.SendAsync(HttpMethod.Delete, path, null, ("If-Match", "\"1\""));
        var dryRemoval = await api.SendAsync(HttpMethod.Delete, path, null, ("Pragma", "validate-only"));
        var after = await api.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, dry.Status);
        Assert.Equal("Events", unchanged);
        Assert.Equal($"""["@/dataSets/{producer.DatasetId}"]""", patched.Text);
        Assert.Equal(HttpStatusCode.BadRequest, half.Status);
        Assert.Contains("Operation 1", half.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, merged.Status);
        Assert.Equal("Patched Merged ", $"{shown["name"]} {shown["description"]} {shown["tags"]}");
        Assert.Equal(HttpStatusCode.OK, replaced.Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        Assert.Equal(HttpStatusCode.OK, dryRemoval.Status);
        Assert.Equal("Replaced ", $"{after.Json[producer.DatasetId]!["name"]} {after.Json[producer.DatasetId]!["description"]}");
    }

    [Theory]
    [InlineData("nested 70 deep", "")]
    [InlineData("nested 300 deep", "line 1")]
    [InlineData("half a surrogate", "surrogate")]
    [InlineData("a copy of a copy of a copy", "copies too much")]
    [InlineData("moved ever deeper", "Operation 2 of the JSON Patch")]
    [Contract("4.1")]
    public async Task A_hostile_document_is_taken_or_refused_and_never_a_fault_of_ours(string kind, string reason)
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        var path = $"{Catalog}/dataSets/{producer.DatasetId}";
        static string Deep(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
        var body = kind switch
        {
            "nested 70 deep" => $$"""{"deep":{{Deep(70)}} }""",
            "nested 300 deep" => $$"""{"deep":{{Deep(300)}} }""",
            "half a surrogate" => """{"a\ud800":1}""",
            "a copy of a copy of a copy" => $"[{string.Join(',', Enumerable.Range(0, 64).Select(n => $$"""{"op":"copy","from":"","path":"/x{{n}}"}"""))}]",
            _ => $$"""
                [{"op":"add","path":"/a","value":{{Deep(150)}} },{"op":"add","path":"/b","value":{{Deep(150)}} },
                 {"op":"move","from":"/b","path":"/a{{string.Concat(Enumerable.Repeat("/a", 149))}}/b"}]
                """,
        };

        var answer = await producer.Api.SendAsync(HttpMethod.Patch, path, body);
        var shown = await producer.Api.GetAsync(path);

        Assert.Equal(reason.Length == 0 ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(reason, answer.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, shown.Status);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("4.1")]
    public async Task Many_requests_in_one_run_in_order_and_may_use_what_earlier_ones_made(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);

        var answers = await producer.Api.PostTextAsync(Catalog + "/",
            $$"""
            [{"id":"first","resource":"/dataSets","method":"post","body":{"name":"Made","schemaRef":{"id":"{{producer.SchemaId}}"} } },
             {"id":"second","resource":"/batches","method":"post","body":{"relatedObjects":[{"type":"dataSet","id":"<<first.id>>"}]} },
             {"id":"third","resource":"/dataSets/<<first.id>>","method":"get"},
             {"id":"fourth","resource":"/dataSets/<<first.id>>","method":"patch","body":{"description":"like <<third.name>>"} },
             {"id":"fifth","resource":"/dataSets?name=M*&properties=description","method":"get"},
             {"id":"sixth","resource":"/dataSets/<<nobody.id>>","method":"get"},
             {"id":"seventh","resource":"/accounts","method":"post","body":{} }]
            """);

        Assert.Equal(
            ["first 201", "second 201", "third 200", "fourth 200", "fifth 200", "sixth 400", "seventh 400"],
            answers.Json.AsArray().Select(one => $"{one!["id"]} {one["code"]}"));
        var datasetId = answers.Json[0]!["body"]![0]!.GetValue<string>().Split('/')[^1];
        Assert.Equal($$$"""{"{{{datasetId}}}":{"description":"like Made"}}""", answers.Json[4]!["body"]!.ToJsonString());
        Assert.Contains("<<nobody.id>>", answers.Json[5]!["body"]!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        foreach (var wrong in new[] { "{}", "[]", "[1]", """[{"id":"a","resource":"/dataSets","method":"get"},{"id":"a","resource":"/dataSets","method":"get"}]""" })
            Assert.Equal(HttpStatusCode.BadRequest, (await producer.Api.PostTextAsync(Catalog + "/", wrong)).Status);
        var tooMany = new JsonArray([.. Enumerable.Range(0, 21).Select(n => new JsonObject { ["id"] = $"{n}", ["resource"] = "/dataSets", ["method"] = "get" })]);
        Assert.Equal(HttpStatusCode.BadRequest, (await producer.Api.PostAsync(Catalog + "/", tooMany)).Status);
    }
}
