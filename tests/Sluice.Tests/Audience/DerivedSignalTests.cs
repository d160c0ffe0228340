using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Derived signals: contract audience.md 3.5 and the list rules of 2.1.</summary>
[Contract("audience 3.5")]
public sealed class DerivedSignalTests(SharedDesk shared) : IClassFixture<SharedDesk>
{
    private const string Path = "/v1/signals/derived/";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("audience Ruling 1")]
    public async Task A_derived_signal_is_made_read_changed_and_deleted(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);

        var made = await desk.Admin.PostTextAsync(Path, Of("sku", "1234", "camera", "brand x"));
        var one = Path + made.Json["derivedSignalId"];
        var read = await desk.Admin.GetAsync(one);
        var changed = await desk.Admin.SendAsync(HttpMethod.Put, one, """{"targetValue":"brand y","integrationCode":"cam"}""");
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, one, null);
        var gone = await desk.Admin.GetAsync(one);

        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal(
            [
                "derivedSignalId", "pid", "sourceKey", "sourceValue", "targetKey", "targetValue", "integrationCode", "version", "crUID", "upUID", "createTime",
                "updateTime",
            ],
            CatalogueDesk.Members(made.Json));
        Assert.Null(made.Json["integrationCode"]);
        Assert.Equal(0, made.Json["version"]!.GetValue<long>());
        Assert.True(JsonNode.DeepEquals(made.Json, read.Json));
        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal(("brand y", "cam", "1234", 1), (Text(changed, "targetValue"), Text(changed, "integrationCode"), Text(changed, "sourceValue"), (int)changed.Json["version"]!));
        Assert.Equal((HttpStatusCode.NoContent, ""), (deleted.Status, deleted.Text));
        CatalogueDesk.AssertRefused(gone, HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Bulk_deletes_take_all_or_nothing()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var first = await desk.AddAsync(Path, Of("a", "1", "b", "1"));
        var second = await desk.AddAsync(Path, Of("a", "2", "b", "2"));

        var refused = await desk.Admin.PostTextAsync(Path + "bulk-delete", $"[{first["derivedSignalId"]},999]");
        var kept = await desk.Admin.GetAsync(Path);
        var deleted = await desk.Admin.PostTextAsync(Path + "bulk-delete", $"[{first["derivedSignalId"]},\"{second["derivedSignalId"]}\"]");

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "not_found", "999");
        Assert.Equal(2, kept.Json.AsArray().Count);
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Empty((await desk.Admin.GetAsync(Path)).Json.AsArray());
    }

    [Fact]
    [Contract("audience 2.2")]
    public async Task Values_may_come_as_numbers_and_are_kept_as_texts_as_they_were_sent()
    {
        var desk = shared.Desk;

        var number = await desk.AddAsync(Path, """{"sourceKey":"sku","sourceValue":1234,"targetKey":"price","targetValue":1.50}""");
        var blanks = await desk.AddAsync(Path, Of("sku", " 1234 ", "price", "2"));

        Assert.Equal(("1234", "1.50"), ((string)number["sourceValue"]!, (string)number["targetValue"]!));
        Assert.Equal(" 1234 ", (string)blanks["sourceValue"]!);
    }

    [Fact]
    public async Task The_same_source_leads_to_the_same_target_once()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var first = await desk.AddAsync(Path, Of("sku", "1", "camera", "x"));
        var other = await desk.AddAsync(Path, Of("sku", "1", "camera", "y"));

        var twin = await desk.Admin.PostTextAsync(Path, Of("sku", "1", "camera", "x"));
        var made = await desk.Admin.SendAsync(HttpMethod.Put, Path + other["derivedSignalId"], """{"targetValue":"x"}""");
        var itself = await desk.Admin.SendAsync(HttpMethod.Put, Path + first["derivedSignalId"], first.ToJsonString());

        CatalogueDesk.AssertRefused(twin, HttpStatusCode.Conflict, "duplicate_derived_signal", $"Derived signal {first["derivedSignalId"]}");
        CatalogueDesk.AssertRefused(made, HttpStatusCode.Conflict, "duplicate_derived_signal");
        Assert.Equal((HttpStatusCode.OK, 1L), (itself.Status, itself.Json["version"]!.GetValue<long>()));
        Assert.Equal("y", (string)(await desk.Admin.GetAsync(Path + other["derivedSignalId"])).Json["targetValue"]!);
    }

    [Theory]
    [InlineData("sourceKey")]
    [InlineData("sourceValue")]
    [InlineData("targetKey")]
    [InlineData("targetValue")]
    [InlineData("integrationCode")]
    [Contract("audience 7")]
    public async Task Every_field_has_at_most_228_characters_and_all_but_the_code_are_required(string member)
    {
        var desk = shared.Desk;

        var longest = await desk.Admin.PostTextAsync(Path, With(member, new string('x', 228)));
        var tooLong = await desk.Admin.PostTextAsync(Path, With(member, new string('x', 229)));
        var empty = await desk.Admin.PostTextAsync(Path, With(member, "", "y"));

        Assert.Equal(HttpStatusCode.Created, longest.Status);
        CatalogueDesk.AssertRefused(tooLong, HttpStatusCode.BadRequest, "validation_error", $"{member} has at most 228 characters");
        if (member == "integrationCode")
            Assert.Equal(HttpStatusCode.Created, empty.Status);
        else
            CatalogueDesk.AssertRefused(empty, HttpStatusCode.BadRequest, "validation_error", $"{member} is required");
    }

    [Fact]
    [Contract("audience 7")]
    public async Task There_are_no_more_than_the_limit()
    {
        await using var desk = await CatalogueDesk.StartAsync(settings: "Audience:Limits:DerivedSignals=1");
        await desk.AddAsync(Path, Of("a", "1", "b", "1"));

        var refused = await desk.Admin.PostTextAsync(Path, Of("a", "2", "b", "2"));

        CatalogueDesk.AssertRefused(refused, HttpStatusCode.BadRequest, "resource_limit_exceeded");
        Assert.Single((await desk.Admin.GetAsync(Path)).Json.AsArray());
    }

    [Fact]
    [Contract("audience 2.3")]
    public async Task Who_changes_or_deletes_an_old_version_is_refused()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var one = Path + (await desk.AddAsync(Path, Of("a", "1", "b", "1")))["derivedSignalId"];
        var etag = (await desk.Admin.GetAsync(one)).Headers.ETag!.Tag;

        var first = await desk.Admin.SendAsync(HttpMethod.Put, one, """{"targetValue":"2"}""", ("If-Match", etag));
        var second = await desk.Admin.SendAsync(HttpMethod.Put, one, """{"targetValue":"3"}""", ("If-Match", etag));
        var deleted = await desk.Admin.SendAsync(HttpMethod.Delete, one, null, ("If-Match", etag));

        Assert.Equal(HttpStatusCode.OK, first.Status);
        CatalogueDesk.AssertRefused(second, HttpStatusCode.PreconditionFailed, "precondition_failed");
        CatalogueDesk.AssertRefused(deleted, HttpStatusCode.PreconditionFailed, "precondition_failed");
        Assert.Equal("2", (string)(await desk.Admin.GetAsync(one)).Json["targetValue"]!);
    }

    [Fact]
    [Contract("audience L1", "audience L2", "audience 2.1")]
    public async Task Lists_are_plain_paged_searched_and_ordered()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        for (var number = 1; number <= 23; number++)
            await desk.AddAsync(Path, Of($"key{number:00}", number == 7 ? "Lens" : "sku", "camera", $"{number}"));

        var all = (await desk.Admin.GetAsync(Path)).Json.AsArray();
        var first = (await desk.Admin.GetAsync(Path + "?page=0")).Json;
        var third = (await desk.Admin.GetAsync(Path + "?page=2")).Json;
        var tenth = (await desk.Admin.GetAsync(Path + "?page=9")).Json;
        var found = (await desk.Admin.GetAsync(Path + "?search=lens")).Json.AsArray();
        var ordered = (await desk.Admin.GetAsync(Path + "?sortBy=sourceKey&descending=true")).Json.AsArray();
        var five = (await desk.Admin.GetAsync(Path + "?pageSize=5")).Json;

        Assert.Equal(23, all.Count);
        Assert.Equal(["total", "page", "pageSize", "list"], CatalogueDesk.Members(first));
        Assert.Equal((23, 0, 10, 10), (Number(first, "total"), Number(first, "page"), Number(first, "pageSize"), first["list"]!.AsArray().Count));
        Assert.Equal((23, 2, 3), (Number(third, "total"), Number(third, "page"), third["list"]!.AsArray().Count));
        Assert.Equal((23, 0), (Number(tenth, "total"), tenth["list"]!.AsArray().Count));
        Assert.Equal("key07", (string)Assert.Single(found)!["sourceKey"]!);
        Assert.Equal(Enumerable.Range(1, 23).Reverse().Select(number => $"key{number:00}"), ordered.Select(row => (string)row!["sourceKey"]!));
        Assert.Equal((23, 0, 5, 5), (Number(five, "total"), Number(five, "page"), Number(five, "pageSize"), five["list"]!.AsArray().Count));
    }

    [Fact]
    [Contract("audience 6")]
    public async Task Rights_are_wildcards_and_who_may_not_see_derived_signals_gets_an_empty_list()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var one = Path + (await desk.AddAsync(Path, Of("a", "1", "b", "1")))["derivedSignalId"];
        var nobody = await desk.AddMemberAsync("VIEW_ALL_TRAITS");
        var reader = await desk.AddMemberAsync("VIEW_DERIVED_SIGNALS");
        var writer = await desk.AddMemberAsync("VIEW_DERIVED_SIGNALS CREATE_DERIVED_SIGNALS EDIT_DERIVED_SIGNALS DELETE_DERIVED_SIGNALS");

        var hidden = await nobody.GetAsync(Path);
        var hiddenPage = await nobody.GetAsync(Path + "?page=0");
        var shown = await reader.GetAsync(Path + "?includePermissions=true");
        var blocked = new[]
        {
            await nobody.GetAsync(one), await nobody.PostTextAsync(Path, Of("x", "1", "y", "1")), await nobody.SendAsync(HttpMethod.Delete, one, null),
            await reader.PostTextAsync(Path, Of("x", "1", "y", "1")), await reader.SendAsync(HttpMethod.Put, one, """{"targetValue":"2"}"""),
            await reader.SendAsync(HttpMethod.Delete, one, null),
        };
        var made = await writer.PostTextAsync(Path, Of("x", "1", "y", "1"));
        var changed = await writer.SendAsync(HttpMethod.Put, one, """{"targetValue":"2"}""");
        var deleted = await writer.SendAsync(HttpMethod.Delete, one, null);

        Assert.Equal((HttpStatusCode.OK, 0), (hidden.Status, hidden.Json.AsArray().Count));
        Assert.Equal(0, Number(hiddenPage.Json, "total"));
        Assert.Equal("""["READ"]""", Assert.Single(shown.Json.AsArray())!["permissions"]!.ToJsonString());
        Assert.All(blocked, answer => CatalogueDesk.AssertRefused(answer, HttpStatusCode.Forbidden, "forbidden"));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.NoContent), (made.Status, changed.Status, deleted.Status));
    }

    private static string Of(string sourceKey, string sourceValue, string targetKey, string targetValue) => new JsonObject
    {
        ["sourceKey"] = sourceKey,
        ["sourceValue"] = sourceValue,
        ["targetKey"] = targetKey,
        ["targetValue"] = targetValue,
    }.ToJsonString();

    private static string With(string member, string value, string targetValue = "x")
    {
        var one = JsonNode.Parse(Of("sku", "1", "camera", targetValue))!;
        one[member] = value;
        return one.ToJsonString();
    }

    private static string? Text(ApiAnswer answer, string member) => (string?)answer.Json[member];

    private static int Number(JsonNode one, string member) => one[member]!.GetValue<int>();
}
