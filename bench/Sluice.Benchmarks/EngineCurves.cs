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
/// how long an exact preview of a segment takes. Give the sizes as arguments; without any: 10000 100000 1000000.
/// </summary>
internal static class EngineCurves
{
    private const int TraitsPerProfile = 50;
    private const int Traits = 2_000;
    private const int Batch = 256;
    private const int EventsMeasured = 20_000;
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
        await WithEngineAsync(async engine =>
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
            var median = times.Order().ElementAt(times.Count / 2);
            Say($"{rules,7} traits, {rules / 5,5} segments, {profiles} profiles: {median:F1} µs an event, matched, applied and evaluated");
        });
    }

    private static async Task MeasureProfilesAsync(int profiles)
    {
        await WithEngineAsync(async engine =>
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
            Say($"{profiles,8} profiles: {5.0 * profiles / took:F0} events/s with ten traits each, store included; {(Memory() - before) / (double)profiles:F0} bytes a profile of up to {TraitsPerProfile} traits, all hot, sets of reports included");
            foreach (var (name, rule) in Previews)
            {
                var parsed = SegmentRule.TryParse(rule, out var segment, out _) ? segment : throw new InvalidOperationException(rule);
                await engine.Queries.PreviewAsync(parsed, null, 10, CancellationToken.None);
                began = Stopwatch.GetTimestamp();
                var preview = await engine.Queries.PreviewAsync(parsed, null, 10, CancellationToken.None);
                Say($"{profiles,8} profiles: exact preview of {name}: {Stopwatch.GetElapsedTime(began).TotalSeconds:F3} s, {preview.Count} members");
            }
        });
    }

    private static async Task ApplyAsync(ProfileEngine engine, int count, long timeMs, Action<PersonEvent> fill)
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
            if (engine.Uncommitted > 20_000)
                await engine.CommitAsync(1, CancellationToken.None);
        }
    }

    private static async Task WithEngineAsync(Func<ProfileEngine, Task> measure)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-engine-");
        await using (var sql = new SqliteStore(Path.Combine(folder.FullName, "profiles.db")))
            await measure(await ProfileEngine.OpenAsync(sql, new ProfileOptions { MemoryBudget = 8L << 30 }, TimeProvider.System, CancellationToken.None));
        folder.Delete(recursive: true);
    }

    private static ProfileKey Device(int number) => new(ProfileKey.Device, number.ToString("D38", CultureInfo.InvariantCulture));

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
