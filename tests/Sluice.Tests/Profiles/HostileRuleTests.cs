using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Profiles.Rules;
using Sluice.Profiles.Rules.Text;

namespace Sluice.Tests.Profiles;

/// <summary>Whatever the text of a rule, it is read in linear time and within bounds, or refused; nothing is thrown.</summary>
public sealed class HostileRuleTests
{
    private const int Rounds = 20_000;
    private const int SmallStackBytes = 1024 * 1024;

    private static readonly string[] Pieces =
    [
        "(", ")", "[", "]", ",", "\"", "\"\"", "AND ", " or ", "NOT ", "==", "!=", "=>", "<", "=", "!", "a", "1", "-", ".", " ", "\n", "\r", "1T", "2T", "5D", "frequency", ">= ",
        "contains ", "matchesregex ", "\"x\"", "a==1 ", "é", "\ud800", "\0", "'", "&&", "😀", "\u200b",
    ];

    private static readonly string[] Repeated =
    [
        "(", ")", "NOT ", "NOT (", "1T OR ", "1T AND NOT (", "a==1 AND ", "a==1 OR (", "\"", "\"\"", "a", "1", " ", "\n", "=", "==", "frequency([", "frequency([1T,", "1T,", "[", ",",
        "a matchesregex \"(\" OR ", "a matchesregex \"(a*)*b\" OR ", "a == (", "é", "\ud800", "'", "a>b ", "AND ", "frequency([1T])>=1 OR ",
    ];

    public static TheoryData<string> RepeatedPieces => [.. Repeated];

    [Fact]
    public void Random_texts_are_read_or_refused_with_reasons()
    {
        var random = new Random(9);
        int read = 0;
        for (int round = 0; round < Rounds; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => Pieces[random.Next(Pieces.Length)]));

            read += Survives(text);
        }

        Assert.InRange(read, 100, Rounds);
    }

    [Fact]
    public void Mutated_rules_are_read_or_refused_with_reasons()
    {
        var random = new Random(10);
        int read = 0;
        for (int round = 0; round < Rounds; round++)
        {
            var text = new StringBuilder(RulePrinter.Print(round % 2 == 0 ? ARule.RandomTraitTree(random) : ARule.RandomSegmentTree(random)));
            for (int change = random.Next(3); change >= 0; change--)
            {
                int at = random.Next(text.Length);
                if (random.Next(2) == 0)
                    text.Remove(at, 1);
                else
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                if (text.Length == 0)
                    text.Append('x');
            }

            read += Survives(text.ToString());
        }

        Assert.InRange(read, 1_000, Rounds);
    }

    [Fact]
    public void Arbitrary_texts_and_bytes_are_survived()
    {
        Prop.ForAll<string>(text => Survives(text ?? "") >= 0).QuickCheckThrowOnFailure();
        Prop.ForAll<byte[]>(bytes => Survives(Encoding.Latin1.GetString(bytes)) >= 0).QuickCheckThrowOnFailure();
        Prop.ForAll<byte[]>(bytes =>
        {
            bool isRule = SegmentRule.TryReadExpressionTree(bytes, out _, out var problems);
            return isRule == (problems.Count == 0);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(RepeatedPieces))]
    public void One_piece_repeated_to_the_longest_rule_is_survived_on_a_small_stack(string piece) => OnASmallStack(() =>
    {
        string text = Fill(piece, RuleLimits.TextBytes);

        Survives(text);
        Survives(text.TrimEnd() + " a==1");
        Survives(text + "1T");
    });

    [Theory]
    [MemberData(nameof(RepeatedPieces))]
    public void Twice_the_text_takes_at_most_twice_the_steps(string piece)
    {
        foreach (var parse in new Func<string, RuleParser>[] { text => new TraitRuleParser(text), text => new SegmentRuleParser(text, traits: null) })
        {
            long half = Steps(parse, Fill(piece, RuleLimits.TextBytes / 2));
            long whole = Steps(parse, Fill(piece, RuleLimits.TextBytes));

            Assert.True(whole <= (2 * half) + 200, $"{half} steps, then {whole}");
            Assert.True(whole <= 5L * RuleLimits.TextBytes, $"{whole} steps");
        }
    }

    [Theory]
    [InlineData("1T OR ", "1T", false)]
    [InlineData("1T AND NOT 2T OR ", "1T", false)]
    [InlineData("a==1 AND ", "a==1", true)]
    [InlineData("a contains \"some\" OR ", "a==1", true)]
    [InlineData("(((a==1))) OR ", "a==1", true)]
    [InlineData("a ", "a", true)]
    public void Twice_the_text_takes_at_most_about_twice_the_memory(string piece, string last, bool isTrait)
    {
        long half = Allocated(Fill(piece, RuleLimits.TextBytes / 2, last), isTrait);
        long whole = Allocated(Fill(piece, RuleLimits.TextBytes, last), isTrait);

        // Lists grow by doubling; and code that is not optimised yet allocates a little.
        Assert.True(whole < (2.6 * half) + 10_000, $"{half} bytes, then {whole}");
        Assert.True(whole < 16 * 1024 * 1024, $"{whole} bytes");
    }

    [Fact]
    public void Five_hundred_parentheses_may_be_open_and_not_one_more() => OnASmallStack(() =>
    {
        const string deepest = "1T OR 2T AND NOT (";
        string open = string.Concat(Enumerable.Repeat(deepest, RuleLimits.Nesting)), close = new string(')', RuleLimits.Nesting);

        var rule = ARule.Segment("9T AND (1T OR 3T AND (1T OR " + string.Concat(Enumerable.Repeat("3T AND (1T OR NOT (", 249)) + "1T" + new string(')', 500));
        Assert.Equal(rule.ToString(), ARule.Segment(rule.ToString()).ToString());
        Assert.True(SegmentRule.TryReadExpressionTree(rule.WriteExpressionTree(), out var read, out _));
        Assert.Equal(rule.ToString(), read.ToString());
        rule.Compile().Explain(new AProfile(), AProfile.Now);

        Assert.DoesNotContain(RuleProblemKind.TooDeep, Kinds(open + "1T" + close));
        var problem = ARule.SegmentProblems("(" + open + "1T" + close + ")").Single();
        Assert.Equal((RuleProblemKind.TooDeep, 1 + (deepest.Length * RuleLimits.Nesting)), (problem.Kind, problem.Column));
    });

    [Fact]
    public void Sixty_four_kibibytes_may_be_written_and_not_one_byte_more()
    {
        string most = Fill("é", RuleLimits.TextBytes, last: "\"", prefix: "a==\"");
        most += new string(' ', RuleLimits.TextBytes - Encoding.UTF8.GetByteCount(most));

        ARule.Trait(most);
        Assert.Equal(RuleProblemKind.TextTooLong, ARule.TraitProblems(most + " ").Single().Kind);
        Assert.Equal(RuleProblemKind.TextTooLong, ARule.SegmentProblems(new string(' ', 10_000_000)).Single().Kind);
    }

    [Fact]
    public void Only_so_many_problems_are_looked_for_and_long_texts_are_shown_short()
    {
        var problems = ARule.TraitProblems(Fill("a > b AND ", 20_000, "a > b"));
        Assert.Equal(RuleLimits.Problems, problems.Count);

        var problem = ARule.TraitProblems("a == " + new string('x', 60_000) + "\u0007!").Single();
        Assert.True(problem.ToString().Length < 200, problem.ToString());
        Assert.True(ARule.TraitProblems(new string('é', 30_000))[0].Found.Length < 40);
        Assert.Equal("U+0007", ARule.TraitProblems("a \u0007")[0].Found);
    }

    private static IEnumerable<RuleProblemKind> Kinds(string text)
    {
        _ = SegmentRule.TryParse(text, out _, out var problems);
        return problems.Select(one => one.Kind);
    }

    // 1 when the text is a rule of either language. Evaluates, explains, prints and draws it then.
    private static int Survives(string text)
    {
        int read = 0;
        if (TraitRule.TryParse(text, out var trait, out var problems))
        {
            trait.Compile(TextCase.Ignored).Explain(ARule.Signals("a=1"));
            TraitRule.TryReadExpressionTree(trait.WriteExpressionTree(), out _, out _);
            Assert.True(trait.ToString().Length > RuleLimits.TextBytes || TraitRule.TryParse(trait.ToString(), out _, out _));
            _ = trait.IsCodeViewOnly;
            read = 1;
        }
        else
        {
            AssertUseful(problems, text);
        }

        if (SegmentRule.TryParse(text, _ => new KnownTrait(TraitKind.Onboarded), out var segment, out problems))
        {
            segment.Compile().Explain(new AProfile(), AProfile.Now);
            SegmentRule.TryReadExpressionTree(segment.WriteExpressionTree(), out _, out _);
            _ = segment.IsCodeViewOnly;
            read = 1;
        }
        else
        {
            AssertUseful(problems, text);
        }

        return read;
    }

    private static void AssertUseful(IReadOnlyList<RuleProblem> problems, string text)
    {
        Assert.InRange(problems.Count, 1, RuleLimits.Problems);
        foreach (var problem in problems)
        {
            Assert.InRange(problem.Place.Start, 0, text.Length);
            Assert.InRange(problem.Place.Start + problem.Place.Length, problem.Place.Start, text.Length);
            Assert.True(problem.Line >= 1 && problem.Column >= 1 && problem.Sentence.Length is > 10 and < 400);
        }
    }

    private static string Fill(string piece, int length, string last = "", string prefix = "")
    {
        var text = new StringBuilder(prefix, length);
        int room = length - Encoding.UTF8.GetByteCount(prefix) - last.Length;
        for (int size = Encoding.UTF8.GetByteCount(piece); size <= room; room -= size)
            text.Append(piece);
        return text.Append(last).ToString();
    }

    private static long Steps(Func<string, RuleParser> parse, string text)
    {
        var parser = parse(text);
        parser.ParseWhole();
        return parser.Steps;
    }

    private static long Allocated(string text, bool isTrait)
    {
        Parse();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Parse();
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Parse()
        {
            _ = isTrait ? TraitRule.TryParse(text, out _, out _) : SegmentRule.TryParse(text, out _, out _);
        }
    }

    private static void OnASmallStack(Action test)
    {
        Exception? fault = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    test();
                }
                catch (Exception caught)
                {
                    fault = caught;
                }
            },
            SmallStackBytes);
        thread.Start();
        thread.Join();
        if (fault is not null)
            throw new InvalidOperationException(fault.Message, fault);
    }
}
