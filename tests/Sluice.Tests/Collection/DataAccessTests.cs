using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Reading landed files, ranges, diagnostics and previews; what batch ingestion answers: contract collection.md 4.3, 4.4.</summary>
public sealed class DataAccessTests
{
    private const string Export = "/data/foundation/export";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("4.4")]
    public async Task A_failed_batch_shows_its_row_errors_as_diagnostics(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var api = producer.Api;
        await producer.SendAsync([.. Enumerable.Range(0, 120).Select(n => (JsonNode?)producer.Message(new JsonObject { ["_id"] = $"bad {n}" }))]);
        await producer.LandedAsync(120, "failed");
        var id = (await api.GetAsync("/data/foundation/catalog/batches?status=failed")).Json.AsObject().Single().Key;

        var meta = await api.GetAsync($"{Export}/batches/{id}/meta");
        var rowErrors = await api.GetAsync(Href(meta, 1));
        var rows = await api.GetAsync(Href(rowErrors, 0));
        var samples = await api.GetAsync($"{Export}/batches/{id}/meta?path=row_error_samples.json");
        var failed = await api.GetAsync($"{Export}/batches/{id}/failed?start=1&limit=1");
        var head = await api.SendAsync(HttpMethod.Head, Href(failed, 0), null);

        Assert.Equal(["input_files", "row_errors", "row_error_samples.json"], Names(meta));
        Assert.Equal(120, rows.Text.Count(one => one == '\n'));
        Assert.Equal(rows.Text.Split('\n').Take(100), samples.Text.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("DCVS-1106-400",
            JsonNode.Parse(rows.Text.Split('\n')[0])!["_errors"]!["_streamingValidation"]![0]!["code"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(samples.Text, (await api.GetAsync($"{Export}/batches/{id}/meta?path=row_errors_sample.json")).Text);
        Assert.Equal("""{"data":[],"_page":{"limit":100,"count":0}}""", (await api.GetAsync($"{Export}/batches/{id}/meta?path=input_files")).Text);
        Assert.Equal([$"part-00000-{id}-c000.json"], Names(failed));
        Assert.Equal("""{"limit":1,"count":1}""", failed.Json["_page"]!.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, head.Status);
        Assert.Equal("", head.Text);
        foreach (var missing in new[] { "meta?path=nothing", "meta?path=row_errors/other.json", "failed?path=../x", "files?limit=0", "failed?start=-1" })
            Assert.NotInRange((int)(await api.GetAsync($"{Export}/batches/{id}/{missing}")).Status, 200, 399);
        Assert.Empty((await api.GetAsync($"{Export}/batches/{id}/files")).Json["data"]!.AsArray());
    }

    [Theory]
    [InlineData("bytes=0-0", 206, 0, 1)]
    [InlineData("bytes=5-", 206, 5, -1)]
    [InlineData("bytes=-7", 206, -7, 7)]
    [InlineData("bytes=0-9223372036854775807", 200, 0, -1)]
    [InlineData("bytes=2-9223372036854775807", 206, 2, -1)]
    [InlineData("bytes=9223372036854775807-", 416, 0, 0)]
    [InlineData("bytes=-0", 416, 0, 0)]
    [InlineData("bytes=0-1,4-5", 200, 0, -1)]
    [InlineData("bytes=9-3", 200, 0, -1)]
    [InlineData("rows=1-2", 200, 0, -1)]
    [InlineData("nonsense", 200, 0, -1)]
    [Contract("4.4")]
    public async Task A_range_is_served_as_asked_or_whole_or_refused_with_the_length(string range, int status, int from, int length)
    {
        await using var house = await TestHouse.StartAsync();
        using var producer = await Producer.OpenAsync(house);
        await producer.SendAsync(producer.Message());
        await producer.LandedAsync(1);
        var id = (await producer.Api.GetAsync("/data/foundation/catalog/batches")).Json.AsObject().Single().Key;
        var path = $"{Export}/files/{id}-1?path={id}.json";
        var whole = (await producer.Api.GetAsync(path)).Text;

        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Range", range);
        using var response = await producer.Api.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        var start = from < 0 ? whole.Length + from : from;
        var wanted = length < 0 ? whole[start..] : whole.Substring(start, length);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 416 ? "" : wanted, text);
        var contentRange = status switch { 206 => $"bytes {start}-{start + wanted.Length - 1}/{whole.Length}", 416 => $"bytes */{whole.Length}", _ => null };
        Assert.Equal(contentRange, response.Content.Headers.ContentRange?.ToString());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("4.3", "4.4")]
    public async Task A_preview_shows_the_first_hundred_rows_of_the_newest_batches(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var producer = await Producer.OpenAsync(house);
        var api = producer.Api;
        await producer.SendAsync([.. Enumerable.Range(0, 60).Select(n => (JsonNode?)producer.Message(Producer.Entity($"old {n}")))]);
        await producer.LandedAsync(60);
        await producer.SendAsync([.. Enumerable.Range(0, 60).Select(n => (JsonNode?)producer.Message(Producer.Entity($"new {n}")))]);
        await producer.LandedAsync(120);
        var newest = (await api.GetAsync("/data/foundation/catalog/batches?orderBy=desc:created&limit=1")).Json.AsObject().Single().Key;

        var preview = (await api.GetAsync($"{Export}/datasets/{producer.DatasetId}/preview")).Json["data"]!.AsArray();
        var ofBatch = await api.GetAsync($"/data/foundation/import/batches/{newest}/datasets/{producer.DatasetId}/preview");

        Assert.Equal(100, preview.Count);
        Assert.Equal(["new 0", "old 0"], new[] { preview[0], preview[60] }.Select(row => row!["_id"]!.GetValue<string>()));
        Assert.Equal("""[{"cid":"1","name":"_id"},{"cid":"2","name":"timestamp"}]""", ofBatch.Json["preview"]!["columns"]!.ToJsonString());
        Assert.Equal("""["new 0","2019-02-23T22:07:01Z"]""", ofBatch.Json["preview"]!["rows"]![0]!.ToJsonString());
        Assert.Equal(ofBatch.Text, (await api.GetAsync($"{Export}/batches/{newest}/datasets/{producer.DatasetId}/preview")).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"{Export}/batches/{newest}/datasets/other/preview")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"{Export}/datasets/other/preview")).Status);
    }

    [Theory]
    [InlineData("POST", "/batches")]
    [InlineData("GET", "/batches/b")]
    [InlineData("POST", "/batches/b?action=COMPLETE")]
    [InlineData("PUT", "/batches/b/datasets/d/files/part.json")]
    [InlineData("POST", "/batches/b/datasets/d/files/deep/part.json?action=INITIALIZE")]
    [InlineData("PATCH", "/batches/b/datasets/d/files/part.json")]
    [InlineData("HEAD", "/batches/b/datasets/d/files/part.json")]
    [Contract("4.3")]
    public async Task Batch_ingestion_says_that_it_is_not_offered_and_what_is(string method, string path)
    {
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();

        var answer = await api.SendAsync(new HttpMethod(method), "/data/foundation/import" + path, method is "GET" or "HEAD" ? null : "{}");

        Assert.Equal(HttpStatusCode.NotImplemented, answer.Status);
        if (method != "HEAD")
            Assert.Contains("POST /collection/", answer.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await house.Http.GetAsync("/data/foundation/import/batches/b", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    [Contract("2.1")]
    public async Task A_raw_inlet_is_refused_with_the_reason()
    {
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();

        var refused = await api.PostTextAsync("/data/core/edge/inlet", """{"name":"raw","dataType":"raw"}""");

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("not offered", refused.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(0, (await api.GetAsync("/data/core/edge/inlet")).Json["total"]!.GetValue<int>());
    }

    private static string Href(ApiAnswer list, int index) => list.Json["data"]![index]!["_links"]!["self"]!["href"]!.GetValue<string>();

    private static IEnumerable<string> Names(ApiAnswer list) => list.Json["data"]!.AsArray().Select(file => file!["name"]!.GetValue<string>());
}
