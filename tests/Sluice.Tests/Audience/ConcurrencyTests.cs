using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Many writers at once, on one node and on two: contract audience.md 2.3.</summary>
[Contract("audience 2.3")]
public sealed class ConcurrencyTests
{
    private const int Writers = 16;
    private const int Rounds = 5;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Of_those_who_know_one_version_one_writes_the_next(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var path = $"/v1/traits/{await desk.AddTraitAsync(await desk.AddDataSourceAsync("shop"))}";

        for (var round = 0; round < Rounds; round++)
        {
            var tag = (await desk.Admin.GetAsync(path)).Headers.ETag!.ToString();
            var answers = await AllAsync(writer => desk.Admin.SendAsync(HttpMethod.Put, path, $$"""{"name":"round {{round}} writer {{writer}}"}""", ("If-Match", tag)));

            var winner = Assert.Single(answers, one => one.Status == HttpStatusCode.OK);
            Assert.Equal(Writers - 1, answers.Count(one => one.Status == HttpStatusCode.PreconditionFailed));
            var read = await desk.Admin.GetAsync(path);
            Assert.Equal(((string)winner.Json["name"]!, winner.Headers.ETag), ((string)read.Json["name"]!, read.Headers.ETag));
        }
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Without_a_version_every_writer_writes_and_the_last_one_stands(StoreKind kind)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var path = $"/v1/traits/{await desk.AddTraitAsync(await desk.AddDataSourceAsync("shop"))}";

        var answers = await AllAsync(writer => desk.Admin.SendAsync(HttpMethod.Put, path, $$"""{"name":"writer {{writer}}"}"""));

        Assert.All(answers, one => Assert.Equal(HttpStatusCode.OK, one.Status));
        Assert.Equal(Enumerable.Range(2, Writers).Select(version => $"\"{version}\""), answers.Select(one => one.Headers.ETag!.ToString()).OrderBy(tag => tag.Length).ThenBy(tag => tag, StringComparer.Ordinal));
        var read = await desk.Admin.GetAsync(path);
        Assert.Equal($"\"{Writers + 1}\"", read.Headers.ETag!.ToString()); // making it was the first
        Assert.Equal((string)answers.Single(one => one.Headers.ETag!.Equals(read.Headers.ETag)).Json["name"]!, (string)read.Json["name"]!);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite, "traits", "uniqueTraitIntegrationCodes")]
    [InlineData(StoreKind.Postgres, "traits", "uniqueTraitIntegrationCodes")]
    [InlineData(StoreKind.Sqlite, "segments", "uniqueSegmentIntegrationCodes")]
    [InlineData(StoreKind.Postgres, "segments", "uniqueSegmentIntegrationCodes")]
    [Contract("audience 7", "audience Ruling 2")]
    public async Task Of_those_who_make_an_object_of_one_code_at_once_one_succeeds(StoreKind kind, string family, string flag)
    {
        await using var desk = await CatalogueDesk.StartAsync(kind);
        var source = CatalogueDesk.Id(await desk.AddAsync("/v1/datasources/", $$"""{"name":"shop","{{flag}}":true}"""), "dataSourceId");
        var trait = await desk.AddTraitAsync(source);

        var answers = await AllAsync(_ => desk.Admin.PostTextAsync($"/v1/{family}/", family == "traits"
            ? $$"""{"name":"twin","traitType":"ON_BOARDED_TRAIT","dataSourceId":{{source}},"folderId":0,"integrationCode":"one"}"""
            : $$"""{"name":"twin","segmentRule":"{{trait}}T","dataSourceId":{{source}},"folderId":0,"integrationCode":"one"}"""));

        Assert.Single(answers, one => one.Status == HttpStatusCode.Created);
        Assert.Equal(Writers - 1, answers.Count(one => one.Status == HttpStatusCode.Conflict));
        Assert.Single((await desk.Admin.GetAsync($"/v1/{family}/?integrationCode=one")).Json.AsArray());
    }

    [Fact]
    public async Task Whether_a_trait_is_taken_out_or_used_first_a_segment_never_names_a_trait_that_is_gone()
    {
        await using var desk = await CatalogueDesk.StartAsync();
        var source = await desk.AddDataSourceAsync("shop");
        for (var round = 0; round < Rounds; round++)
        {
            var trait = await desk.AddTraitAsync(source);

            var answers = await AllAsync(writer => writer % 2 == 0
                ? desk.Admin.PostTextAsync("/v1/segments/", $$"""{"name":"uses it","segmentRule":"{{trait}}T","dataSourceId":{{source}},"folderId":0}""")
                : desk.Admin.SendAsync(HttpMethod.Delete, $"/v1/traits/{trait}", null));

            Assert.All(answers, one => Assert.True((int)one.Status < 500, one.Text));
            var isGone = (await desk.Admin.GetAsync($"/v1/traits/{trait}")).Status == HttpStatusCode.NotFound;
            var users = (await desk.Admin.GetAsync($"/v1/segments/?containsTrait={trait}")).Json.AsArray().Count;
            Assert.Equal(isGone ? 0 : Writers / 2, users);
        }
    }

    [Fact]
    [Contract("audience 5.11")]
    public async Task A_rule_is_in_force_when_its_write_is_answered_whoever_else_writes_and_however_short_calls_wait()
    {
        await using var desk = await EngineDesk.StartAsync(StoreKind.Sqlite, "Audience:EventWait=00:00:00.010");
        var trait = await desk.AddTraitAsync("a==1");
        await desk.Desk.House.Http.GetStringAsync($"/event?d_uuid={EngineDesk.Device}&a=1", TestContext.Current.CancellationToken);

        for (var round = 0; round < Rounds; round++)
        {
            var answers = await AllAsync(async _ => await desk.Admin.GetAsync($"/v1/segments/{await desk.AddSegmentAsync($"{trait}T")}/explain?namespace=0&id={EngineDesk.Device}"));

            Assert.All(answers, answer => Assert.True(answer.Status == HttpStatusCode.OK, answer.Text));
        }
    }

    [Fact]
    public async Task Two_nodes_over_one_database_see_each_other_s_writes_and_lose_none()
    {
        await using var pair = await NodePair.StartAsync();
        var (one, two) = (pair.One, pair.Two);
        var source = await one.AddDataSourceAsync("shop");
        await UntilAsync(two, $"/v1/datasources/{source}", answer => answer.Status == HttpStatusCode.OK);
        var shared = await one.AddTraitAsync(source);
        await UntilAsync(two, $"/v1/traits/{shared}", answer => answer.Status == HttpStatusCode.OK);

        // Each adds objects of its own, and changes a member of its own on the one that both know.
        string[] members = ["name", "description", "comments", "integrationCode", "traitRule"];
        var answers = await AllAsync(writer =>
        {
            var node = writer % 2 == 0 ? one : two;
            return writer < members.Length
                ? node.Admin.SendAsync(HttpMethod.Put, $"/v1/traits/{shared}", new JsonObject { [members[writer]] = writer == 4 ? "w==4" : $"w{writer}" }.ToJsonString())
                : node.Admin.PostTextAsync("/v1/traits/", $$"""{"name":"w{{writer}}","traitType":"ON_BOARDED_TRAIT","dataSourceId":{{source}},"folderId":0}""");
        });

        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Created, answer.Text));
        var ids = answers.Where(answer => answer.Status == HttpStatusCode.Created).Select(answer => (long)answer.Json["sid"]!).ToArray();
        Assert.Equal(Writers - members.Length, ids.Distinct().Count());
        foreach (var node in (CatalogueDesk[])[one, two])
        {
            await UntilAsync(node, $"/v1/traits/?dataSourceId={source}", answer => answer.Json.AsArray().Count == ids.Length + 1);
            var read = await UntilAsync(node, $"/v1/traits/{shared}", answer => answer.Headers.ETag!.ToString() == $"\"{members.Length + 1}\"");
            Assert.Equal(["w0", "w1", "w2", "w3", "w==4"], members.Select(member => (string)read.Json[member]!));
        }
    }

    [Fact]
    public async Task A_version_that_another_node_wrote_over_is_known_to_be_old_at_once()
    {
        await using var pair = await NodePair.StartAsync();
        var path = $"/v1/traits/{await pair.One.AddTraitAsync(await pair.One.AddDataSourceAsync("shop"))}";
        var tag = (await pair.One.Admin.GetAsync(path)).Headers.ETag!.ToString();

        var answers = await AllAsync(writer => (writer % 2 == 0 ? pair.One : pair.Two).Admin.SendAsync(HttpMethod.Put, path, $$"""{"name":"w{{writer}}"}""", ("If-Match", tag)));
        var gone = await pair.Two.Admin.SendAsync(HttpMethod.Delete, path, null);
        var late = await pair.One.Admin.SendAsync(HttpMethod.Put, path, """{"name":"late"}""");

        Assert.Single(answers, one => one.Status == HttpStatusCode.OK);
        Assert.Equal(Writers - 1, answers.Count(one => one.Status == HttpStatusCode.PreconditionFailed));
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (gone.Status, late.Status));
        await UntilAsync(pair.One, path, answer => answer.Status == HttpStatusCode.NotFound);
    }

    private static Task<ApiAnswer[]> AllAsync(Func<int, Task<ApiAnswer>> write) => Task.WhenAll(Enumerable.Range(0, Writers).Select(write));

    // Another node asks what is new four times a second.
    private static Task<ApiAnswer> UntilAsync(CatalogueDesk node, string path, Func<ApiAnswer, bool> isSeen) =>
        Until.SeenAsync(() => node.Admin.GetAsync(path), isSeen);

    /// <summary>Two nodes of one installation: one database, and what its first start wrote.</summary>
    private sealed class NodePair : IAsyncDisposable
    {
        private readonly DirectoryInfo[] _folders;

        private NodePair(CatalogueDesk one, CatalogueDesk two, params DirectoryInfo[] folders) => (One, Two, _folders) = (one, two, folders);

        internal CatalogueDesk One { get; }

        internal CatalogueDesk Two { get; }

        internal static async Task<NodePair> StartAsync()
        {
            var postgres = $"Storage:Postgres={await PostgresServer.NewDatabaseAsync()}";
            DirectoryInfo first = Directory.CreateTempSubdirectory("sluice-node-"), second = Directory.CreateTempSubdirectory("sluice-node-");
            var one = await CatalogueDesk.OfAsync(await TestHouse.StartInAsync(first.FullName, postgres));
            File.Copy(Path.Combine(first.FullName, "credentials.json"), Path.Combine(second.FullName, "credentials.json"));
            return new NodePair(one, await CatalogueDesk.OfAsync(await TestHouse.StartInAsync(second.FullName, postgres)), first, second);
        }

        public async ValueTask DisposeAsync()
        {
            await Two.DisposeAsync();
            await One.DisposeAsync();
            foreach (var folder in _folders)
                folder.Delete(recursive: true);
        }
    }
}
