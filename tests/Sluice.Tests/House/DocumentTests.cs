using System.Reflection;
using System.Text.RegularExpressions;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.House;

/// <summary>The documents tell the truth about the tree: links lead somewhere, named files and types exist.</summary>
public sealed partial class DocumentTests
{
    // Names of other people's things that our documents mention.
    private static readonly HashSet<string> Foreign =
    [
        "JsonWebTokens", "BenchmarkDotNet", "RabbitMQ", "PostgreSQL", "DuckDB", "Utf8JsonReader", "JsonDocument", "SearchValues", "TimeProvider", "IsMatch",
        "RandomAccess", "FlushToDisk", "OpenHandle", "NonBacktracking", "IBufferWriter", "BinaryWriter", "ArrayPool", "SIGKILL", "SIGTERM",
    ];

    [Fact]
    public void Every_link_between_documents_leads_somewhere()
    {
        var broken =
            from document in Documents()
            from Match link in Link().Matches(File.ReadAllText(document))
            let target = link.Groups[1].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, target))
            select $"{document}: {target}";

        Assert.Empty(broken);
    }

    [Fact]
    public void Every_file_that_a_document_names_exists()
    {
        var missing =
            from document in Documents()
            from Match code in Code().Matches(File.ReadAllText(document))
            let name = code.Groups[1].Value.TrimEnd('/')
            where RepositoryPath().IsMatch(name) || (name.EndsWith(".cs", StringComparison.Ordinal) && !name.Contains(' ', StringComparison.Ordinal))
            where !Path.Exists(Path.Combine(SharedData.Repository, name))
                && !Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, name))
                && !Directory.EnumerateFiles(Path.Combine(SharedData.Repository, "src"), Path.GetFileName(name), SearchOption.AllDirectories).Any()
            select $"{document}: {name}";

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_type_and_member_that_a_document_names_exists()
    {
        var known = KnownNames();
        var unknown =
            from document in Documents()
            from Match code in Code().Matches(File.ReadAllText(document))
            let name = code.Groups[1].Value
            where TypeName().IsMatch(name)
            where name.Split('.').Any(part => !known.Contains(part) && !Foreign.Contains(part))
            select $"{document}: {name}";

        Assert.Empty(unknown.Distinct());
    }

    [Fact]
    public void Every_word_of_the_glossary_stands_there_once_and_in_order()
    {
        var words = File.ReadLines(Path.Combine(SharedData.Repository, "docs/glossary.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .Select(line => line.Split('|')[1].Trim()).ToList();

        Assert.True(words.Count > 30);
        Assert.Equal(words.Distinct().OrderBy(word => word, StringComparer.OrdinalIgnoreCase), words);
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(SharedData.Repository, "*.md", SearchOption.AllDirectories).Where(file =>
            !file.Contains("/artifacts/", StringComparison.Ordinal) && !file.Contains("/node_modules/", StringComparison.Ordinal)
            && !file.Contains("/sluice-data/", StringComparison.Ordinal));

    private static HashSet<string> KnownNames()
    {
        Type[] oneOfEach =
        [
            typeof(Sluice.Hosting.SluiceServer), typeof(Sluice.Collection.CollectionModule), typeof(Sluice.Access.AccessModule), typeof(Sluice.Audience.AudienceModule), typeof(Sluice.Gateway.GatewayModule),
            typeof(Sluice.Journal.EventJournal), typeof(Sluice.Schemas.CompiledSchema), typeof(Sluice.Storage.SqlStore), typeof(Sluice.Profiles.Rules.TraitRule), typeof(Sluice.Client.CollectionProducer),
            typeof(DocumentTests),
        ];
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        // The other test and bench programs are known by their files.
        string[] folders = ["tests", "bench"];
        var files = folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(SharedData.Repository, folder), "*.cs", SearchOption.AllDirectories))
            .Select(Path.GetFileNameWithoutExtension).OfType<string>();
        return [.. files, .. oneOfEach.Select(one => one.Assembly).Distinct().SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMembers(all).Select(member => member.Name).Append(type.Name.Split('`')[0]))];
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("^(src|tests|bench|docs|eng|samples)/[^ ]*$")]
    private static partial Regex RepositoryPath();

    // At least two humps: one-word names are words of the language too.
    [GeneratedRegex(@"^[A-Z][a-z0-9]+[A-Z]\w*(\.[A-Z]\w*)*$")]
    private static partial Regex TypeName();
}
