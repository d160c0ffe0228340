using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Schemas;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Schemas;

/// <summary>The public XDM schemas with their example files, references resolved by <c>$id</c> over the folder.</summary>
[Contract("3.7", "3.8")]
public sealed partial class XdmCorpusTests
{
    // The corpus as it is here lacks this extension; one schema refers to it.
    private const string AbsentExtension = "https://ns.adobe.com/experience/analytics-experienceevent";

    // Examples that hold something that RFC 3986 does not know, which the corpus' own tests do not look at.
    private static readonly Dictionary<string, string> NotUris = new()
    {
        ["consentpolicy.example.1.json"] = "[/{BATCH_ID}] is not a valid URI reference",
        ["paid-media-creative.example.5.json"] = "[adobe.com/creativecloud] is not a valid URI",
    };

    [Theory]
    [InlineData("schemas", 98, 0)]
    [InlineData("components", 493, 2)]
    public void Every_example_is_valid_and_every_counterexample_is_not(string tree, int expectedExamples, int expectedCounterexamples)
    {
        var library = ReadLibrary();
        int examples = 0, counterexamples = 0;
        var wrong = new List<string>();
        var compiled = new Dictionary<string, CompiledSchema>();
        foreach (string file in Directory.EnumerateFiles(SharedData.Require("xdm", tree), "*.json", SearchOption.AllDirectories))
        {
            var match = InstanceName().Match(file);
            string schemaFile = $"{match.Groups["base"].Value}.schema.json";
            if (!match.Success || !File.Exists(schemaFile))
                continue;

            if (!compiled.TryGetValue(schemaFile, out var schema))
                compiled[schemaFile] = schema = Compile(schemaFile, library);
            bool shouldPass = match.Groups["kind"].Value == "example";
            (examples, counterexamples) = shouldPass ? (examples + 1, counterexamples) : (examples, counterexamples + 1);
            byte[] instance = File.ReadAllBytes(file);
            if (NotUris.TryGetValue(Path.GetFileName(file), out string? message))
                Assert.All(schema.Validate(instance), violation => Assert.Equal(message, violation.Message));
            else if (schema.IsValid(instance) != shouldPass)
                wrong.Add($"{file}: {string.Join("; ", schema.Validate(instance))}");
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{tree}: {examples} examples, {counterexamples} counterexamples, {compiled.Count} schemas, {wrong.Count} wrong verdicts; "
            + $"{NotUris.Count} examples are known to hold no URI where one is asked for");
        Assert.Equal([], wrong);
        Assert.Equal((expectedExamples, expectedCounterexamples), (examples, counterexamples));
    }

    [Fact]
    public void Every_schema_compiles_for_ingestion_with_unknown_fields_refused()
    {
        var library = ReadLibrary();

        foreach (var schema in library.Values)
        {
            CompiledSchema.Compile(schema, new SchemaOptions
            {
                Dialect = SchemaDialect.Ingestion,
                RefuseUnknownFields = true,
                Resolve = address => library.TryGetValue(address, out var found) ? found : null,
            });
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{library.Count} schemas");
    }

    private static CompiledSchema Compile(string file, Dictionary<string, JsonElement> library) => CompiledSchema.Compile(
        JsonElement.Parse(File.ReadAllBytes(file)),
        new SchemaOptions { Resolve = address => library.TryGetValue(address, out var found) ? found : null });

    private static Dictionary<string, JsonElement> ReadLibrary()
    {
        var library = new Dictionary<string, JsonElement> { [AbsentExtension] = JsonElement.Parse("true") };
        foreach (string file in Directory.EnumerateFiles(SharedData.Require("xdm"), "*.schema.json", SearchOption.AllDirectories))
        {
            var schema = JsonElement.Parse(File.ReadAllBytes(file));
            library[schema.GetProperty("$id").GetString()!] = schema;
        }

        return library;
    }

    [GeneratedRegex(@"^(?<base>.+)\.(?<kind>example|invalid)\.[^/]+\.json$")]
    private static partial Regex InstanceName();
}
