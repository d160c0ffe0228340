using System.CommandLine;
using Sluice.Hosting;
using Sluice.Redaction;

namespace Sluice.Cli;

/// <summary><c>serve</c>: runs until it is told to stop.</summary>
internal static class ServeCommand
{
    internal static Command Build()
    {
        var arguments = new ServerArguments();
        var command = new Command("serve", "Serves until SIGTERM or Ctrl+C, on http://127.0.0.1:8080 with data in ./sluice-data.\n\nExample: sluice serve --urls http://127.0.0.1:8080 --data ./sluice-data --Collection:BatchWindow=00:01:00");
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (arguments.Read(parsed, out var settings) is { } fault)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(fault);
                return ExitCode.Usage;
            }

            try
            {
                await using var server = await SluiceServer.StartAsync(settings, cancellation);
                if (server.NewCredentialsPath is { } path)
                    Console.WriteLine($"First start: the organisation, an admin user and two clients were created; see {path}");
                Console.WriteLine($"Sluice listens on {string.Join(", ", server.Addresses)}");
                await server.WaitForStopAsync(cancellation);
                return 0;
            }
            catch (Exception failure) when (SluiceServer.IsStartFault(failure))
            {
                await Console.Error.WriteLineAsync($"Sluice cannot start: {Redactor.Redact(failure.Message)}");
                return 1;
            }
        });
        return command;
    }
}
