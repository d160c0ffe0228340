using Sluice.Profiles.Engine;
using Sluice.Profiles.Populations;
using Sluice.Profiles.Rulebook;
using Sluice.Profiles.State;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Profiles;

/// <summary>The engine against a naive one that keeps everything: the same people are in the same segments, whatever happens in between.</summary>
public sealed class EngineOracleTests
{
    private const long Start = 1_763_769_600_000; // 2025-11-22T00:00:00Z
    // How much longer than usual: eng/oracle runs a hundred thousand events.
    private static readonly int Factor = int.Parse(Environment.GetEnvironmentVariable("SLUICE_ORACLE_FACTOR") ?? "1", System.Globalization.CultureInfo.InvariantCulture);

    private const long DayMs = UtcDay.SecondsOfDay * 1000L;

    [Theory]
    [InlineData(StoreKind.Sqlite, 1, 2_500, 400_000)]
    [InlineData(StoreKind.Sqlite, 2, 2_500, 4_000_000)]
    [InlineData(StoreKind.Postgres, 4, 1_500, 1_000_000)]
    public async Task Memberships_and_counts_are_those_of_the_whole_history_through_edits_expiries_merges_and_crashes(StoreKind kind, int seed, int events, int stepMs)
    {
        events *= Factor;
        await using var store = await TestStore.OpenAsync(kind);
        var (random, naive, journal) = (new Random(seed), new NaiveEngine(), new List<object>());
        var host = await EngineHost.OpenAsync(store.Sql, journal);
        var (now, crashes, members) = (Start, 0, 0);
        for (var at = 0; at < events; at++)
        {
            now += random.Next(stepMs) + (random.Next(300) == 0 ? random.Next(4) * DayMs : 0);
            object entry = at < 40 ? Edit(random, at, now) : random.Next(60) == 0 ? Edit(random, random.Next(40), now) : random.Next(400) == 0 ? new OptOut(AnId(random), now) : AnEvent(random, now);
            journal.Add(entry);
            switch (entry)
            {
                case PersonEvent one:
                    naive.Apply(one);
                    break;
                case OptOut optOut:
                    naive.OptOut(optOut.Key, optOut.TimeMs);
                    break;
                case Edited edited:
                    naive.Apply(edited.Definition, edited.TimeMs);
                    break;
                default:
                    break;
            }
            if (random.Next(40) == 0)
                await host.ApplyAsync(commits: random.Next(3) == 0);
            if (random.Next(250) == 0)
            {
                host = await EngineHost.OpenAsync(store.Sql, journal); // the other one is dead: what it had not committed is gone
                crashes++;
            }
            if (random.Next(events / 60) == 0 || at == events - 1)
            {
                await host.ApplyAsync(commits: false);
                await host.WorkOffAsync();
                members += Compare(host, naive, $"after {at} with {journal[^1]}, seed {seed}");
                await CompareQuestionsAsync(host.Engine, naive, random);
            }
        }
        Assert.True(crashes > 2 && members > 100, $"{crashes} crashes, {members} memberships"); // no promise is kept by being empty
    }

    private static int Compare(EngineHost host, NaiveEngine naive, string when)
    {
        var members = 0;
        foreach (var sid in naive.Traits)
        {
            var numbers = host.Engine.Populations.History.Trait(sid, MetricsType.All);
            Assert.Equal(naive.NumbersOf(sid), $"{numbers.Uniques[7]} {numbers.Counts[7]} {numbers.Uniques.Lifetime} {numbers.Counts.Lifetime} {numbers.Population}");
        }
        foreach (var sid in naive.Segments)
        {
            var population = host.Engine.Populations.History.Population(sid, MetricsType.All).Count;
            var expected = naive.Keys.Count(key => naive.IsMember(key, sid));
            Assert.True(expected == population, $"{expected} in {naive.Describe(sid)} {when}, but {population} are counted: {Differences(host, naive, sid)}");
        }
        foreach (var key in naive.Keys.ToList())
        {
            var report = host.Engine.Find(key);
            Assert.NotNull(report);
            Assert.Equal(naive.TraitsOf(key).Select(one => $"{one.Sid}:{one.Count}"), report.Traits.Select(one => $"{one.Sid}:{one.Count}"));
            var expected = naive.Segments.Where(sid => naive.IsMember(key, sid)).Order().ToArray();
            Assert.True(expected.SequenceEqual(report.Segments.Select(one => one.Sid)), $"{key} {when}: {naive.Describe(expected.Except(report.Segments.Select(one => one.Sid)).Concat(report.Segments.Select(one => one.Sid).Except(expected)).FirstOrDefault())} [{string.Join(' ', expected)}] but [{string.Join(' ', report.Segments.Select(one => one.Sid))}]");
            members += expected.Length;
        }
        return members;
    }

    private static string Differences(EngineHost host, NaiveEngine naive, long segment) => string.Join('\n', naive.Keys
        .Where(key => naive.IsMember(key, segment) != (host.Engine.Find(key)?.Segments.Any(one => one.Sid == segment) == true))
        .Select(key => $"{key} holds {string.Join(' ', host.Engine.Find(key)?.Traits ?? [])}, not {string.Join(' ', naive.TraitsOf(key))}"));

    private static async Task CompareQuestionsAsync(ProfileEngine engine, NaiveEngine naive, Random random)
    {
        var segments = naive.Segments.Select(naive.Segment).Where(segment => segment.IsActive).ToList();
        if (segments.Count == 0)
            return;
        var asked = segments[random.Next(segments.Count)];
        var members = naive.Keys.Where(key => naive.IsMember(key, asked.Id)).ToHashSet();

        var preview = await engine.Queries.PreviewAsync(ARule.Segment(asked.Rule), asked.MergeRuleId, 1_000, TestContext.Current.CancellationToken);

        Assert.Equal(members.Count, preview.Count);
        Assert.Equal(members, preview.Samples.ToHashSet());
        Assert.Equal(members.Count(key => key.IsGlobalDevice), preview.Devices);
        foreach (var key in naive.Keys)
        {
            var why = engine.Queries.Explain(key, asked.Id);
            Assert.NotNull(why);
            Assert.Equal((members.Contains(key), members.Contains(key)), (why.IsTrue, why.IsMember));
        }
    }

    private static Edited Edit(Random random, int which, long now)
    {
        Definition definition = which switch
        {
            < 12 => new TraitDefinition(which + 1, which == 11 ? TraitRole.Onboarded : TraitRole.RuleBased, $"k == \"{random.Next(6)}\"", 0, 0, random.Next(3) == 0 ? 0 : random.Next(1, 20)),
            < 16 when which == 15 || random.Next(4) > 0 => new MergeRuleDefinition(
                which, (CrossDeviceOption)random.Next(4), (DeviceOption)random.Next(3), random.Next(2) == 0 ? [] : [100], IsDefault: which == 15 && random.Next(2) == 0),
            < 20 => new TraitDefinition(random.Next(1, 13), TraitRole.RuleBased, null, 0, 0, random.Next(8)),
            _ when random.Next(12) == 0 => new RemovedDefinition(1_000 + which, "segment"),
            _ => new SegmentDefinition(1_000 + which, ASegmentRule(random), random.Next(2) == 0 ? null : random.Next(12, 16), IsActive: random.Next(6) > 0),
        };
        return new Edited(definition, now);
    }

    private static string ASegmentRule(Random random)
    {
        while (true)
        {
            var term = new Func<string>(() => random.Next(3) switch
            {
                0 => $"{random.Next(1, 13)}T",
                1 => $"frequency([{random.Next(1, 13)}T,{random.Next(1, 13)}T] <= {random.Next(1, 12)}D) >= {random.Next(1, 4)}",
                _ => $"frequency([{random.Next(1, 13)}T] >= {random.Next(1, 6)}D) >= {random.Next(1, 3)}",
            });
            var text = random.Next(4) switch { 0 => term(), 1 => $"{term()} AND {term()}", 2 => $"{term()} AND NOT ({term()})", _ => $"{term()} OR {term()}" };
            if (Sluice.Profiles.Rules.SegmentRule.TryParse(text, out _, out _))
                return text;
        }
    }

    private static ProfileKey AnId(Random random) => random.Next(2) == 0 ? ADevice(random.Next(60)) : ACustomer(random, random.Next(60));

    private static ProfileKey ADevice(int number) => new(ProfileKey.Device, $"d{number}");

    // People have a few devices and names; now and then somebody borrows one.
    private static ProfileKey ACustomer(Random random, int device) =>
        new(random.Next(2) == 0 ? "100" : "Email", $"c{(random.Next(40) == 0 ? random.Next(20) : device / 4)}{"ab"[random.Next(2)]}");

    private static PersonEvent AnEvent(Random random, long now)
    {
        var one = new PersonEvent { TimeMs = now };
        var device = random.Next(60);
        if (random.Next(8) > 0)
            one.Identities.Add(new EventIdentity(ADevice(device), false, true));
        for (var count = one.Identities.Count == 0 ? 1 : random.Next(6) == 0 ? random.Next(1, 3) : 0; count > 0; count--)
            one.Identities.Add(new EventIdentity(ACustomer(random, device), random.Next(3) == 0, false));
        for (var count = random.Next(3); count > 0; count--)
            one.Signals.Add("k", random.Next(6).ToString());
        if (random.Next(6) == 0)
            one.Realized.Add(random.Next(1, 13));
        if (random.Next(25) == 0)
            one.Removed.Add(random.Next(1, 13));
        return one;
    }

    private sealed record OptOut(ProfileKey Key, long TimeMs);

    private sealed record Edited(Definition Definition, long TimeMs);

    /// <summary>An engine and a list in the journal's place: what is applied, from where it was committed.</summary>
    private sealed class EngineHost
    {
        private readonly List<object> _journal;
        private int _next;

        private EngineHost(ProfileEngine engine, List<object> journal)
        {
            (Engine, _journal) = (engine, journal);
            _next = (int)(engine.CommittedOffset ?? 0);
        }

        internal ProfileEngine Engine { get; }

        internal static async Task<EngineHost> OpenAsync(Sluice.Storage.SqlStore sql, List<object> journal) => new(
            await ProfileEngine.OpenAsync(sql, new ProfileOptions { MemoryBudget = 40_000, DeviceRetentionDays = 100_000 }, TimeProvider.System, TestContext.Current.CancellationToken), journal);

        internal async Task ApplyAsync(bool commits)
        {
            while (_next < _journal.Count)
            {
                var batch = _journal.Skip(_next).Take(30).TakeWhile(entry => entry is PersonEvent).Cast<PersonEvent>().ToList();
                await Engine.PrepareAsync(batch, TestContext.Current.CancellationToken);
                var readsBefore = Engine.ReadsUnforeseen;
                foreach (var one in batch)
                {
                    if (!Engine.IsReady(one))
                        await Engine.PrepareAsync([one], TestContext.Current.CancellationToken);
                    Engine.Apply(one);
                }
                _next += batch.Count;
                for (; _next < _journal.Count && _journal[_next] is not PersonEvent; _next++)
                {
                    if (_journal[_next] is OptOut optOut)
                    {
                        await Engine.PrepareAsync([About(optOut.Key, optOut.TimeMs)], TestContext.Current.CancellationToken);
                        Engine.ApplyOptOut([optOut.Key], optOut.TimeMs);
                    }
                    else if (_journal[_next] is Edited edited)
                        await Engine.ApplyRulesAsync([edited.Definition], edited.TimeMs, _next, TestContext.Current.CancellationToken);
                }
                await Engine.WorkAsync(TestContext.Current.CancellationToken);
                Assert.Equal(readsBefore, Engine.ReadsUnforeseen); // or the database could be away in the middle of an event
            }
            if (commits)
                await Engine.CommitAsync(_next, TestContext.Current.CancellationToken);
        }

        private static PersonEvent About(ProfileKey key, long timeMs)
        {
            var about = new PersonEvent { TimeMs = timeMs };
            about.Identities.Add(new EventIdentity(key, false, true));
            return about;
        }

        internal async Task WorkOffAsync()
        {
            await Engine.CommitAsync(_next, TestContext.Current.CancellationToken);
            while (Engine.HasWork)
                await Engine.WorkAsync(TestContext.Current.CancellationToken);
        }
    }
}
