using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Audience;

/// <summary>While the profiles' database is away, calls are taken in; when it is back, everything has happened once.</summary>
public sealed class EngineStoreAwayTests
{
    private const int Calls = 8;
    private const string Green = """{"traitRule":"colour==green"}""";

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task What_happens_while_the_database_is_away_has_happened_once_when_it_is_back(StoreKind kind)
    {
        await using var wire = kind == StoreKind.Postgres ? await CuttableWire.OpenAsync() : null;
        await using var desk = await EngineDesk.StartAsync(StoreKind.Sqlite, [
            "Audience:EventWait=00:00:00.3", "Audience:DenyRate=0", "Access:TokenLifetime=7.00:00:00", .. wire is null ? Array.Empty<string>() : [$"Storage:Postgres={wire.Connection}"]]);
        var visits = await desk.AddTraitAsync("product==12");
        var visit = await desk.AddTraitAsync("colour==red", ""","ttl":2""");
        var (visitors, reds) = (await desk.AddSegmentAsync($"frequency([{visits}T]) >= 3"), await desk.AddSegmentAsync($"{visit}T"));
        var greens = await desk.AddTraitAsync("colour==blue");
        await desk.SendAsync("product=12");
        await desk.SendAsync("product=12");
        await desk.SendAsync("colour=red", EngineDesk.OtherDevice);
        await UntilChangesAsync(desk, 1);

        var codes = new List<string>();
        ApiAnswer changed;
        await using (await GoAwayAsync(desk, wire))
        {
            while (codes.Count < 1_000 && !codes.Contains("10") || codes.Count < Calls)
                codes.Add(await CodesAsync(desk, $"product=12&d_cid={desk.Source}%01ann%010")); // with an id that nobody knows yet
            changed = await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/traits/{greens}", Green);
            desk.Clock.Shift(TimeSpan.FromDays(3)); // and days begin
            codes.Add(await CodesAsync(desk, "product=12"));
        }
        if (wire is not null) // the rules are in the same database there
            Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (changed.Status, (await desk.Admin.SendAsync(HttpMethod.Put, $"/v1/traits/{greens}", Green)).Status));
        await desk.UntilMemberAsync(reds, false, EngineDesk.OtherDevice);
        await desk.UntilMemberAsync(visitors, true);
        await UntilCountAsync(desk, visitors, 2 + codes.Count);
        var after = await desk.SendAsync("product=12&colour=green");
        await UntilChangesAsync(desk, 3);
        var changes = (await desk.Admin.GetAsync("/api/sluice/v1/segment-changes?limit=1000")).Json["changes"]!.AsArray();
        using var health = await desk.Desk.House.Http.GetAsync("/health/ready", TestContext.Current.CancellationToken);

        Assert.Contains("10", codes);
        Assert.All(codes, code => Assert.True(code is "" or "10", code));
        Assert.Equal([visitors], EngineDesk.Sids(after["segments"]!));
        Assert.Equal([visits, greens], EngineDesk.Sids(after["traits"]!));
        Assert.Equal(2 + codes.Count + 1, (long)(await desk.ExplainAsync(visitors))["terms"]![0]!["count"]!);
        Assert.Equivalent(
            (string[])[$"{reds} {EngineDesk.OtherDevice} in event", $"{reds} {EngineDesk.OtherDevice} out expiry", $"{visitors} {EngineDesk.Device} in event"],
            changes.Where(one => (string)one!["namespace"]! == "0").Select(one => $"{one!["segment"]} {one["id"]} {one["newState"]} {one["cause"]}"), strict: true);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    private static async Task<IAsyncDisposable> GoAwayAsync(EngineDesk desk, CuttableWire? wire)
    {
        if (wire is not null)
        {
            wire.Cut();
            return new Back(() =>
            {
                wire.Mend();
                return Task.CompletedTask;
            });
        }
        var other = new SqliteConnection($"Data Source={Path.Combine(desk.Desk.House.Folder, "production/profiles.db")};Pooling=False");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var locking = other.CreateCommand();
        locking.CommandText = "begin exclusive";
        await locking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return new Back(async () => await other.DisposeAsync());
    }

    private static async Task<string> CodesAsync(EngineDesk desk, string query)
    {
        var answer = await desk.SendAsync(query);
        return string.Join(' ', (answer["errors"] as JsonArray ?? []).Select(error => $"{error!["code"]}"));
    }

    private static Task<ApiAnswer> UntilCountAsync(EngineDesk desk, long segment, int count) => UntilAsync(desk, $"/v1/segments/{segment}/explain?namespace=0&id={EngineDesk.Device}", why => (long)why["terms"]![0]!["count"]! == count);

    private static Task<ApiAnswer> UntilChangesAsync(EngineDesk desk, int count) => UntilAsync(desk, "/api/sluice/v1/segment-changes?limit=1000", page => page["changes"]!.AsArray().Count >= count);

    private static Task<ApiAnswer> UntilAsync(EngineDesk desk, string path, Func<JsonNode, bool> isSo) =>
        Until.SeenAsync(() => desk.Admin.GetAsync(path), answer => answer.Status == HttpStatusCode.OK && isSo(answer.Json));

    /// <summary>Brings the database back.</summary>
    private sealed class Back(Func<Task> comeBack) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await comeBack();
    }
}
