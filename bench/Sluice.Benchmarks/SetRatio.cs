using System.Diagnostics;
using System.Globalization;
using Sluice.Profiles.Populations;

namespace Sluice.Benchmarks;

/// <summary>
/// One run that holds sets of a million profiles against the class library's hash sets, in turns: how many two share, and both together; then what a
/// member takes in memory, and what the history takes for each profile, trait and day.
/// </summary>
internal static class SetRatio
{
    private const int Members = 1_000_000;
    private const int Rounds = 9;
    private const int WarmUps = 40; // until the compiler has its final form of them
    private const int Day = 20_400;

    public static int Run()
    {
        Compare("neighbours (all of a million)", Enumerable.Range(0, Members), Enumerable.Range(Members / 2, Members));
        Compare("one in two", Scattered(1, 2), Scattered(2, 2));
        Compare("one in fifty", Scattered(3, 50), Scattered(4, 50));
        History("a day, one in a hundred", days: 1, oneIn: 100);
        History("10 days, one in a hundred each day", days: 10, oneIn: 100);
        History("10 days, one in ten each day", days: 10, oneIn: 10);
        return 0;
    }

    private static void Compare(string name, IEnumerable<int> one, IEnumerable<int> other)
    {
        var (left, right) = (one.ToArray(), other.ToArray());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (a, b) = (new ProfileSet(left), new ProfileSet(right));
        a.Trim();
        b.Trim();
        var mine = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)(a.Count + b.Count);
        var (hashA, hashB) = (new HashSet<int>(left), new HashSet<int>(right));
        var theirs = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)(a.Count + b.Count) - mine;

        var both = Median(() => SetAlgebra.CountBoth(a, b));
        var hashBoth = Median(() => Both(hashA, hashB));
        var either = Median(() => SetAlgebra.Or(a, b).Count);
        var hashEither = Median(() => Either(hashA, hashB));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: in common {both / hashBoth:F5} x ({1000 * both:F1} µs), together {either / hashEither:F5} x ({1000 * either:F1} µs), {mine:F2} bytes a member against {theirs:F1}; {SetBytes.Write(a).Length / (double)a.Count:F3} stored"));
    }

    // A million profiles and 50 traits, each realized by a random choice of them on each day.
    private static void History(string name, int days, int oneIn)
    {
        const int traits = 50;
        const int profiles = 1_000_000;
        var random = new Random(5);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var history = new PopulationHistory((_, day) => day + 121);
        long facts = 0;
        var spent = 0L;
        for (var day = Day; day < Day + days; day++)
        {
            history.BeginDay(day);
            var start = Stopwatch.GetTimestamp();
            for (var trait = 1; trait <= traits; trait++)
            {
                for (var realized = profiles / oneIn; realized > 0; realized--, facts++)
                    history.Realized(trait, new ProfileNumber(random.Next(profiles), IsDevice: true), day);
            }
            spent += Stopwatch.GetTimestamp() - start;
            history.Stored(history.TakeChanges(_ => int.MaxValue - 1));
        }
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        var close = Stopwatch.GetTimestamp();
        history.BeginDay(Day + days);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {bytes / (double)facts:F2} bytes a profile, trait and day; {1e9 * spent / Stopwatch.Frequency / facts:F0} ns a fact; closing a day of {traits} traits {Stopwatch.GetElapsedTime(close).TotalMilliseconds:F1} ms"));
        GC.KeepAlive(history);
    }

    private static long Both(HashSet<int> one, HashSet<int> other)
    {
        long count = 0;
        foreach (var number in one)
            count += other.Contains(number) ? 1 : 0;
        return count;
    }

    private static long Either(HashSet<int> one, HashSet<int> other)
    {
        var all = new HashSet<int>(one);
        all.UnionWith(other);
        return all.Count;
    }

    private static double Median(Func<long> run)
    {
        var times = new List<double>();
        for (var round = -WarmUps; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            if (round >= 0)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return times.Order().ElementAt(times.Count / 2);
    }

    private static IEnumerable<int> Scattered(int seed, int oneIn)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, Members).Select(index => oneIn * index + random.Next(oneIn));
    }
}
