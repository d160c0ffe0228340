using System.Diagnostics;

namespace Sluice.AcceptanceTests.Guide;

/// <summary>The completion script in the shell it is for: what a tabulator makes of a line begun.</summary>
public sealed class CompletionTests : IDisposable
{
    // A shell in a shell, with a terminal: each read waits for what the shell adds to the line behind what was typed; without it the test runs out of patience.
    private const string TypedIntoZsh =
        """
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell 'PS1= ; autoload -Uz compinit; compinit -u -D; source <(sluice completion zsh); echo REA""DY'
        zpty -r shell seen '*READY*'
        zpty -w -n shell $'sluice seg\t'
        zpty -r shell seen '*ments*'
        zpty -w -n shell $' prev\t'
        zpty -r shell seen '*iew*'
        echo completed
        zpty -d shell
        """;

    private readonly DirectoryInfo _tools = Directory.CreateTempSubdirectory("sluice-completion-");

    public void Dispose() => _tools.Delete(recursive: true);

    [Theory]
    [InlineData("sluice se", "segments\nsend\nserve")]
    [InlineData("sluice segments pre", "preview")]
    [InlineData("sluice send --stat", "--state")]
    public async Task Bash_completes_verbs_and_options(string line, string expected)
    {
        var words = line.Split(' ');

        var said = await RunAsync("bash", $"source <(sluice completion bash); COMP_LINE='{line}' COMP_POINT={line.Length} COMP_WORDS=({line}) COMP_CWORD={words.Length - 1}; _sluice; printf '%s\\n' \"${{COMPREPLY[@]}}\"");

        Assert.Equal(expected.Split('\n'), said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Zsh_completes_a_verb_and_the_verb_below_it() => Assert.Equal("completed", await RunAsync("zsh", TypedIntoZsh));

    private async Task<string> RunAsync(string shell, string script)
    {
        GuideTests.SkipWithout(shell);
        await GuideTests.PutProgramAsync(_tools.FullName);
        var start = new ProcessStartInfo(shell, ["-c", script]) { RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{_tools.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        try
        {
            var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            return (await said).Trim();
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
