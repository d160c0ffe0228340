using System.Diagnostics.CodeAnalysis;
using Sluice.Profiles.Rules;
using Sluice.Profiles.Rules.Patterns;

namespace Sluice.Tests.Profiles;

/// <summary>Regular expressions mean what java.util.regex documents; the results in the tables are those of Java 17.</summary>
public sealed class JavaPatternTests
{
    [Theory]
    [InlineData("", "x", true)]
    [InlineData("b+", "abbc", true)]
    [InlineData("^b+$", "abbc", false)]
    [InlineData("a++", "aa", true)]
    [InlineData("^a++a", "aaa", false)]
    [InlineData("^(?:ab|a)?+b", "ab", false)]
    [InlineData("a{2}+", "aaa", true)]
    [InlineData("^a{1,2}?$", "aa", true)]
    [InlineData("\\Qa.b\\E", "a.b", true)]
    [InlineData("\\Qa.b\\E", "axb", false)]
    [InlineData("\\Qa.b", "a.b", true)]
    [InlineData("^\\Qab\\E+$", "abb", true)]
    [InlineData("[\\Q^]\\E]", "]", true)]
    [InlineData("(?<n1>a)\\k<n1>", "aa", true)]
    [InlineData("(a)(?<x>b)(c)\\2", "abcb", true)]
    [InlineData("(a)\\11", "aa1", true)]
    [InlineData("(?>a*)a", "aaa", false)]
    [InlineData("(?<=a{1,3})b", "aab", true)]
    [InlineData("a(?!b)", "ab", false)]
    [InlineData("(|a)+", "a", true)]
    [InlineData("}", "}", true)]
    [InlineData("]", "]", true)]
    [InlineData("\\_", "_", true)]
    [InlineData("$+", "a", true)]
    [InlineData("\\Ga", "ba", false)]
    public void Sequences_groups_and_quantifiers(string pattern, string text, bool found) => AssertFound(pattern, text, found);

    [Theory]
    [InlineData("[^a-c&&b-d]", "d", true)]
    [InlineData("[^a-c&&b-d]", "b", false)]
    [InlineData("[a-z&&[^b]]", "b", false)]
    [InlineData("[a-z&&[^m-p]]", "a", true)]
    [InlineData("[a-z&&def]", "e", true)]
    [InlineData("[a-z&&def]", "a", false)]
    [InlineData("[a-d[m-p]]", "n", true)]
    [InlineData("[a&&b&&c]", "a", false)]
    [InlineData("[a&&]", "a", true)]
    [InlineData("[^a[b]]", "b", false)]
    [InlineData("[]a]", "]", true)]
    [InlineData("[^]a]", "b", true)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[\\w-z]", "-", true)]
    [InlineData("[a-[b]]", "-", true)]
    [InlineData("[!--]", "+", true)]
    [InlineData("[a^b]", "^", true)]
    [InlineData("[[:alpha:]]", "a", true)]
    [InlineData("[\\p{L}&&[^\\p{Lu}]]", "A", false)]
    [InlineData("[\\p{L}&&[^\\p{Lu}]]", "b", true)]
    [InlineData("[^\\d&&[5]]", "5", false)]
    [InlineData("^[^a]$", "😀", true)]
    [InlineData("[😀]", "😀", true)]
    [InlineData("[\\ud83d\\ude00-\\ud83d\\ude02]", "😁", true)]
    [InlineData("^[^😀]$", "😀", false)]
    public void Classes(string pattern, string text, bool found) => AssertFound(pattern, text, found);

    [Theory]
    [InlineData("\\p{Alpha}", "é", false)]
    [InlineData("\\p{Lower}", "a", true)]
    [InlineData("\\p{Upper}", "a", false)]
    [InlineData("\\p{Punct}", "$", true)]
    [InlineData("\\p{Alnum}\\p{Blank}\\p{XDigit}\\p{Graph}", "a\tF!", true)]
    [InlineData("^\\p{Print}$", "\t", false)]
    [InlineData("\\p{Cntrl}", "\u007f", true)]
    [InlineData("\\p{Space}", "\u000b", true)]
    [InlineData("\\p{ASCII}", "é", false)]
    [InlineData("\\pL", "é", true)]
    [InlineData("\\P{L}", "1", true)]
    [InlineData("\\p{IsLu}\\p{gc=Ll}", "Éa", true)]
    [InlineData("\\p{Lo}", "𐀀", true)]
    [InlineData("\\p{IsPunctuation}", "!", true)]
    [InlineData("\\p{IsWhite_Space}", "\u00a0", true)]
    [InlineData("\\p{LC}", "a", true)]
    [InlineData("\\w", "é", false)]
    [InlineData("\\d", "٣", false)]
    [InlineData("\\s", "\u00a0", false)]
    [InlineData("\\h", "\u00a0", true)]
    [InlineData("\\H", "\t", false)]
    [InlineData("\\v", "\u2028", true)]
    [InlineData("\\V", "\n", false)]
    [InlineData("^\\R$", "\r\n", true)]
    [InlineData("\\012", "\n", true)]
    [InlineData("^\\0400$", " 0", true)]
    [InlineData("\\x{1F600}", "😀", true)]
    [InlineData("\\x41\\u0042\\e\\a\\cA", "AB\u001b\u0007\u0001", true)]
    [InlineData("\\bcat\\b", "a cat!", true)]
    [InlineData("\\bcat\\b", "cats", false)]
    [InlineData("\\Bat", "cat", true)]
    public void Escapes_and_named_sets(string pattern, string text, bool found) => AssertFound(pattern, text, found);

    [Theory]
    [InlineData("(?i)abc", "xABCx", true)]
    [InlineData("(?i)é", "É", false)]
    [InlineData("(?iu)é", "É", true)]
    [InlineData("(?iu)^[^é]$", "É", false)]
    [InlineData("(?i)k", "\u212a", false)]
    [InlineData("(?iu)k", "\u212a", true)]
    [InlineData("(?i)\\p{Lower}", "A", true)]
    [InlineData("(?i)[^a]", "A", false)]
    [InlineData("(?i:a)b", "AB", false)]
    [InlineData("((?i)a)b", "Ab", true)]
    [InlineData("(?i)a(?-i)b", "AB", false)]
    [InlineData("(?i)(a)\\1", "aA", true)]
    [InlineData("(?x) a b # comment", "ab", true)]
    [InlineData("(?x)[a b]", " ", false)]
    [InlineData("(?x)a + b", "aab", true)]
    [InlineData("a.b", "a\nb", false)]
    [InlineData("(?s)a.b", "a\nb", true)]
    [InlineData("a.", "a\u0085", false)]
    [InlineData("(?d)a.", "a\r", true)]
    [InlineData("^.$", "😀", true)]
    public void Flags_and_the_dot(string pattern, string text, bool found) => AssertFound(pattern, text, found);

    [Theory]
    [InlineData("a$", "a", true)]
    [InlineData("a$", "a\n", true)]
    [InlineData("a$", "a\r", true)]
    [InlineData("a$", "a\r\n", true)]
    [InlineData("a$", "a\u0085", true)]
    [InlineData("a$", "a\n\n", false)]
    [InlineData("a$", "a\nb", false)]
    [InlineData("\\r$", "\r\n", false)]
    [InlineData("a\\Z", "a\r\n", true)]
    [InlineData("a\\z", "a\n", false)]
    [InlineData("(?d)a$", "a\r", false)]
    [InlineData("(?m)a$", "a\nb", true)]
    [InlineData("(?m)a$", "a\rb", true)]
    [InlineData("(?m)^b", "a\rb", true)]
    [InlineData("(?m)^b", "a\r\nb", true)]
    [InlineData("(?m)^", "", false)]
    [InlineData("(?m)^$", "a\n", false)]
    [InlineData("(?dm)^b", "a\rb", false)]
    [InlineData("^.$", "😀\r", true)]
    [InlineData("^.$", "😀\n", true)]
    [InlineData("^..$", "😀\r", false)]
    public void Line_ends(string pattern, string text, bool found) => AssertFound(pattern, text, found);

    [Theory]
    [InlineData("*a", "nothing before it")]
    [InlineData("a**", "nothing before it")]
    [InlineData("a+++", "nothing before it")]
    [InlineData("a|*", "nothing before it")]
    [InlineData("{", "nothing before it")]
    [InlineData("x{", "without its '}'")]
    [InlineData("x{,3}", "repetition")]
    [InlineData("x{3,2}", "repetition")]
    [InlineData("x{99999999999}", "repetition")]
    [InlineData("(a", "closing parenthesis")]
    [InlineData("a)", "closes no group")]
    [InlineData("[a", "closing bracket")]
    [InlineData("[]", "closing bracket")]
    [InlineData("[z-a]", "reverse order")]
    [InlineData("[a-\\d]", "ends in a set")]
    [InlineData("[&&]", "without any character")]
    [InlineData("[\\b]", "unknown escape")]
    [InlineData("\\y", "unknown escape")]
    [InlineData("\\Ea", "unknown escape")]
    [InlineData("a\\", "ends in a backslash")]
    [InlineData("\\x4", "hexadecimal")]
    [InlineData("\\x{110000}", "no character")]
    [InlineData("\\u41", "hexadecimal")]
    [InlineData("\\08", "octal")]
    [InlineData("\\c", "\\c")]
    [InlineData("\\p{Foo}", "not supported")]
    [InlineData("\\p{", "without its '}'")]
    [InlineData("\\k<zz>", "no group")]
    [InlineData("(?<n_1>a)", "name")]
    [InlineData("(?<a>x)(?<a>y)", "two groups")]
    [InlineData("(?z)a", "unknown kind of group")]
    [InlineData("(?P<n>a)", "unknown kind of group")]
    [InlineData("(?", "unknown kind of group")]
    public void What_Java_refuses_is_refused_with_the_reason(string pattern, string reason) => AssertRefused(pattern, reason);

    [Theory]
    [InlineData("\\1(a)", "group 1")]
    [InlineData("a{2}{3}", "nothing before it")]
    [InlineData("[a&&&b]", "&&&")]
    [InlineData("\\N{DIGIT ONE}", "not supported")]
    [InlineData("\\X", "not supported")]
    [InlineData("\\b{g}", "not supported")]
    [InlineData("(?U)\\w", "not supported")]
    [InlineData("\\p{IsLatin}", "not supported")]
    [InlineData("\\p{InGreek}", "not supported")]
    [InlineData("\\p{javaLowerCase}", "not supported")]
    public void What_cannot_be_translated_is_refused_with_the_reason(string pattern, string reason) => AssertRefused(pattern, reason);

    [Theory]
    [InlineData("^shoe.*[0-9]{2,4}$", true)]
    [InlineData("(a|b)*c\\b", true)]
    [InlineData("\\p{L}+", true)]
    [InlineData("(?m)a$", true)]
    [InlineData("(a)\\1", false)]
    [InlineData("a(?=b)", false)]
    [InlineData("a*+b", false)]
    [InlineData("((a{1000}){1000}){1000}", false)]
    public void What_can_run_in_linear_time_does(string pattern, bool isLinear)
    {
        Assert.True(TryCompile(pattern, out var compiled, out string reason), reason);

        Assert.Equal(isLinear, compiled.IsLinear);
    }

    [Fact]
    public void A_thousand_characters_may_be_written_and_not_one_more()
    {
        Assert.True(TryCompile(new string('a', RuleLimits.PatternLength), out _, out _));
        AssertRefused(new string('a', RuleLimits.PatternLength + 1), "longer than 1000 characters");
        AssertRefused(string.Concat(Enumerable.Repeat("\\PL", 333)), "too much room");
    }

    [Fact]
    public void The_regular_expressions_of_a_rule_share_what_compiling_may_cost()
    {
        string few = string.Join(" OR ", Enumerable.Repeat("a matchesregex \"\\pL+\"", 20)), many = string.Join(" OR ", Enumerable.Repeat("a matchesregex \"\\pL\"", 2_500));
        string simple = string.Join(" OR ", Enumerable.Repeat("a matchesregex \"^shoe[0-9]\"", 2_000));

        ARule.Trait(few);
        ARule.Trait(simple);
        var problems = ARule.TraitProblems(many);

        Assert.Equal(RuleLimits.Problems, problems.Count);
        Assert.All(problems, one => Assert.Equal(RuleProblemKind.BadPattern, one.Kind));
    }

    [Theory]
    [InlineData("(?:(?:(?ms:c|(?iu)(?>$)*(?:\\v.|ab\\R??[^A-Z].+)b|(?!\\w)+(?s)|\\Qa+\\Eab|\\Z([^0-9b-z].+).{1,2}+.)+?){1,2})++.[^\\x41\\D\\p{Lower}]", ".Bk😀_")]
    [InlineData("((((((((((a*)*)*)*)*)*)*)*)*)*)(?!c)$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")]
    public void A_search_that_cannot_be_finished_is_given_up(string pattern, string text)
    {
        Assert.True(TryCompile(pattern, out var compiled, out string reason), reason);

        Assert.False(compiled.IsFound(text, out bool gaveUp));
        Assert.True(gaveUp);
    }

    [Fact]
    public void Any_text_is_a_pattern_or_refused_and_any_search_ends()
    {
        string[] pieces =
        [
            "(", ")", "[", "]", "[^", "&&", "\\", "\\Q", "\\E", "{", "}", "{2}", "{1,3}", "*", "+", "?", "|", ".", "^", "$", "a", "b-d", "-", "é", "😀", "\ud800", "\\p{L}", "\\p", "(?",
            "(?i)", "(?<n>", "\\k<n>", "\\1", "(?=", "(?<!", ":", "#", " ", "(?x)", "\\x{", "\\u00", "\\0", "\uE000", "\uE001", "\0",
        ];
        var random = new Random(12);
        int compiled = 0;
        for (int round = 0; round < 20_000; round++)
        {
            string source = string.Concat(Enumerable.Range(0, random.Next(1, 10)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (!TryCompile(source, out var pattern, out string reason))
            {
                Assert.NotEmpty(reason);
                Assert.DoesNotContain("cannot be run here", reason, StringComparison.Ordinal); // the translator knows what .NET refuses
                continue;
            }

            compiled++;
            pattern.IsFound("ab\r\né😀 [a]", out _);
        }

        Assert.InRange(compiled, 1_000, 20_000);
    }

    private static bool TryCompile(string source, [NotNullWhen(true)] out JavaPattern? pattern, out string reason)
    {
        int room = RuleLimits.PatternsTranslated;
        return JavaPattern.TryCompile(source, ref room, out pattern, out reason);
    }

    private static void AssertFound(string pattern, string text, bool found)
    {
        Assert.True(TryCompile(pattern, out var compiled, out string reason), $"{pattern} {reason}");

        Assert.Equal(found, compiled.IsFound(text, out bool gaveUp));
        Assert.False(gaveUp);
    }

    private static void AssertRefused(string pattern, string reason)
    {
        Assert.False(TryCompile(pattern, out _, out string found), pattern);
        Assert.Contains(reason, found, StringComparison.Ordinal);
    }
}
