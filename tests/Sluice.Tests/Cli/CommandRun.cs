using System.Text.Json.Nodes;
using Sluice.Cli;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Cli;

/// <summary>One run of a verb against a house: its exit code and what it said.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    internal JsonNode Json => JsonNode.Parse(Output)!;

    internal static Task<CommandRun> Of(TestHouse house, params string[] arguments) => Of(house, TestContext.Current.CancellationToken, arguments);

    internal static Task<CommandRun> Of(TestHouse house, CancellationToken cancellation, params string[] arguments) =>
        Of(cancellation, [.. arguments, "--server", house.Address, "--data", house.Folder]);

    internal static async Task<CommandRun> Of(CancellationToken cancellation, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(arguments, output, error, cancellation);
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
