using System.CommandLine;
using System.CommandLine.Parsing;
using Sluice.Hosting;

namespace Sluice.Cli;

/// <summary>Every verb of the program.</summary>
internal static class CommandLine
{
    // The library would end the process by itself two seconds after a signal: the server's own patience must run out first.
    private static readonly TimeSpan StopPatience = SluiceServer.StopPatience + TimeSpan.FromSeconds(10);

    /// <summary>Runs the verb that the arguments name; returns the exit code.</summary>
    internal static Task<int> RunAsync(string[] args) => RunAsync(args, Console.Out, Console.Error, CancellationToken.None);

    /// <summary>The same with somewhere else to write to.</summary>
    internal static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        // An argument that begins with @ is the verb's to read (failed fix --patch @FILE): the library would put the words of that file in its place.
        var parsed = Build().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var configuration = new InvocationConfiguration { ProcessTerminationTimeout = StopPatience, Output = output, Error = error };
        return parsed.Errors.Count == 0 ? parsed.InvokeAsync(configuration, cancellation) : RefuseAsync(parsed, configuration);
    }

    // The library answers wrong arguments with its help on the output and with 1, which here says that something was tried.
    private static async Task<int> RefuseAsync(ParseResult parsed, InvocationConfiguration configuration)
    {
        foreach (var fault in parsed.Errors)
            await configuration.Error.WriteLineAsync(fault.Message);
        if (parsed.CommandResult.Command.Arguments.Count > 0)
            await configuration.Error.WriteLineAsync($"It takes: {string.Join(' ', parsed.CommandResult.Command.Arguments.Select(argument => argument.Name))}");
        await configuration.Error.WriteLineAsync($"See: sluice {string.Join(' ', PathOf(parsed))} --help".Replace("  ", " ", StringComparison.Ordinal));
        return ExitCode.Usage;
    }

    private static Stack<string> PathOf(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (SymbolResult? one = parsed.CommandResult; one is CommandResult { Command: not RootCommand } command; one = one.Parent)
            names.Push(command.Command.Name);
        return names;
    }

    internal static RootCommand Build() => new("Sluice: events in, audiences out, APIs that know them.\n\nExample: sluice demo")
    {
        ServeCommand.Build(),
        DemoCommand.Build(),
        SendCommand.Build(),
        WatchCommands.BuildTail(),
        WatchCommands.BuildTrace(),
        SchemasCommand.Build(),
        DatasetsCommand.Build(),
        FailedCommand.Build(),
        ReplayCommand.Build(),
        AudienceCommands.BuildTraits(),
        AudienceCommands.BuildSegments(),
        ProxiesCommand.Build(),
        CachesCommand.Build(),
        TokensCommand.Build(),
        ExportCommand.BuildExport(),
        ExportCommand.BuildImport(),
        DoctorCommand.Build(),
        RecoverAdminCommand.Build(),
        BackupCommand.Build(),
        CompletionCommand.Build(),
    };
}
