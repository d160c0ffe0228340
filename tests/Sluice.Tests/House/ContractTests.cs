using System.Reflection;
using System.Text.RegularExpressions;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.House;

/// <summary>Which sections and Rulings of the collection contract a test names.</summary>
public sealed partial class ContractTests
{
    [Fact]
    public void Every_section_and_Ruling_that_a_test_names_exists_and_the_covered_ones_are_counted()
    {
        var path = Path.Combine(SharedData.Repository, "..", "shared", "contracts", "collection.md");
        if (!File.Exists(path))
            Assert.Skip("The contract is not beside this checkout");
        var text = File.ReadAllText(path);
        var rulings = Ruling().Matches(text[..text.IndexOf("\n## 1.", StringComparison.Ordinal)]).Select(match => $"Ruling {match.Groups[1].Value}");
        var known = Section().Matches(text).Select(match => match.Groups[1].Value).Concat(rulings).ToHashSet();

        var covered = typeof(ContractTests).Assembly.GetTypes()
            .SelectMany(type => type.GetCustomAttributes<ContractAttribute>().Concat(type.GetMethods().SelectMany(method => method.GetCustomAttributes<ContractAttribute>())))
            .SelectMany(one => one.Sections).ToHashSet();

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"collection.md: {known.Count(covered.Contains)} of {known.Count} sections and Rulings have a test; not yet: {string.Join(", ", known.Where(one => !covered.Contains(one)))}");
        Assert.Subset(known, covered);
    }

    [GeneratedRegex(@"^### (\d+\.\d+)", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^(\d+)\. ", RegexOptions.Multiline)]
    private static partial Regex Ruling();
}
