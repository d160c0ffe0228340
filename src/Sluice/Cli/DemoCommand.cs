using System.CommandLine;
using Sluice.Demo;
using Sluice.Hosting;

namespace Sluice.Cli;

/// <summary><c>demo</c>: the main job, end to end, told step by step.</summary>
internal static class DemoCommand
{
    private const string DemoWindow = "00:00:01"; // so that the batches of the story are there in seconds

    internal static Command Build()
    {
        var arguments = new ServerArguments();
        var exit = new Option<bool>("--exit")
        {
            Description = "Use a temporary folder and a free port, check every step, and exit: 0 only if all went as promised.",
        };
        var command = new Command("demo", "Starts everything, streams the sample messages through it, shows each step, and stays up.\n\nExample: sluice demo --exit");
        arguments.AddTo(command);
        command.Options.Add(exit);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (arguments.Read(parsed, out var settings) is { } fault)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(fault);
                return ExitCode.Usage;
            }
            return await RunAsync(settings, parsed.GetValue(exit), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(ServerSettings settings, bool isCheck, CancellationToken cancellation)
    {
        var temporary = isCheck && settings.Data is null ? Directory.CreateTempSubdirectory("sluice-demo-").FullName : null;
        var overrides = new Dictionary<string, string?>(settings.Overrides, StringComparer.OrdinalIgnoreCase);
        overrides.TryAdd("Collection:BatchWindow", DemoWindow);
        overrides.TryAdd("Gateway:AllowLoopbackTargets", "true"); // the sample service is on this machine
        try
        {
            await using var weather = await WeatherService.StartAsync(cancellation);
            await using var server = await SluiceServer.StartAsync(
                settings with
                {
                    Urls = settings.Urls ?? (isCheck ? "http://127.0.0.1:0" : null),
                    Data = settings.Data ?? temporary,
                    Overrides = overrides,
                    QuietConsole = true,
                },
                cancellation);
            var wentAsPromised = await new DemoStory(server.Addresses[0], server.Folder, weather, Console.Out).TellAsync(cancellation);
            if (isCheck)
                return wentAsPromised ? 0 : 1;

            Console.WriteLine("Still serving. Stop with Ctrl+C.");
            await server.WaitForStopAsync(cancellation);
            return 0;
        }
        catch (Exception failure) when (SluiceServer.IsStartFault(failure))
        {
            await Console.Error.WriteLineAsync($"Sluice cannot start: {failure.Message}");
            return 1;
        }
        finally
        {
            if (temporary is not null)
                Directory.Delete(temporary, recursive: true);
        }
    }
}
