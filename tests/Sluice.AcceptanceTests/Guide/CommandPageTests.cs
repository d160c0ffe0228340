using System.Text.Json.Nodes;

namespace Sluice.AcceptanceTests.Guide;

/// <summary>Every example of the table in <c>docs/cli.md</c> is run as it stands there, by a shell, against a server with what the examples speak of.</summary>
public sealed class CommandPageTests
{
    // What an example ends with where that is not 0.
    private static readonly Dictionary<string, int> Codes = new()
    {
        ["sluice send events.ndjson --inlet web"] = 3, // some of the file is wrong
        ["sluice failed resend 4f1d"] = 3, // and as wrong the second time
        ["sluice tail --outcome rejected"] = 130,
    };

    // Those that do not end by themselves, and what they have said when Ctrl+C ends them.
    private static readonly Dictionary<string, string> Endless = new()
    {
        ["sluice tail --outcome rejected"] = "outcome=rejected",
        ["sluice proxies watch ./weather"] = "deployed to production",
    };

    private static readonly Dictionary<string, string> NotRun = new()
    {
        ["sluice serve --data ./sluice-data"] = "it is the server that the others call",
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_example_of_the_page_does_what_it_says()
    {
        await using var stage = await CommandStage.OpenAsync();

        Assert.True(CommandPage.Examples.Count > 40);
        Assert.Empty(Codes.Keys.Concat(Endless.Keys).Concat(NotRun.Keys).Except(CommandPage.Examples));
        foreach (var example in CommandPage.Examples.Where(one => !NotRun.ContainsKey(one)))
        {
            await using var run = await stage.StartAsync(example);
            if (Endless.TryGetValue(example, out var says))
            {
                for (var turn = 0; turn < 300 && !run.HasEnded && !run.Said.Contains(says, StringComparison.Ordinal); turn++)
                {
                    await stage.SendWrongAsync();
                    await Task.Delay(100, Cancellation);
                }
                Assert.Contains(says, run.Said, StringComparison.Ordinal);
                run.Interrupt();
            }
            var end = await run.EndedAsync();
            Assert.True(end.Code == Codes.GetValueOrDefault(example), $"{example}\nended with {end.Code}:\n{end.Output}\n{end.Error}");
            Assert.True(end.Output.Length > 0, $"{example}\nsaid nothing: {end.Error}");
            if (example.Contains(" list", StringComparison.Ordinal) || example.Contains(" show ", StringComparison.Ordinal))
                await AssertJsonAsync(stage, example);
        }
    }

    // What the page says of --json: an array for a list, an object otherwise.
    private static async Task AssertJsonAsync(CommandStage stage, string example)
    {
        await using var run = await stage.StartAsync(example + " --json");
        var answer = JsonNode.Parse((await run.EndedAsync()).Output);
        var isList = example.Contains(" list", StringComparison.Ordinal) || example.StartsWith("sluice failed show", StringComparison.Ordinal);
        Assert.True(isList == answer is JsonArray, $"{example} --json\nanswers {answer}");
    }
}
