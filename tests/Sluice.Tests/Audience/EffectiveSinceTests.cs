using System.Net;
using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>Whoever reads a trait or a segment sees since when its rule is in force.</summary>
public sealed class EffectiveSinceTests
{
    private const string Member = "effectiveSince";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_trait_and_a_segment_say_since_when_their_rules_hold_after_a_restart_too(StoreKind kind)
    {
        var (folder, clock) = (Directory.CreateTempSubdirectory("sluice-since-"), new ShiftedClock());
        string[] settings = kind == StoreKind.Postgres ? [$"Storage:Postgres={await PostgresServer.NewDatabaseAsync()}"] : [];
        string trait, segment;
        long made, changed, ofSegment;
        await using (var desk = await CatalogueDesk.OfAsync(await TestHouse.StartInAsync(folder.FullName, clock, settings)))
        {
            var source = await desk.AddDataSourceAsync("shop");
            var before = clock.GetUtcNow().ToUnixTimeMilliseconds();
            trait = $"/v1/traits/{await desk.AddTraitAsync(source)}";
            segment = $"/v1/segments/{await desk.AddSegmentAsync(source, long.Parse(trait[11..], System.Globalization.CultureInfo.InvariantCulture))}";
            made = await SinceAsync(desk.Admin, trait);
            ofSegment = await SinceAsync(desk.Admin, segment);
            clock.Shift(TimeSpan.FromMinutes(1));
            await ChangeAsync(desk.Admin, trait, "name", "other");
            var renamed = await SinceAsync(desk.Admin, trait);
            await ChangeAsync(desk.Admin, trait, "traitRule", "product==13");
            changed = await SinceAsync(desk.Admin, trait);
            var list = (await desk.Admin.GetAsync("/v1/traits/")).Json.AsArray();

            Assert.InRange(made, before, before + 50_000);
            Assert.InRange(ofSegment, made, before + 50_000);
            Assert.Equal(made, renamed);
            Assert.InRange(changed, made + 60_000, clock.GetUtcNow().ToUnixTimeMilliseconds());
            Assert.All(list, one => Assert.False(one!.AsObject().ContainsKey(Member)));
        }

        await using (var again = await TestHouse.StartInAsync(folder.FullName, clock, settings))
        {
            using var api = await again.SignInAsync();
            Assert.Equal((changed, ofSegment), (await SinceAsync(api, trait), await SinceAsync(api, segment)));
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Where_no_engine_runs_nothing_is_said()
    {
        await using var house = await EventHouse.StartAsync();
        var source = await house.AddSourceAsync();
        var trait = await house.AddTraitAsync(source, "a==1");

        var shown = await house.Admin.GetAsync($"/v1/traits/{trait}");

        Assert.False(shown.Json.AsObject().ContainsKey(Member));
    }

    private static async Task<long> SinceAsync(ApiClient api, string path)
    {
        var shown = await Until.SeenAsync(async () => (await api.GetAsync(path)).Json, one => one[Member] is not null);
        return (long)shown[Member]!;
    }

    private static async Task ChangeAsync(ApiClient api, string path, string member, string value)
    {
        var body = (JsonObject)(await api.GetAsync(path)).Json;
        body[member] = value;
        var changed = await api.SendAsync(HttpMethod.Put, path, body.ToJsonString());
        Assert.True(changed.Status == HttpStatusCode.OK, changed.Text);
    }
}
