using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Flow;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>samples/bundles leaves nothing out: every policy and every option of ResponseCache is in a sample, and its README says in which.</summary>
public sealed partial class SampleBundleCoverageTests
{
    // What a ResponseCache reads of its XML.
    private static readonly string[] Readers = ["Policies/ResponseCache.cs", "Caches/CacheKey.cs", "Caches/CacheExpiry.cs", "Caches/CacheReference.cs"];

    private static readonly string[] RootAttributes = ["name", "enabled", "continueOnError", "async"];

    private static string Folder => Path.Combine(SharedData.Repository, "samples/bundles");

    [Fact]
    public void Every_policy_is_in_a_sample()
    {
        var shown = Policies().Select(policy => policy.Name.LocalName).ToHashSet();

        Assert.Empty(PolicyCatalogue.Kinds.Except(shown));
    }

    [Fact]
    public void Every_option_that_a_response_cache_reads_is_in_a_sample_and_says_something_there()
    {
        var caches = Policies().Where(policy => policy.Name.LocalName == "ResponseCache").ToList();
        var shown = caches.SelectMany(policy => policy.Descendants()).Where(one => one.HasElements || one.HasAttributes || one.Value.Trim().Length > 0)
            .SelectMany(one => one.Attribute("name") is { } name ? [one.Name.LocalName, name.Value] : new[] { one.Name.LocalName }).ToHashSet();
        var scopes = caches.Select(policy => policy.Element("Scope")?.Value).OfType<string>().ToHashSet();
        var attributes = caches.SelectMany(policy => policy.Attributes()).Select(one => one.Name.LocalName).ToHashSet();

        var read = Options().ToList();

        Assert.True(read.Count >= 18, "options are found in the source at all: " + string.Join(' ', read));
        Assert.Empty(read.Except(shown));
        Assert.Empty(Enum.GetNames<CacheScope>().Except(scopes));
        Assert.Empty(RootAttributes.Except(attributes));
    }

    [Fact]
    public void The_readme_says_where_each_policy_and_option_is_and_is_right()
    {
        var rows = Row().Matches(File.ReadAllText(Path.Combine(Folder, "README.md")))
            .Select(row => (Name: row.Groups[1].Value, Bundles: Link().Matches(row.Groups[2].Value).Select(link => link.Groups[1].Value).ToList())).ToList();

        Assert.Empty(PolicyCatalogue.Kinds.Concat(Options()).Except(rows.Select(row => row.Name)));
        Assert.Empty(Directory.EnumerateDirectories(Folder).Select(Path.GetFileName).Except(rows.SelectMany(row => row.Bundles)));
        foreach (var (name, bundles) in rows)
        {
            Assert.NotEmpty(bundles);
            foreach (var bundle in bundles)
                Assert.True(Files(bundle).Any(file => File.ReadAllText(file).Contains(name, StringComparison.Ordinal)), $"README.md: {bundle} does not have {name}");
        }
    }

    /// <summary>The elements and properties that the source names where it reads the XML.</summary>
    private static IEnumerable<string> Options() => Readers.Select(file => File.ReadAllText(Path.Combine(SharedData.Repository, "src/Sluice.Gateway", file)))
        .SelectMany(text => Read().Matches(text)).SelectMany(match => Quoted().Matches(match.Value)).Select(name => name.Groups[1].Value).Where(name => name is not ("Properties" or "Property")).Distinct();

    private static IEnumerable<XElement> Policies() => Directory.EnumerateDirectories(Folder).SelectMany(folder => Files(Path.GetFileName(folder)))
        .Where(file => file.Contains("/policies/", StringComparison.Ordinal)).Select(file => XElement.Load(file));

    private static IEnumerable<string> Files(string bundle) => Directory.EnumerateFiles(Path.Combine(Folder, bundle), "*.xml", SearchOption.AllDirectories);

    [GeneratedRegex(@"\.(?:Child|ChildText|All|Flag|Number)\(""[A-Za-z]+""|child\.Name is ""\w+""(?: or ""\w+"")*|SkipCondition\(xml, ""\w+""|WarnOfUnknown\([^)]*\)|case ""sluice\.[a-z-]+""")]
    private static partial Regex Read();

    [GeneratedRegex("\"([A-Za-z.-]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\| ([\w.-]+)[^|]*\| (\[.*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\]\(([\w-]+)\)")]
    private static partial Regex Link();
}
