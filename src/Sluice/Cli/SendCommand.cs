using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary><c>send</c>: a file of messages, a line each, to a connection; interrupted, it goes on where it was.</summary>
internal static class SendCommand
{
    private const string Pipe = "-";

    internal static Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "NDJSON: a message a line, or an entity a line with --dataset. '-' reads standard input." };
        var inlet = new Option<string?>("--inlet") { Description = "The inlet's id, name or address. Default: the dataset's own, or the only one there is." };
        var dataset = new Option<string?>("--dataset") { Description = "Lines are entities of this dataset (id or name); the rest of the message is put around them." };
        var state = new Option<string?>("--state") { Description = "Where to keep how far it is. Default: FILE.sluice-send beside the file, and nowhere for standard input." };
        var rejects = new Option<string?>("--rejects") { Description = "Where messages go that were not accepted, with the reason. Default: FILE.rejected.ndjson." };
        var again = new Option<bool>("--again") { Description = "Forget the state and send everything from the beginning." };
        var gzip = new Option<bool>("--gzip") { Description = "Send compressed: for slow lines." };
        var maxRejects = new Option<long?>("--max-rejects") { Description = "Stop when more than so many messages were rejected. Default: never." };
        var patience = new Option<int>("--patience") { Description = "Seconds the server may be away until the sending stops, to be gone on with later. Default: 300.", DefaultValueFactory = _ => 300 };
        var requests = new Option<int>("--requests") { Description = "Requests under way at once, 1 to 64; with 1 messages arrive in order. Default: 4.", DefaultValueFactory = _ => 4 };
        var messages = new Option<int>("--request-messages") { Description = "The most messages of a request, 1 to 10,000. Default: 500.", DefaultValueFactory = _ => 500 };
        var bytes = new Option<int>("--request-bytes") { Description = "The largest request. Default: 1048576, the server's limit.", DefaultValueFactory = _ => 1 << 20 };
        return ClientVerb.Build(
            "send", "Sends a file of messages to a connection. Each is stored once, also when this is interrupted and run again.",
            "sluice send events.ndjson --inlet web --state events.state", [file, inlet, dataset, state, rejects, again, gzip, maxRejects, patience, requests, messages, bytes],
            async call =>
            {
                var parsed = call.Parsed;
                var path = parsed.GetValue(file)!;
                var isPipe = path == Pipe;
                var (address, envelope) = await new SendTarget(call).FindAsync(parsed.GetValue(inlet), parsed.GetValue(dataset));
                using var source = isPipe ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
                var rejectsFile = parsed.GetValue(rejects) ?? (isPipe ? "stdin" : path) + ".rejected.ndjson";
                FileUpload upload;
                try
                {
                    upload = FileUpload.Open(new UploadOptions
                    {
                        Inlet = address,
                        Source = source,
                        Credentials = call.Connection.Credentials(parsed),
                        Envelope = envelope,
                        StateFile = parsed.GetValue(state) ?? (isPipe ? null : path + ".sluice-send"),
                        StartsAnew = parsed.GetValue(again),
                        RejectsFile = rejectsFile,
                        MaxRejects = parsed.GetValue(maxRejects) ?? long.MaxValue,
                        Patience = TimeSpan.FromSeconds(parsed.GetValue(patience)),
                        MaxRequestsInFlight = parsed.GetValue(requests),
                        MaxRequestMessages = parsed.GetValue(messages),
                        MaxRequestBytes = parsed.GetValue(bytes),
                        Compress = parsed.GetValue(gzip),
                    });
                }
                catch (ArgumentException wrong)
                {
                    throw new UsageException(wrong.Message);
                }
                using (upload)
                    return await RunAsync(call, upload, rejectsFile);
            });
    }

    private static async Task<int> RunAsync(ClientCall call, FileUpload upload, string rejectsFile)
    {
        string? failure = null;
        var isInterrupted = false;
        await using (var progress = SendProgress.Start(upload, call.Error, isShown: !call.IsJson))
        {
            try
            {
                await upload.RunAsync(call.Cancellation);
            }
            catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
            {
                isInterrupted = true;
            }
            catch (Exception fault) when (ServerConnection.IsFault(fault))
            {
                failure = fault.Message;
            }
        }

        var end = upload.Progress;
        var exit = isInterrupted ? ExitCode.Interrupted : failure is not null ? ExitCode.Failed : end.Rejected > 0 ? ExitCode.Partly : ExitCode.Done;
        var answer = new JsonObject
        {
            ["outcome"] = isInterrupted ? "interrupted" : failure is not null ? "failed" : "done",
            ["accepted"] = end.Accepted,
            ["duplicates"] = end.Duplicates,
            ["rejected"] = end.Rejected,
            ["earlier"] = end.Earlier,
            ["lines"] = end.Lines,
            ["bytes"] = end.Bytes,
            ["bytesLeft"] = end.TotalBytes - end.Bytes,
            ["rejects"] = end.Rejected > 0 ? rejectsFile : null,
            ["failure"] = failure,
        };
        await call.AnswerAsync(answer, async output =>
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{end.Accepted:N0} accepted, {end.Rejected:N0} rejected")
                + (end.Earlier > 0 ? string.Create(CultureInfo.InvariantCulture, $" ({end.Earlier:N0} of them by earlier runs)") : "")
                + (end.Duplicates > 0 ? string.Create(CultureInfo.InvariantCulture, $", {end.Duplicates:N0} were there before") : ""));
            if (end.Rejected > 0)
                await output.WriteLineAsync($"What was rejected is in {rejectsFile}");
        });
        if (failure is not null)
            await call.Error.WriteLineAsync($"Not done: {failure}");
        if (exit is ExitCode.Failed or ExitCode.Interrupted && end.TotalBytes - end.Bytes is { } left)
            await call.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{left:N0} bytes are left. Run the same again to go on."));
        return exit;
    }
}
