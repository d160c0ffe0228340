using System.Reflection;
using System.Text.RegularExpressions;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.House;

/// <summary>Which sections, Rulings and acceptance scenarios of the contracts a test names.</summary>
public sealed partial class ContractTests
{
    private static readonly string[] Prefixes = ["audience ", "gateway "];

    [Theory]
    [InlineData("collection.md", "", "\n## 1.")]
    [InlineData("audience.md", "audience ", "\n# 1.")]
    [InlineData("gateway.md", "gateway ", "\n## 1.")]
    public void Every_section_and_Ruling_that_a_test_names_exists_and_the_covered_ones_are_counted(string file, string prefix, string endOfRulings)
    {
        var path = Path.Combine(SharedData.Repository, "..", "shared", "contracts", file);
        if (!File.Exists(path))
            Assert.Skip("The contract is not beside this checkout");
        var text = File.ReadAllText(path);
        var rulings = Ruling().Matches(text[..text.IndexOf(endOfRulings, StringComparison.Ordinal)]).Select(match => $"Ruling {match.Groups[1].Value}");
        var scenarios = Scenario().Matches(text).Select(match => match.Groups[1].Value);
        var known = Section().Matches(text).Select(match => match.Groups[1].Value).Concat(rulings).Concat(scenarios).Select(one => prefix + one).ToHashSet();

        var covered = typeof(ContractTests).Assembly.GetTypes()
            .SelectMany(type => type.GetCustomAttributes<ContractAttribute>().Concat(type.GetMethods().SelectMany(method => method.GetCustomAttributes<ContractAttribute>())))
            .SelectMany(one => one.Sections).Where(one => PrefixOf(one) == prefix).ToHashSet();

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{file}: {known.Count(covered.Contains)} of {known.Count} sections, Rulings and scenarios have a test; not yet: {string.Join(", ", known.Where(one => !covered.Contains(one)))}");
        Assert.Subset(known, covered);
    }

    private static string PrefixOf(string section) => Prefixes.FirstOrDefault(prefix => section.StartsWith(prefix, StringComparison.Ordinal)) ?? "";

    [GeneratedRegex(@"^\| ([A-Z]\d+) \| ", RegexOptions.Multiline)]
    private static partial Regex Scenario();

    [GeneratedRegex(@"^(?:###? (?=\d+\.\d)|##? (?=(?:[6-8]|11)\.))(\d+(?:\.\d+)?)", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^(\d+)\. ", RegexOptions.Multiline)]
    private static partial Regex Ruling();
}
