using Sluice.Profiles.Matching;
using Sluice.Profiles.Rules;
using Sluice.Profiles.Rules.Text;

namespace Sluice.Tests.Profiles;

/// <summary>The index of trait rules finds what asking every rule would find, and looks at little else.</summary>
public sealed class TraitIndexTests
{
    private static readonly string[] Keys = ["a", "A", "c_make", "C_Make", "1a", "_", "a.b", "é", "other"];
    private static readonly string[] Values = ["1", "", "A b c", "A b", "a B", "x\ny", "1.0", "01", "-1", "é", "É", "0.50", "123456789012345678901234567890.0", "-0"];

    [Theory]
    [InlineData(TextCase.Ignored)]
    [InlineData(TextCase.Distinguished)]
    public void It_finds_what_asking_each_rule_finds(TextCase textCase)
    {
        var random = new Random(11);
        var found = 0;
        for (var round = 0; round < 15; round++)
        {
            var rules = Enumerable.Range(1, 200).Select(sid => ((long)sid, ARule.Trait(RulePrinter.Print(ARule.RandomTraitTree(random))))).ToList();
            var compiled = rules.ConvertAll(one => (Sid: one.Item1, Rule: one.Item2.Compile(textCase)));
            var matcher = new TraitMatcher(TraitIndex.Of(rules, textCase));
            for (var call = 0; call < 40; call++)
            {
                var signals = new Signals();
                for (var count = random.Next(6); count > 0; count--)
                    signals.Add(Keys[random.Next(Keys.Length)], Values[random.Next(Values.Length)]);

                var matched = matcher.Match(signals).ToArray();

                Assert.Equal(compiled.Where(one => one.Rule.IsTrue(signals)).Select(one => one.Sid), matched.Order());
                found += matched.Length;
            }
        }
        Assert.True(found > 5_000); // the promise is not kept by finding nothing
    }

    [Theory]
    [InlineData("product == 12", "product=12.00", true)]
    [InlineData("product == 12", "product=+012", true)]
    [InlineData("product == \"12\"", "product=12.00", false)]
    [InlineData("product == 0", "product=-0.0", true)]
    [InlineData("a == \"x\" OR b == \"y\"", "B=Y", true)]
    [InlineData("country == \"DE\" AND product == 7", "product=7", false)]
    [InlineData("NOT (a == \"x\" AND b == \"y\")", "c=1", true)]
    [InlineData("NOT (NOT a == \"x\")", "a=X", true)]
    public void Rules_are_found_by_number_text_and_negation(string rule, string signal, bool holds)
    {
        var matcher = new TraitMatcher(TraitIndex.Of([(5L, ARule.Trait(rule))], TextCase.Ignored));

        Assert.Equal(holds ? [5] : [], matcher.Match(ARule.Signals(signal)).ToArray());
    }

    [Fact]
    public void A_rule_is_reached_by_its_rarest_signal()
    {
        var rules = Enumerable.Range(1, 1_000).Select(sid => ((long)sid, ARule.Trait($"country == \"DE\" AND product == {sid}"))).ToList();
        var index = TraitIndex.Of(rules, TextCase.Ignored);

        Assert.Empty(index.Always);
        Assert.Null(index.Find("country"));
        Assert.Equal([new Posting(6, false)], index.Find("product")!.ByNumber("7"));
    }

    [Theory]
    [InlineData("url contains \"/Shoes/\"", "url=https://x/shoes/1", true)]
    [InlineData("url startswith \"shoes\"", "url=/SHOES", false)]
    [InlineData("url startswith \"shoes\"", "url=SHOES/", true)]
    [InlineData("url endswith \"es\"", "url=shoes", true)]
    [InlineData("url matcheswords \"red big boots\"", "url=a red, BIG; boots", true)]
    [InlineData("url contains \"é\"", "url=CAFÉ", true)]
    [InlineData("url contains \"𐐀\"", "url=x𐐨x", true)]
    public void Rules_are_found_by_parts_of_a_value(string rule, string signal, bool holds)
    {
        // Beside texts that begin, end and overlap as it does.
        (long, TraitRule)[] rules = [(5, ARule.Trait(rule)), (6, ARule.Trait("url contains \"hoe\"")), (7, ARule.Trait("url contains \"shoess\"")), (8, ARule.Trait("url contains \"e\""))];
        var matcher = new TraitMatcher(TraitIndex.Of(rules, TextCase.Ignored));

        Assert.Equal(
            rules.Where(one => one.Item2.Compile(TextCase.Ignored).IsTrue(ARule.Signals(signal))).Select(one => one.Item1),
            matcher.Match(ARule.Signals(signal)).ToArray().Order());
        Assert.Equal(holds, matcher.Match(ARule.Signals(signal)).Contains(5));
    }

    [Fact]
    public void Letters_fold_as_comparisons_without_case_do()
    {
        var folds = new Dictionary<string, char>(StringComparer.OrdinalIgnoreCase);
        for (var code = 0; code <= char.MaxValue; code++)
        {
            var letter = (char)code;
            if (!char.IsSurrogate(letter) && !folds.TryAdd(letter.ToString(), PartSearch.Fold(letter)))
                Assert.Equal(folds[letter.ToString()], PartSearch.Fold(letter));
        }
    }

    [Fact]
    public void Matching_allocates_nothing()
    {
        var rules = Enumerable.Range(1, 1_000).Select(sid => ((long)sid, ARule.Trait($"product == {sid} OR price >= {sid} OR x contains \"y{sid}\""))).ToList();
        var matcher = new TraitMatcher(TraitIndex.Of(rules, TextCase.Ignored));
        var signals = ARule.Signals("product=12.0", "price=500", "country=DE", "x=y");
        for (var warm = 0; warm < 50; warm++)
            matcher.Match(signals);

        // Shared buffers are given up when another test makes the collector run: the least of a few rounds is what matching itself takes.
        var least = Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var call = 0; call < 100; call++)
                matcher.Match(signals);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        Assert.Equal(0, least);
    }
}
