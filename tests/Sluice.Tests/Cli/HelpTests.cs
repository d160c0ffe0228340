using System.CommandLine;
using Sluice.Cli;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Cli;

/// <summary>What holds for every verb there is: an example in its help and in the page, wrong use told as such, shells that complete it.</summary>
public sealed class HelpTests
{
    // They serve or repair; what they say is for people.
    private static readonly string[] WithoutJson = ["serve", "demo", "recover-admin", "completion"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_verbs_help_ends_its_description_with_an_example_that_can_be_parsed()
    {
        foreach (var (path, command) in All(CommandLine.Build(), ""))
        {
            var lines = command.Description!.Split('\n');
            Assert.StartsWith("Example: ", lines[^1], StringComparison.Ordinal);
            Assert.Contains("sluice ", lines[^1], StringComparison.Ordinal);
            if (command.Subcommands.Count > 0)
                continue;
            var help = await CommandRun.Of(Cancellation, [.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
            Assert.True(help.Code == 0 && help.Output.Contains("Example: ", StringComparison.Ordinal), $"{path}: {help.Output}{help.Error}");
            if (lines[^1]["Example: ".Length..] is var example && example.StartsWith("sluice ", StringComparison.Ordinal) && !example.Contains('\'', StringComparison.Ordinal))
                Assert.Empty(CommandLine.Build().Parse(example["sluice ".Length..]).Errors);
        }
    }

    [Fact]
    public void Every_verb_that_answers_has_json_and_stands_in_the_page_with_an_example()
    {
        var page = File.ReadAllText(Path.Combine(SharedData.Repository, "docs/cli.md"));
        foreach (var (path, command) in All(CommandLine.Build(), "").Where(one => one.Command.Subcommands.Count == 0))
        {
            Assert.True(WithoutJson.Contains(path) || command.Options.Any(option => option.Name == "--json"), $"{path} has no --json");
            Assert.True(page.Contains($"`sluice {path}", StringComparison.Ordinal), $"docs/cli.md does not show: sluice {path}");
        }
    }

    [Theory]
    [InlineData("nonsense", "nonsense")]
    [InlineData("send", "FILE")]
    [InlineData("tail --colour", "--colour")]
    [InlineData("serve --nonsense", "--nonsense")]
    [InlineData("completion fish", "fish")]
    public async Task Wrong_use_ends_with_2_and_says_on_stderr_what_is_wrong(string arguments, string what)
    {
        var run = await CommandRun.Of(Cancellation, arguments.Split(' '));

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _sluice sluice")]
    [InlineData("zsh", "#compdef sluice")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task A_shell_gets_a_script_that_asks_the_program(string shell, string line)
    {
        var script = await CommandRun.Of(Cancellation, "completion", shell);
        var asked = await CommandRun.Of(Cancellation, "[suggest:9]", "sluice se");

        Assert.Equal(0, script.Code);
        Assert.Contains(line, script.Output, StringComparison.Ordinal);
        Assert.Contains("[suggest:", script.Output, StringComparison.Ordinal);
        Assert.Contains("send", asked.Output, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Path, Command Command)> All(Command command, string path) =>
        command.Subcommands.SelectMany(one => All(one, $"{path} {one.Name}".Trim())).Prepend((path, command));
}
