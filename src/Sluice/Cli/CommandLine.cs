using System.CommandLine;

namespace Sluice.Cli;

/// <summary>Every verb of the program.</summary>
internal static class CommandLine
{
    internal static RootCommand Build() => new("Sluice: events in, audiences out, APIs that know them.")
    {
        ServeCommand.Build(),
        DemoCommand.Build(),
    };
}
