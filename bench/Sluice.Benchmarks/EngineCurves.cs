using System.Diagnostics;
using System.Globalization;
using Sluice.Profiles.Engine;
using Sluice.Profiles.Rulebook;
using Sluice.Profiles.Rules;
using Sluice.Profiles.State;
using Sluice.Storage;

namespace Sluice.Benchmarks;

/// <summary>
/// The engine of profiles with 10,000 to a million profiles and 100 to 10,000 traits: what an event costs all told, what a profile of 50 traits takes of memory,
/// how long an exact preview of a segment takes; and what of that is left when memory holds a tenth of the profiles. Give the sizes as arguments; without any: 10000 100000 1000000.
/// </summary>
internal static class EngineCurves
{
    private const int TraitsPerProfile = 50;
    private const int Traits = 2_000;
    private const int Batch = 256;
    private const int EventsMeasured = 20_000;
    private const int ColdRatio = 10; // of so many profiles memory holds one
    private const long DayMs = 86_400_000;
    private const long Start = 1_795_305_600_000; // a midnight

    private static readonly int[] RuleCounts = [100, 1_000, 10_000];

    private static readonly (string Name, string Rule)[] Previews =
    [
        ("two traits", "3T AND 7T"), ("one without the others", "5T AND NOT (6T OR 8T)"), ("frequency of the last days", "frequency([4T,9T] <= 7D) >= 2"),
    ];

    public static async Task<int> RunAsync(string[] sizes)
    {
        foreach (var rules in RuleCounts)
            await MeasureEventsAsync(rules, 10_000);
        foreach (var size in sizes.Length > 0 ? sizes.Select(size => int.Parse(size, CultureInfo.InvariantCulture)) : [10_000, 100_000, 1_000_000])
            await MeasureProfilesAsync(size);
        return 0;
    }

    private static async Task MeasureEventsAsync(int rules, int profiles)
    {
        await WithEngineAsync(async (engine, _) =>
        {
            var definitions = new List<Definition>();
            for (var sid = 1; sid <= rules; sid++)
                definitions.Add(new TraitDefinition(sid, TraitRole.RuleBased, $"product == {sid % 5_000} AND c_shop == \"shop {sid / 5_000}\"", 1, 0, 120));
            for (var segment = 0; segment < rules / 5; segment++)
                definitions.Add(new SegmentDefinition(1_000_000 + segment, $"{1 + segment * 5}T OR {2 + segment * 5}T AND NOT {3 + segment * 5}T", null, true));
            await engine.ApplyRulesAsync(definitions, Start, 0, CancellationToken.None);
            var random = new Random(1);
            var times = new List<double>();
            for (var round = 0; round < 5; round++)
            {
                var began = Stopwatch.GetTimestamp();
                await ApplyAsync(engine, EventsMeasured, Start + round * 60_000, one =>
                {
                    one.Identities.Add(new EventIdentity(Device(random.Next(profiles)), false, true));
                    for (var signal = 0; signal < 3; signal++)
                        one.Signals.Add("product", (1 + random.Next(Math.Min(rules, 99))).ToString(CultureInfo.InvariantCulture));
                    one.Signals.Add("c_shop", "shop 0");
                    one.Signals.Add("url", "https://shop.example/a/b/c");
                    one.Signals.Add("h_user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
                });
                times.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds / EventsMeasured);
            }
            Say($"{rules,7} traits, {rules / 5,5} segments, {profiles} profiles: {Median(times):F1} µs an event, matched, applied and evaluated");
        });
    }

    private static async Task MeasureProfilesAsync(int profiles)
    {
        await WithEngineAsync(async (engine, sql) =>
        {
            var definitions = new List<Definition>();
            for (var sid = 1; sid <= Traits; sid++)
                definitions.Add(new TraitDefinition(sid, TraitRole.RuleBased, $"product == {sid}", 1, 0, 120));
            await engine.ApplyRulesAsync(definitions, Start, 0, CancellationToken.None);
            var before = Memory();
            var random = new Random(2);
            var next = 0;
            var began = Stopwatch.GetTimestamp();
            for (var day = 0; day < 5; day++)
            {
                // Fifty traits in five visits on as many days, the popular ones more often.
                next = 0;
                await ApplyAsync(engine, profiles, Start + day * DayMs, one =>
                {
                    one.Identities.Add(new EventIdentity(Device(next++), false, true));
                    for (var count = 0; count < TraitsPerProfile / 5; count++)
                        one.Realized.Add(1 + (long)(Traits * Math.Pow(random.NextDouble(), 2)));
                });
            }
            var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
            await engine.CommitAsync(2, CancellationToken.None);
            var bytes = (Memory() - before) / profiles;
            Say($"{profiles,8} profiles: {5.0 * profiles / took:F0} events/s with ten traits each, store included; {bytes} bytes a profile of up to {TraitsPerProfile} traits, all hot, sets of reports included");
            await MeasureRandomAsync(engine, profiles, "all hot");
            await engine.CommitAsync(3, CancellationToken.None);
            var budget = Math.Max(1L << 20, bytes * profiles / ColdRatio);
            await MeasureRandomAsync(await OpenAsync(sql, budget), profiles, $"memory for about one in {ColdRatio}");
        });
    }

    /// <summary>Events about people by chance, and previews that look at everybody.</summary>
    private static async Task MeasureRandomAsync(ProfileEngine engine, int profiles, string name)
    {
        var random = new Random(3);
        var rates = new List<double>();
        for (var round = 0; round < 5; round++)
        {
            var began = Stopwatch.GetTimestamp();
            await ApplyAsync(engine, EventsMeasured, Start + (5 * DayMs) + round, one =>
            {
                one.Identities.Add(new EventIdentity(Device(random.Next(profiles)), false, true));
                for (var count = 0; count < TraitsPerProfile / 5; count++)
                    one.Realized.Add(1 + (long)(Traits * Math.Pow(random.NextDouble(), 2)));
            }, uncommitted: Math.Min(EventsMeasured, profiles / ColdRatio));
            rates.Add(EventsMeasured / Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        Say($"{profiles,8} profiles, {name}: {Median(rates):F0} events/s on people by chance, store included; {engine.HotCount} hot afterwards");
        foreach (var (what, rule) in Previews)
        {
            var parsed = SegmentRule.TryParse(rule, out var segment, out _) ? segment : throw new InvalidOperationException(rule);
            await engine.Queries.PreviewAsync(parsed, null, 10, CancellationToken.None);
            var began = Stopwatch.GetTimestamp();
            var preview = await engine.Queries.PreviewAsync(parsed, null, 10, CancellationToken.None);
            Say($"{profiles,8} profiles, {name}: exact preview of {what}: {Stopwatch.GetElapsedTime(began).TotalSeconds:F3} s, {preview.Count} members");
        }
    }

    private static async Task ApplyAsync(ProfileEngine engine, int count, long timeMs, Action<PersonEvent> fill, int uncommitted = 20_000)
    {
        var events = Enumerable.Range(0, Batch).Select(_ => new PersonEvent()).ToArray();
        for (var done = 0; done < count; done += Batch)
        {
            var some = new ArraySegment<PersonEvent>(events, 0, Math.Min(Batch, count - done));
            foreach (var one in some)
            {
                one.Clear();
                one.TimeMs = timeMs;
                fill(one);
            }
            await engine.PrepareAsync(some, CancellationToken.None);
            foreach (var one in some)
                engine.Apply(one);
            if (engine.Uncommitted > uncommitted)
                await engine.CommitAsync(1, CancellationToken.None);
        }
    }

    private static async Task WithEngineAsync(Func<ProfileEngine, SqlStore, Task> measure)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-engine-");
        await using (var sql = new SqliteStore(Path.Combine(folder.FullName, "profiles.db")))
            await measure(await OpenAsync(sql, 8L << 30), sql);
        folder.Delete(recursive: true);
    }

    private static Task<ProfileEngine> OpenAsync(SqlStore sql, long budget) =>
        ProfileEngine.OpenAsync(sql, new ProfileOptions { MemoryBudget = budget }, TimeProvider.System, CancellationToken.None);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static ProfileKey Device(int number) => new(ProfileKey.Device, number.ToString("D38", CultureInfo.InvariantCulture));

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
