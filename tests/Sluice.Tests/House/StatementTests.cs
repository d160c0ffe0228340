using System.Reflection;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.House;

/// <summary>Which checkable statements of the source pages are shown by a test.</summary>
public sealed class StatementTests
{
    [Fact]
    public void Every_statement_that_a_test_claims_exists_and_the_covered_ones_are_counted()
    {
        var path = Path.Combine(SharedData.Repository, "..", "shared", "source", "statements.md");
        if (!File.Exists(path))
            Assert.Skip("The list of statements is not beside this checkout");
        var known = File.ReadLines(path).Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Split('|')[1].Trim()).Where(id => id.Length is 2 or 3 && char.IsAsciiLetterUpper(id[0]) && char.IsAsciiDigit(id[1])).ToHashSet();

        var covered = typeof(StatementTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes<StatementAttribute>()).SelectMany(one => one.Ids).ToHashSet();

        foreach (var section in known.GroupBy(id => id[0]).OrderBy(group => group.Key))
        {
            var left = section.Where(id => !covered.Contains(id)).OrderBy(id => int.Parse(id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture));
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{section.Key}: {section.Count(covered.Contains)} of {section.Count()} statements have a test; not yet: {string.Join(' ', left)}");
        }
        Assert.ProperSubset(known, covered);
    }
}
