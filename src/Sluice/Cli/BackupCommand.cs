using System.CommandLine;
using System.Text.Json.Nodes;
using Sluice.Hosting;

namespace Sluice.Cli;

/// <summary><c>backup</c>: copies a data folder while its server goes on, in an order that makes the copy whole.</summary>
internal static class BackupCommand
{
    internal static Command Build()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "The data folder. Default: ./sluice-data.", DefaultValueFactory = _ => new DirectoryInfo("sluice-data") };
        var target = new Argument<DirectoryInfo>("FOLDER") { Description = "Where the copy goes: an empty folder, or an earlier backup, which is brought up to date." };
        var json = new Option<bool>("--json") { Description = "Print JSON for programs instead of a line for people." };
        var command = new Command(
            "backup", "Copies a data folder, also while its server runs. Start a server on the copy to restore it.\n\nExample: sluice backup --data /var/lib/sluice /mnt/backup/sluice")
        {
            target,
            data,
            json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var made = await DataFolderCopy.MakeAsync(parsed.GetRequiredValue(data).FullName, parsed.GetRequiredValue(target).FullName, cancellation);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(parsed.GetValue(json)
                    ? new JsonObject { ["files"] = made.Files, ["copied"] = made.Copied, ["bytes"] = made.CopiedBytes }.ToJsonString()
                    : $"{made.Files} files in {parsed.GetValue(target)}, {made.Copied} of them new or changed ({made.CopiedBytes:N0} bytes)");
                return ExitCode.Done;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException or Microsoft.Data.Sqlite.SqliteException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"There is no backup: {failure.Message}");
                return ExitCode.Failed;
            }
        });
        return command;
    }
}
