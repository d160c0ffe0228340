using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Journal;
using Sluice.Journal.Records;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Collection;

/// <summary>Identity namespaces: the standard ones, the organisation's own, and what they mean for the identities of a record.</summary>
[Contract("5.1")]
public sealed class NamespaceTests
{
    private const string Identities = "/data/core/idnamespace/identities";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task The_standard_namespaces_are_there_from_the_start_and_custom_ones_come_after_them(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var api = await house.SignInAsync();

        var before = (await api.GetAsync(Identities)).Json.AsArray();
        var created = await api.PostAsync(Identities, Loyalty());
        var second = await api.PostAsync(Identities, Loyalty("Shop"));
        var after = (await api.GetAsync(Identities)).Json.AsArray();

        Assert.Equal(17, before.Count);
        Assert.Equal([("ECID", 4), ("Email", 6), ("AdCloud", 411)], before.Take(3).Select(one => (one!["code"]!.GetValue<string>(), one["id"]!.GetValue<int>())));
        Assert.All(before, one => Assert.False(one!["custom"]!.GetValue<bool>()));
        Assert.Equal(HttpStatusCode.OK, created.Status);
        Assert.Equal(10_000_000, created.Json["id"]!.GetValue<int>());
        Assert.Equal(10_000_001, second.Json["id"]!.GetValue<int>());
        Assert.Equal(("Loyalty", "CROSS_DEVICE", "ACTIVE", true), ((string)created.Json["code"]!, (string)created.Json["idType"]!, (string)created.Json["status"]!, (bool)created.Json["custom"]!));
        Assert.Equal(created.Json["createTime"]!.GetValue<long>(), created.Json["updateTime"]!.GetValue<long>());
        Assert.Equal(["Loyalty", "Shop"], after.Skip(17).Select(one => one!["code"]!.GetValue<string>()));
        Assert.Equal("Loyalty", (await api.GetAsync($"{Identities}/10000000")).Json["code"]!.GetValue<string>());
        Assert.Equal("Email", (await api.GetAsync($"{Identities}/6")).Json["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_code_is_taken_in_any_spelling(StoreKind kind)
    {
        await using var house = await TestHouse.StartAsync(kind);
        using var api = await house.SignInAsync();
        await api.PostAsync(Identities, Loyalty());

        foreach (var taken in new[] { "Loyalty", "LOYALTY", "eMAIL", "phone_e.164" })
        {
            var refused = await api.PostAsync(Identities, Loyalty(taken));

            Assert.Equal((HttpStatusCode.Conflict, "NAMESPACE_CODE_CONFLICT", 409), (refused.Status, (string)refused.Json["title"]!, (int)refused.Json["status"]!));
            Assert.Contains($"[{taken}]", (string)refused.Json["detail"]!, StringComparison.Ordinal);
        }
        Assert.Equal(18, (await api.GetAsync(Identities)).Json.AsArray().Count);
    }

    [Fact]
    public async Task A_namespace_can_be_renamed_but_keeps_its_code_and_type_and_is_never_removed()
    {
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();
        await api.PostAsync(Identities, Loyalty());
        var renamed = Loyalty();
        renamed["name"] = "Members";
        renamed["description"] = "Card numbers";
        var otherType = Loyalty();
        otherType["idType"] = "COOKIE";

        var changed = await api.SendAsync(HttpMethod.Put, $"{Identities}/10000000", renamed.ToJsonString());
        var refusedCode = await api.SendAsync(HttpMethod.Put, $"{Identities}/10000000", Loyalty("Other").ToJsonString());
        var refusedType = await api.SendAsync(HttpMethod.Put, $"{Identities}/10000000", otherType.ToJsonString());
        var standard = await api.SendAsync(HttpMethod.Put, $"{Identities}/6", new JsonObject { ["name"] = "Mail" }.ToJsonString());
        var unknown = await api.SendAsync(HttpMethod.Put, $"{Identities}/12345", renamed.ToJsonString());
        var removed = await api.SendAsync(HttpMethod.Delete, $"{Identities}/10000000", null);

        Assert.Equal((HttpStatusCode.OK, "Members", "Card numbers"), (changed.Status, (string)changed.Json["name"]!, (string)changed.Json["description"]!));
        foreach (var refused in new[] { refusedCode, refusedType, standard })
            Assert.Equal((HttpStatusCode.BadRequest, "INVALID_REQUEST_PARAMS"), (refused.Status, (string)refused.Json["title"]!));
        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, removed.Status);
        var kept = (await api.GetAsync($"{Identities}/10000000")).Json;
        Assert.Equal(("Loyalty", "CROSS_DEVICE", "Members"), ((string)kept["code"]!, (string)kept["idType"]!, (string)kept["name"]!));
    }

    [Fact]
    public async Task A_namespace_that_cannot_be_is_refused_with_its_reason()
    {
        (string Body, string Named)[] bad =
        [
            ("""{"code":"A","idType":"DEVICE"}""", "'name'"),
            ("""{"name":"A","idType":"DEVICE"}""", "'code'"),
            ("""{"name":"A","code":"A"}""", "'idType'"),
            ("""{"name":"A","code":"A","idType":"PLANET"}""", "'idType'"),
            ("""{"name":"A","code":"with space","idType":"DEVICE"}""", "'code'"),
            ("""{"name":"A","code":7,"idType":"DEVICE"}""", "'code'"),
            ("""{"name":"A","code":"A","idType":"DEVICE","description":[]}""", "'description'"),
            ("[]", "object"),
            ("""{"name":""", "line 1"),
        ];
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();

        foreach (var (body, named) in bad)
        {
            var refused = await api.PostTextAsync(Identities, body);

            Assert.Equal((HttpStatusCode.BadRequest, "INVALID_REQUEST_PARAMS"), (refused.Status, (string)refused.Json["title"]!));
            Assert.Contains(named, (string)refused.Json["detail"]!, StringComparison.Ordinal);
        }
        Assert.Equal(17, (await api.GetAsync(Identities)).Json.AsArray().Count);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    [Contract("5.2")]
    public async Task Identities_are_kept_under_the_registered_spelling_and_only_once_their_namespace_is_registered(StoreKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-namespace-").FullName;
        string[] settings = kind == StoreKind.Postgres ? [$"Storage:Postgres={await PostgresServer.NewDatabaseAsync()}"] : [];
        await using (var house = await TestHouse.StartInAsync(folder, settings))
        {
            using var producer = await Producer.OpenAsync(house);
            var entity = Producer.Entity("one");
            entity["identityMap"] = JsonNode.Parse("""{"loyalty":[{"id":"77","primary":true}],"eMAIL":[{"id":"a@example.com"}],"ec\u0069d":[{"id":"38"}]}""");

            var before = await producer.SendAsync(producer.Message(entity));
            await producer.Api.PostAsync(Identities, Loyalty());
            var after = await producer.SendAsync(producer.Message(entity.DeepClone()));

            Assert.Equal((HttpStatusCode.MultiStatus, HttpStatusCode.MultiStatus), (before.Status, after.Status));
        }

        Assert.Equal(["Authenticated, UnknownNamespace: Email=a@example.com ECID=38", "Authenticated: Loyalty=77* Email=a@example.com ECID=38"], await JournalledAsync(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    [Contract("5.3", "5.4", "5.5")]
    public async Task What_belongs_to_a_later_door_says_so()
    {
        (string Method, string Path)[] documented =
        [
            ("GET", "/data/core/ups/config/mergePolicies"),
            ("POST", "/data/core/ups/segment/definitions"),
            ("PATCH", "/data/core/ups/segment/definitions/1"),
            ("POST", "/data/core/ups/segment/jobs"),
            ("POST", "/data/core/ups/preview"),
            ("GET", "/data/core/ups/estimate/1"),
        ];
        await using var house = await TestHouse.StartAsync();
        using var api = await house.SignInAsync();

        foreach (var (method, path) in documented)
        {
            var answer = await api.SendAsync(new HttpMethod(method), path, method == "GET" ? null : "{}");

            Assert.Equal((HttpStatusCode.NotImplemented, 501), (answer.Status, (int)answer.Json["status"]!));
            Assert.Contains("not offered yet", (string)answer.Json["detail"]!, StringComparison.Ordinal);
        }
    }

    private static JsonObject Loyalty(string code = "Loyalty") => new() { ["name"] = "Loyalty members", ["code"] = code, ["idType"] = "CROSS_DEVICE" };

    private static async Task<List<string>> JournalledAsync(string folder)
    {
        await using var journal = EventJournal.Open(
            new JournalOptions { Folder = Path.Combine(folder, "production/journal") }, TimeProvider.System, NullLogger.Instance);
        using var reader = journal.OpenReader(journal.StartOffset);
        var records = new List<string>();
        while (reader.TryRead(out var journalled))
        {
            if (journalled.Payload[1] != (byte)RecordKind.Message)
                continue; // rules and days, which the engine of profiles tells the journal
            Assert.True(MessageRecord.TryRead(journalled.Payload, out var record));
            var text = new StringBuilder($"{record.Marks}:");
            foreach (var identity in record.Identities)
                text.Append($" {Encoding.UTF8.GetString(identity.NamespaceCode)}={Encoding.UTF8.GetString(identity.Value)}{(identity.IsPrimary ? "*" : "")}");
            records.Add(text.ToString());
        }
        return records;
    }
}
