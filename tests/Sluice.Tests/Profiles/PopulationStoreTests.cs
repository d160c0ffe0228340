using Sluice.Profiles;
using Sluice.Profiles.Populations;
using Sluice.Profiles.State;
using Sluice.Storage;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Profiles;

/// <summary>The numbers of reports, stored as they come and read again (audience contract, section 5.9), held against a look at everything that happened.</summary>
public sealed class PopulationStoreTests
{
    private const int FirstDay = 20_400;

    private static readonly long[] Traits = [11, 12, 13, 14, 15];
    private static readonly long[] Segments = [21, 22, 23];

    // Some neighbours, some far apart, so that parts have one profile and many.
    private static readonly ProfileNumber[] Profiles =
        [.. Enumerable.Range(0, 48).Select(index => new ProfileNumber(index < 24 ? index : index * 17_001, index % 3 != 0))];

    [Theory]
    [InlineData(StoreKind.Sqlite, 1, 16_000_000)]
    [InlineData(StoreKind.Sqlite, 2, 0)]
    [InlineData(StoreKind.Sqlite, 3, 2_000)]
    [InlineData(StoreKind.Postgres, 4, 2_000)]
    [InlineData(StoreKind.Postgres, 5, 0)]
    public async Task After_any_facts_days_kills_and_starts_every_number_is_what_a_look_at_everything_gives(StoreKind kind, int seed, long maxLogBytes)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var opened = await OpenAsync(kind);
        var random = new Random(seed);
        var lives = Traits.ToDictionary(sid => sid, sid => (int)(sid % 5) switch { 1 => 0, 2 => 1, 3 => 10, 4 => 120, _ => 30 });
        int EndOf(long sid, int day) => UtcDay.EndOf(day, lives[sid]);
        var store = await PopulationStore.LoadAsync(opened.Sql, EndOf, cancellation, maxLogBytes);
        var model = new NaivePopulations(EndOf);
        Begin(FirstDay);
        var committed = model.Copy();

        for (var round = 0; round < 120; round++)
        {
            for (var facts = random.Next(1, 40); facts > 0; facts--)
                Tell();
            if (random.Next(3) == 0)
                Begin(model.Today + (random.Next(8) == 0 ? random.Next(1, 70) : 1));
            var outcome = random.Next(10);
            if (outcome < 7)
            {
                await opened.Sql.WriteAsync(store.WriteAsync, cancellation);
                if (random.Next(2) == 0)
                {
                    store.Committed();
                    committed = model.Copy();
                }
                else
                {
                    committed = model.Copy();
                    Tell();
                    store.Committed();
                }
            }
            else if (outcome == 7)
                await Assert.ThrowsAsync<TimeoutException>(() => opened.Sql.WriteAsync(
                    async session =>
                    {
                        await store.WriteAsync(session);
                        throw new TimeoutException();
                    }, cancellation));
            else
            {
                store = await PopulationStore.LoadAsync(opened.Sql, EndOf, cancellation, maxLogBytes);
                model = committed.Copy();
                model.LetGo();
                if (model.Today == FirstDay)
                    Begin(FirstDay);
            }

            if (round % 4 == 0 || outcome > 7)
                await AssertSameAsync(store, model, random, cancellation);
        }

        void Begin(int day)
        {
            store.History.BeginDay(day);
            model.BeginDay(day, Traits, Segments);
        }

        void Tell()
        {
            var profile = Profiles[random.Next(Profiles.Length)];
            var (trait, segment) = (Traits[random.Next(Traits.Length)], Segments[random.Next(Segments.Length)]);
            var day = random.Next(4) == 0 ? model.Today - random.Next(30) : model.Today;
            switch (random.Next(120))
            {
                case < 45:
                    var (count, isOnceOnly) = (random.Next(1, 3), trait == Traits[0]);
                    store.History.Realized(trait, profile, day, count, isOnceOnly);
                    model.Realized(trait, profile, day, isOnceOnly ? 0 : count);
                    break;
                case < 55:
                    store.History.Removed(trait, profile);
                    model.Removed(trait, profile);
                    break;
                case < 75:
                    store.History.Entered(segment, profile);
                    model.Entered(segment, profile);
                    break;
                case < 95:
                    store.History.Left(segment, profile, model.Today);
                    model.Left(segment, profile);
                    break;
                case < 118:
                    store.History.Seen(segment, profile, day);
                    model.Seen(segment, profile, day);
                    break;
                case 118:
                    lives[trait] = random.Next(4) * random.Next(60);
                    store.History.LivesChanged();
                    model.LetGo();
                    break;
                default:
                    var gone = random.Next(2) == 0 ? trait : segment;
                    store.History.Forget(gone);
                    model.Forget(gone);
                    break;
            }
        }
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task What_comes_late_counts_from_now_on_and_rewrites_no_day_that_is_over(StoreKind kind)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var opened = await OpenAsync(kind);
        var store = await PopulationStore.LoadAsync(opened.Sql, (_, _) => int.MaxValue, cancellation);
        store.History.BeginDay(FirstDay);
        store.History.Realized(11, new ProfileNumber(1, IsDevice: true), FirstDay);
        store.History.BeginDay(FirstDay + 3);

        store.History.Realized(11, new ProfileNumber(2, IsDevice: true), FirstDay + 1);
        await WriteAsync(opened, store);
        store.History.BeginDay(FirstDay + 4);
        await WriteAsync(opened, store);

        var trend = await store.TraitTrendAsync(11, MetricsType.Device, FirstDay - 1, FirstDay + 9, cancellation);
        Assert.Equal(
            ["0 0 0", "1 1 1", "0 1 1", "0 1 1", "0 2 2", "0 2 2"],
            trend.Values.Select(one => $"{one.Uniques[1]} {one.Counts[7]} {one.Population}"));
        Assert.Equal(FirstDay + 4, trend.Keys[^1]);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_day_without_change_is_not_stored_and_yet_known(StoreKind kind)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var opened = await OpenAsync(kind);
        var store = await PopulationStore.LoadAsync(opened.Sql, (_, _) => int.MaxValue, cancellation);
        store.History.BeginDay(FirstDay);
        store.History.Entered(21, new ProfileNumber(1, IsDevice: true));
        store.History.BeginDay(FirstDay + 300);
        await WriteAsync(opened, store);

        var trend = await store.SegmentTrendAsync(21, MetricsType.All, FirstDay + 50, FirstDay + 60, cancellation);

        Assert.All(trend.Values, one => Assert.Equal((1, 1, 0), (one.Total[1], one.Total.Lifetime, one.Instant.Lifetime)));
        Assert.Equal(11, trend.Count);
        Assert.Equal(1, await RowsAsync(opened, "population_day"));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_write_costs_what_changed_and_the_log_stays_short(StoreKind kind)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var opened = await OpenAsync(kind);
        var store = await PopulationStore.LoadAsync(opened.Sql, (_, _) => int.MaxValue, cancellation, maxLogBytes: 20_000);
        store.History.BeginDay(FirstDay);
        for (var profile = 0; profile < 300_000; profile++)
            store.History.Realized(11, new ProfileNumber(7 * profile, IsDevice: true), FirstDay);
        await WriteAsync(opened, store);
        await WriteAsync(opened, store);
        await WriteAsync(opened, store);
        var partsBefore = await SumAsync(opened, "population_part", "content");

        store.History.Realized(11, new ProfileNumber(1, IsDevice: true), FirstDay);
        await WriteAsync(opened, store);

        Assert.InRange(await SumAsync(opened, "population_log", "facts"), 1, 100);
        Assert.Equal(partsBefore, await SumAsync(opened, "population_part", "content"));
        var again = await PopulationStore.LoadAsync(opened.Sql, (_, _) => int.MaxValue, cancellation);
        Assert.Equal(300_001, again.History.Trait(11, MetricsType.All).Uniques[1]);
        Assert.Equal(300_001, again.History.Trait(11, MetricsType.All).Counts[1]);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite, "population_log", "facts")]
    [InlineData(StoreKind.Sqlite, "population_part", "content")]
    [InlineData(StoreKind.Postgres, "population_log", "facts")]
    [InlineData(StoreKind.Postgres, "population_part", "content")]
    public async Task Rows_that_were_damaged_are_refused_at_the_start(StoreKind kind, string table, string column)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var opened = await OpenAsync(kind);
        var store = await PopulationStore.LoadAsync(opened.Sql, (_, _) => int.MaxValue, cancellation, maxLogBytes: 0);
        store.History.BeginDay(FirstDay);
        for (var profile = 0; profile < 100; profile++)
            store.History.Realized(11, new ProfileNumber(profile, IsDevice: true), FirstDay);
        await WriteAsync(opened, store);
        store.History.Realized(11, new ProfileNumber(200, IsDevice: true), FirstDay);
        await WriteAsync(opened, store);
        var bytes = await opened.Sql.ReadAsync(session => session.FindAsync<byte[]>($"select {column} from {table}"), cancellation);
        bytes![bytes.Length / 2] ^= 4;

        await opened.Sql.WriteAsync(session => session.ExecuteAsync($"update {table} set {column} = @bytes", new { bytes }), cancellation);

        await Assert.ThrowsAsync<InvalidDataException>(() => PopulationStore.LoadAsync(opened.Sql, (_, _) => int.MaxValue, cancellation));
    }

    private static async Task AssertSameAsync(PopulationStore store, NaivePopulations model, Random random, CancellationToken cancellation)
    {
        var type = (MetricsType)random.Next(3);
        Assert.Equal(model.Today, store.History.Today);
        foreach (var sid in Traits)
        {
            Assert.Equal(model.Trait(sid, type), NaivePopulations.Text(store.History.Trait(sid, type)));
            AssertSame(model.Population(sid, type), store.History.Population(sid, type));
        }
        foreach (var sid in Segments)
        {
            Assert.Equal(model.Segment(sid, type), NaivePopulations.Text(store.History.Segment(sid, type)));
            AssertSame(model.Population(sid, type), store.History.Population(sid, type));
        }
        AssertOverlap(store.History, model, Traits[random.Next(Traits.Length)], Segments[random.Next(Segments.Length)], type);

        var (trait, segment, first) = (Traits[random.Next(Traits.Length)], Segments[random.Next(Segments.Length)], model.Today - random.Next(200));
        foreach (var (day, numbers) in await store.TraitTrendAsync(trait, type, first, model.Today - 1, cancellation))
            Assert.Equal(model.Closed(trait, type, day) ?? Nothing(" | 0"), NaivePopulations.Text(numbers));
        foreach (var (day, numbers) in await store.SegmentTrendAsync(segment, type, first, model.Today - 1, cancellation))
            Assert.Equal(model.Closed(segment, type, day) ?? Nothing(""), NaivePopulations.Text(numbers));
    }

    private static void AssertOverlap(PopulationHistory history, NaivePopulations model, long trait, long segment, MetricsType type)
    {
        var (held, members) = (model.Population(trait, type), model.Population(segment, type));
        var (realized, were) = (model.Within(trait, type, 7), model.Within(segment, type, 7));

        Assert.Equal(new PopulationOverlap(held.Count, members.Count, held.Intersect(members).Count()), history.Overlap(trait, segment, type));
        Assert.Equal(new PopulationOverlap(realized.Count, were.Count, realized.Intersect(were).Count()), history.Overlap(trait, segment, type, 7));
    }

    private static void AssertSame(HashSet<int> expected, ProfileSet actual)
    {
        var members = new List<int>();
        foreach (var number in actual)
            members.Add(number);
        Assert.Equal(expected.Order(), members);
    }

    private static string Nothing(string more) => $"0 0 0 0 0 0 0 | 0 0 0 0 0 0 0{more}";

    private static async Task<TestStore> OpenAsync(StoreKind kind)
    {
        var opened = await TestStore.OpenAsync(kind);
        await opened.Sql.MigrateAsync([ProfilesMigrations.Set], TimeProvider.System, TestContext.Current.CancellationToken);
        return opened;
    }

    private static async Task WriteAsync(TestStore opened, PopulationStore store)
    {
        await opened.Sql.WriteAsync(store.WriteAsync, TestContext.Current.CancellationToken);
        store.Committed();
    }

    private static Task<long> RowsAsync(TestStore opened, string table) =>
        opened.Sql.ReadAsync(session => session.FindAsync<long>($"select count(*) from {table}"), TestContext.Current.CancellationToken);

    private static Task<long> SumAsync(TestStore opened, string table, string column) =>
        opened.Sql.ReadAsync(
            session => session.FindAsync<long>($"select coalesce(sum(length({column})), 0) from {table}"), TestContext.Current.CancellationToken);
}
