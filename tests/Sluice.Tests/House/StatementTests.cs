using System.Text.RegularExpressions;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.House;

/// <summary>Every checkable statement of the source pages is shown by a test, or named as a deviation.</summary>
public sealed partial class StatementTests
{
    [Fact]
    public void Every_statement_has_a_test_or_is_named_as_a_deviation()
    {
        var list = Path.Combine(SharedData.Repository, "..", "shared", "source", "statements.md");
        if (!File.Exists(list))
            Assert.Skip("The list of statements is not beside this checkout");
        var known = File.ReadLines(list).Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Split('|')[1].Trim()).Where(id => id.Length > 1 && char.IsAsciiLetterUpper(id[0]) && id.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0).ToHashSet();

        var tested = Read("tests", "*.cs").SelectMany(text => Claim().Matches(text)).SelectMany(claim => Quoted().Matches(claim.Value)).Select(id => id.Groups[1].Value).ToHashSet();
        var deviations = Read("docs/contracts", "*.md").SelectMany(text => InBrackets().Matches(text)).Select(id => id.Groups[1].Value).Where(known.Contains).ToHashSet();

        foreach (var section in known.GroupBy(id => id[0]).OrderBy(group => group.Key))
        {
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{section.Key}: {section.Count(tested.Contains)} of {section.Count()} statements have a test; named deviations: {string.Join(' ', section.Where(deviations.Contains).Order())}");
        }
        Assert.Empty(tested.Except(known));
        Assert.Empty(known.Except(tested).Except(deviations));
    }

    private static IEnumerable<string> Read(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(SharedData.Repository, folder), pattern, SearchOption.AllDirectories).Select(File.ReadAllText);

    [GeneratedRegex("\\bStatement\\((\"[A-Z][0-9]+\"(, )?)+\\)")]
    private static partial Regex Claim();

    [GeneratedRegex("\"([A-Z][0-9]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("\\((?:page, )?([A-Z][0-9]+)\\)")]
    private static partial Regex InBrackets();
}
