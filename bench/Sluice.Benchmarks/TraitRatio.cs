using System.Diagnostics;
using System.Globalization;
using Sluice.Profiles.Matching;
using Sluice.Profiles.Rules;

namespace Sluice.Benchmarks;

/// <summary>
/// One run that gives the ratio of design section 5 for rules: what one event costs with 10,000 traits against 100, in turns, so that a busy
/// machine slows them alike. Each event realizes about as many traits whatever their number: it is the rules besides that are to cost nothing.
/// </summary>
internal static class TraitRatio
{
    private const int Events = 2_000;
    private const int Rounds = 15;

    private static readonly int[] Sizes = [100, 1_000, 10_000, 100_000];

    public static int Run()
    {
        var events = Enumerable.Range(0, Events).Select(Event).ToArray();
        var matchers = Sizes.Select(size => new TraitMatcher(Index(size))).ToArray();
        var times = Sizes.Select(_ => new List<double>()).ToArray();
        var realized = new double[Sizes.Length];
        for (var round = -2; round < Rounds; round++)
        {
            for (var size = 0; size < Sizes.Length; size++)
            {
                long found = 0;
                var start = Stopwatch.GetTimestamp();
                foreach (var signals in events)
                    found += matchers[size].Match(signals).Length;
                if (round >= 0)
                    times[size].Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds / Events);
                realized[size] = found / (double)Events;
            }
        }
        for (var size = 0; size < Sizes.Length; size++)
        {
            var median = Median(times[size]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{Sizes[size],7} traits: {median / Median(times[0]):F2} x ({median:F2} µs an event, {realized[size]:F1} traits realized)"));
        }
        return 0;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // As accounts have them: most name a product, category or campaign, some a part of an address, some a price, many a country besides.
    private static TraitIndex Index(int size)
    {
        var rules = new List<(long, TraitRule)>();
        for (var sid = 1; sid <= size; sid++)
        {
            var text = (sid % 20) switch
            {
                < 8 => $"product == {sid}",
                < 12 => $"c_category == \"category {sid}\" AND d_country == \"DE\"",
                < 14 => $"campaign == \"c{sid}\" OR campaign == \"d{sid}\"",
                < 16 => $"url contains \"/section-{sid}/\"",
                16 => $"url startswith \"https://shop{sid}.example/\"",
                17 => $"product == {sid} AND price >= {sid % 90}",
                18 => $"d_device == \"phone {sid % 300}\" AND c_category == \"category {sid}\"",
                _ => $"c_category == \"category {sid}\" AND NOT (p_age < 18)",
            };
            rules.Add((sid, TraitRule.TryParse(text, out var rule, out _) ? rule : throw new InvalidOperationException(text)));
        }
        return TraitIndex.Of(rules, TextCase.Ignored);
    }

    private static Signals Event(int number)
    {
        var random = new Random(number);
        var sid = random.Next(1, 101); // traits that the smallest set has too
        var signals = new Signals();
        signals.Add("product", sid.ToString(CultureInfo.InvariantCulture));
        signals.Add("c_category", $"category {random.Next(1, 101)}");
        signals.Add("campaign", $"c{random.Next(1, 101)}");
        signals.Add("url", $"https://www.example/section-{random.Next(1, 101)}/page/{random.Next()}?a=b&c=d");
        signals.Add("price", random.Next(100).ToString(CultureInfo.InvariantCulture));
        signals.Add("d_country", random.Next(2) == 0 ? "DE" : "FR");
        signals.Add("d_device", $"phone {random.Next(300)}");
        signals.Add("h_user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        signals.Add("p_age", random.Next(90).ToString(CultureInfo.InvariantCulture));
        signals.Add("referrer", "https://search.example/?q=boots");
        return signals;
    }
}
