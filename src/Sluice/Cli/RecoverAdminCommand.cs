using System.CommandLine;
using Sluice.Access;
using Sluice.Hosting;
using Sluice.Storage;

namespace Sluice.Cli;

/// <summary><c>recover-admin</c>: a way back in for whoever may write the store, when no admin can sign in any more.</summary>
internal static class RecoverAdminCommand
{
    internal static Command Build()
    {
        var username = new Option<string?>("--username") { Description = "The user to make an admin. Default: the first admin." };
        var arguments = new ServerArguments();
        var command = new Command("recover-admin", "Gives a user an admin's rights and a new temporary password; a server may be running meanwhile.\n\nExample: sluice recover-admin --data ./sluice-data --username admin") { username };
        arguments.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            if (arguments.Read(parsed, out var settings) is { } fault)
                return await FailAsync(fault);
            try
            {
                return await RunAsync(settings, parsed.GetValue(username), Console.Out, cancellation);
            }
            catch (Exception failure) when (SluiceServer.IsStartFault(failure))
            {
                return await FailAsync(failure.Message);
            }
        });
        return command;
    }

    /// <summary>Changes the store and says the new password, once; 0 when it did.</summary>
    internal static async Task<int> RunAsync(ServerSettings settings, string? username, TextWriter output, CancellationToken cancellation)
    {
        var options = SluiceServer.StorageOptionsOf(settings);
        if (options.Postgres is null && !File.Exists(Path.Combine(options.Data, "installation.db")))
            return await FailAsync($"{Path.GetFullPath(options.Data)} holds no installation; name the data folder with --data");
        await using var installation = Installation.Open(options);
        var recovered = await AdminRecovery.RunAsync(installation, username, TimeProvider.System, cancellation);
        if (recovered is null)
            return await FailAsync(username is null ? "There is no admin" : $"There is no user '{username}'");
        await output.WriteLineAsync($"{recovered.Username} is an admin. Temporary password, to be changed at the next sign-in: {recovered.Password}");
        return 0;
    }

    private static async Task<int> FailAsync(string reason)
    {
        await Console.Error.WriteLineAsync($"Nothing was changed: {reason}");
        return 1;
    }
}
