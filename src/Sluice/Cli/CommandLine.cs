using System.CommandLine;
using Sluice.Hosting;

namespace Sluice.Cli;

/// <summary>Every verb of the program.</summary>
internal static class CommandLine
{
    // The library would end the process by itself two seconds after a signal: the server's own patience must run out first.
    private static readonly TimeSpan StopPatience = SluiceServer.StopPatience + TimeSpan.FromSeconds(10);

    /// <summary>Runs the verb that the arguments name; returns the exit code.</summary>
    internal static Task<int> RunAsync(string[] args) =>
        Build().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = StopPatience });

    internal static RootCommand Build() => new("Sluice: events in, audiences out, APIs that know them.")
    {
        ServeCommand.Build(),
        DemoCommand.Build(),
        SchemasCommand.Build(),
        ProxiesCommand.Build(),
        RecoverAdminCommand.Build(),
        SendCommand.Build(),
    };
}
