using System.Text;
using System.Text.Json;
using Sluice.Schemas;

namespace Sluice.Tests.Schemas;

/// <summary>The draft-06 part of the public JSON Schema test suite.</summary>
public sealed class PublicSuiteTests
{
    private const string RemoteRoot = "http://localhost:1234/";

    // Optional cases that fail, by name, with the reason.
    private static readonly Dictionary<string, string> KnownToFail = [];

    [Fact]
    public void Every_required_case_passes() => RunFolder("", formats: false);

    [Fact]
    public void Every_optional_case_passes_but_the_listed_ones() => RunFolder("optional", formats: true);

    [Fact]
    public void Every_case_about_formats_passes_but_the_listed_ones() => RunFolder("optional/format", formats: true);

    private static void RunFolder(string folder, bool formats)
    {
        string tests = Path.Combine(SharedData.Require("json-schema-draft6", "tests", "draft6"), folder);
        var failures = new List<string>();
        int total = 0;
        foreach (string file in Directory.GetFiles(tests, "*.json").Order(StringComparer.Ordinal))
        {
            string group = Path.GetRelativePath(SharedData.Require("json-schema-draft6", "tests", "draft6"), file);
            int before = failures.Count;
            int cases = RunFile(file, group, formats, failures);
            total += cases;
            TestContext.Current.TestOutputHelper!.WriteLine($"{group}: {cases - failures.Count + before} of {cases}");
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{(folder.Length == 0 ? "required" : folder)}: {total - failures.Count} of {total}");
        Assert.True(total > 0);
        Assert.Equal([], failures.Where(failure => !KnownToFail.ContainsKey(failure)));
    }

    private static int RunFile(string file, string group, bool formats, List<string> failures)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        var options = new SchemaOptions { AssertFormats = formats, Resolve = ResolveRemote };
        int total = 0;
        foreach (var set in document.RootElement.EnumerateArray())
        {
            string name = $"{group} | {set.GetProperty("description").GetString()}";
            CompiledSchema? schema = null;
            string? fault = null;
            try
            {
                schema = CompiledSchema.Compile(set.GetProperty("schema"), options);
            }
            catch (SchemaException exception)
            {
                fault = exception.Message;
            }

            foreach (var test in set.GetProperty("tests").EnumerateArray())
            {
                total++;
                byte[] data = Encoding.UTF8.GetBytes(test.GetProperty("data").GetRawText());
                bool expected = test.GetProperty("valid").GetBoolean();
                if (schema is null || schema.IsValid(data) != expected || (schema.Validate(data).Count == 0) != expected)
                    failures.Add($"{name} | {test.GetProperty("description").GetString()}{(fault is null ? "" : $" ({fault})")}");
            }
        }

        return total;
    }

    private static JsonElement? ResolveRemote(string address)
    {
        if (!address.StartsWith(RemoteRoot, StringComparison.Ordinal))
            return null;
        string file = Path.Combine(SharedData.Require("json-schema-draft6", "remotes"), address[RemoteRoot.Length..]);
        return File.Exists(file) ? JsonElement.Parse(File.ReadAllBytes(file)) : null;
    }
}
