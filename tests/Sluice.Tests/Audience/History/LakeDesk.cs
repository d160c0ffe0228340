using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience.History;

/// <summary>A house with a small journal and two datasets that count for profiles: messages go in, land, and leave the journal when a test says so.</summary>
internal sealed class LakeDesk : IAsyncDisposable
{
    private readonly string[] _settings;
    private readonly DirectoryInfo _folder;
    private readonly ShiftedClock _clock;
    private readonly List<Producer> _producers = [];
    private TestHouse _house;

    private LakeDesk(TestHouse house, DirectoryInfo folder, ShiftedClock clock, string[] settings) => (_house, _folder, _clock, _settings) = (house, folder, clock, settings);

    internal ApiClient Admin { get; private set; } = null!;

    internal long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    internal string Lake => Path.Combine(_folder.FullName, "production/lake");

    internal string Database => Path.Combine(_folder.FullName, "production/metadata.db");

    internal IReadOnlyList<string> Datasets => [.. _producers.Take(2).Select(one => one.DatasetId)];

    private string Journal => Path.Combine(_folder.FullName, "production/journal");

    private long Source { get; set; }

    internal static async Task<LakeDesk> StartAsync(StoreKind kind = StoreKind.Sqlite)
    {
        string[] settings =
        [
            "Journal:SegmentBytes=9437184", "Journal:MaxAge=01:00:00",
            .. kind == StoreKind.Postgres ? [$"Storage:Postgres={await PostgresServer.NewDatabaseAsync()}"] : Array.Empty<string>(),
        ];
        var (folder, clock) = (Directory.CreateTempSubdirectory("sluice-lake-"), new ShiftedClock());
        clock.Shift(clock.GetUtcNow().Date.AddDays(1).AddHours(1) - clock.GetUtcNow().DateTime); // tomorrow at 01:00, so that no midnight comes uncalled
        var desk = new LakeDesk(await TestHouse.StartInAsync(folder.FullName, clock, settings), folder, clock, settings);
        desk.Admin = await desk._house.SignInAsync();
        desk.Source = CatalogueDesk.Id(await desk.AddAsync("/v1/datasources/", """{"name":"shop","integrationCode":"shop"}"""), "dataSourceId");
        for (var at = 0; at < 3; at++)
            desk._producers.Add(await Producer.OpenAsync(desk._house));
        foreach (var dataset in desk.Datasets)
        {
            var enabled = await desk.Admin.SendAsync(HttpMethod.Patch, $"/data/foundation/catalog/dataSets/{dataset}", """{"tags":{"unifiedProfile":["enabled:true"]}}""");
            Assert.True(enabled.Status == HttpStatusCode.OK, enabled.Text);
        }
        return desk;
    }

    /// <summary>Sends messages of people, by turns into the one dataset and the other.</summary>
    internal async Task SendAsync(params IReadOnlyList<(string Who, string What)> messages)
    {
        foreach (var some in messages.Index().GroupBy(one => one.Index / 200 * 2 + one.Index % 2))
        {
            var producer = _producers[some.Key % 2];
            await PostAsync(producer, some.Select(one => MessageOf(producer, one.Item.Who, one.Item.What)));
        }
    }

    /// <summary>Lets the journal grow and time pass until it has let go of what was sent so far: that is in the lake only.</summary>
    internal async Task TrimAsync()
    {
        var first = Segments()[0];
        await FillAsync(() => Segments().Length > 1);
        await PassAsync(TimeSpan.FromHours(2));
        await FillAsync(() => !Segments().Contains(first));

        string[] Segments() => [.. Directory.EnumerateFiles(Journal, "*.journal").Order(StringComparer.Ordinal)];
    }

    internal async Task PassAsync(TimeSpan time)
    {
        _clock.Shift(time);
        Admin.Dispose();
        Admin = await _house.SignInAsync();
    }

    internal async Task RestartAsync()
    {
        Admin.Dispose();
        await _house.DisposeAsync();
        _house = await TestHouse.StartInAsync(_folder.FullName, _clock, _settings);
        Admin = await _house.SignInAsync();
    }

    internal async Task<long> AddTraitAsync(string rule = "eventType == \\\"buy\\\"") => CatalogueDesk.Id(
        await AddAsync("/v1/traits/", $$"""{"name":"t","traitType":"RULE_BASED_TRAIT","dataSourceId":{{Source}},"folderId":0,"ttl":0,"traitRule":"{{rule}}"}"""), "sid");

    internal async Task<long> AddSegmentAsync(long trait) => CatalogueDesk.Id(
        await AddAsync("/v1/segments/", $$"""{"name":"s","segmentRule":"frequency([{{trait}}T]) >= 1","dataSourceId":{{Source}},"folderId":0}"""), "sid");

    private async Task<JsonNode> AddAsync(string path, string body)
    {
        var made = await Admin.PostTextAsync(path, body);
        Assert.True(made.Status == HttpStatusCode.Created, made.Text);
        return made.Json;
    }

    internal async Task CallAsync(string query, string device) => await _house.Http.GetStringAsync($"/event?d_uuid={device}&{query}", TestContext.Current.CancellationToken);

    internal async Task<JsonNode> PreviewAsync(string more = "")
    {
        var answer = await Admin.PostTextAsync("/v1/traits/preview", $$"""{"traitRule":"eventType == \"buy\"","samples":1000{{more}}}""");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return answer.Json;
    }

    /// <summary>Backfills a trait and waits until that is over.</summary>
    internal async Task<JsonNode> BackfillAsync(long trait, string more = "")
    {
        var asked = await Admin.PostTextAsync("/api/sluice/v1/backfills", $$"""{"sid":{{trait}}{{more}}}""");
        Assert.True(asked.Status == HttpStatusCode.Accepted, asked.Text);
        return await UntilOverAsync((string)asked.Json["backfills"]![0]!["id"]!);
    }

    internal Task<JsonNode> UntilOverAsync(string id) => Until.SeenAsync(
        async () => (await Admin.GetAsync($"/api/sluice/v1/backfills/{id}")).Json, now => (string)now["state"]! is "done" or "failed" or "cancelled");

    /// <summary>What each of some people holds of a trait: how often, first and last; empty for whoever does not.</summary>
    internal async Task<string[]> HeldAsync(long trait, IEnumerable<string> people)
    {
        var segment = await AddSegmentAsync(trait);
        var held = new List<string>();
        foreach (var who in people)
        {
            var answer = await Admin.GetAsync($"/v1/segments/{segment}/explain?namespace=Email&id={who}");
            Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.NotFound, answer.Text); // who never came is not known
            held.Add(string.Join(' ', answer.Body?["terms"]?[0]!["held"]!.AsArray()
                .Select(one => $"{who} {one!["count"]} {(long)one["firstRealization"]! / 1000} {(long)one["lastRealization"]! / 1000}") ?? []));
        }
        return [.. held];
    }

    /// <summary>The batches of a dataset that are listed, oldest first, once they hold so many messages.</summary>
    internal async Task<string[]> BatchesAsync(string dataset, int messages)
    {
        var all = await Until.SeenAsync(
            async () => (await Admin.GetAsync($"/data/foundation/catalog/batches?dataSet={dataset}&status=success&orderBy=asc:created&limit=100")).Json.AsObject(),
            page => page.Sum(one => (int)one.Value!["metrics"]!["inputRecordCount"]!) >= messages);
        return [.. all.Select(one => one.Key)];
    }

    internal string FileOf(string batch, string suffix) => Directory.EnumerateFiles(Lake, $"{batch}{suffix}", SearchOption.AllDirectories).Single();

    public async ValueTask DisposeAsync()
    {
        _producers.ForEach(one => one.Dispose());
        Admin.Dispose();
        await _house.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task FillAsync(Func<bool> isEnough)
    {
        var filler = _producers[2];
        var entity = Producer.Entity("filler");
        entity["environment"] = new JsonObject { ["browserDetails"] = new JsonObject { ["userAgent"] = new string('x', 8_000) } };
        for (var turn = 0; turn < 200 && !isEnough(); turn++)
            await PostAsync(filler, Enumerable.Range(0, 100).Select(_ => filler.Message(entity.DeepClone())));
        Assert.True(isEnough(), "The journal keeps everything.");
    }

    private async Task PostAsync(Producer producer, IEnumerable<JsonObject> messages)
    {
        var sent = await Admin.PostAsync(producer.Path, new JsonObject { ["messages"] = new JsonArray([.. messages]) });
        Assert.True(sent.Status is HttpStatusCode.MultiStatus && !sent.Text.Contains("\"status\":4", StringComparison.Ordinal), sent.Text);
    }

    private static JsonObject MessageOf(Producer producer, string who, string what)
    {
        var entity = Producer.Entity(Guid.NewGuid().ToString());
        entity["eventType"] = what;
        entity["identityMap"] = new JsonObject { ["Email"] = new JsonArray(new JsonObject { ["id"] = who, ["primary"] = true }) };
        return producer.Message(entity);
    }
}
