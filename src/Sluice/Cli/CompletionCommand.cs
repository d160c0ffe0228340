using System.CommandLine;

namespace Sluice.Cli;

/// <summary><c>completion</c>: the script by which a shell asks this program for what may come next.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _sluice() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(sluice "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _sluice sluice
        """;

    private const string Zsh = """
        #compdef sluice
        _sluice() {
            local line="${words[*]}"
            local suggestions=("${(@f)$(sluice "[suggest:${#line}]" "$line" 2>/dev/null)}")
            compadd -a suggestions
            _files
        }
        compdef _sluice sluice
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName sluice -ScriptBlock {
            param($word, $ast, $cursor)
            sluice "[suggest:$cursor]" "$ast" 2>$null | Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    internal static Command Build()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or pwsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "pwsh");
        var command = new Command("completion", "Prints the script that makes a shell complete verbs and options.\n\nExample: source <(sluice completion bash)") { shell };
        command.SetAction(async (parsed, _) =>
        {
            await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => PowerShell });
            return ExitCode.Done;
        });
        return command;
    }
}
