using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Cli;

/// <summary><c>replay</c>: landing what the journal still has once more.</summary>
internal static class ReplayCommand
{
    private const string Base = "/api/sluice/v1/replays";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    internal static Command Build() => new("replay", "Land again what came in between two moments.\n\nExample: sluice replay start --from 2026-01-01T00:00:00Z --follow") { Start(), Follow(), List() };

    private static Command Start()
    {
        var from = new Option<string?>("--from") { Description = "A time (ISO 8601 with its zone). Default: as far back as the journal goes." };
        var to = new Option<string?>("--to") { Description = "A time. Default: now." };
        var dataset = new Option<string?>("--dataset") { Description = "Only this dataset (id or name)." };
        var follow = new Option<bool>("--follow") { Description = "Wait until it is over." };
        return ClientVerb.Build("start", "Starts a replay and prints its id.", "sluice replay start --from 2026-01-01T00:00:00Z --dataset \"Web events\" --follow", [from, to, dataset, follow], async call =>
        {
            var body = new JsonObject();
            foreach (var (name, value) in new[] { ("from", call.Parsed.GetValue(from)), ("to", call.Parsed.GetValue(to)) })
            {
                if (value is not null)
                    body[name] = value;
            }
            if (call.Parsed.GetValue(dataset) is { } wanted)
                body["dataSet"] = (await SendTarget.DatasetAsync(call, wanted)).Id;
            var replay = await call.SendAsync(HttpMethod.Post, Base, body);
            return call.Parsed.GetValue(follow)
                ? await FollowAsync(call, replay["id"]!.ToString())
                : await call.AnswerAsync(replay, output => output.WriteLineAsync(replay["id"]!.ToString()));
        });
    }

    private static Command Follow()
    {
        var id = new Argument<string>("ID");
        return ClientVerb.Build("follow", "Waits until a replay is over. Interrupting it does not end the replay.", "sluice replay follow 01J8ZQ", [id], call => FollowAsync(call, call.Parsed.GetValue(id)!));
    }

    private static Command List() => ClientVerb.Build("list", "Lists replays, newest first.", "sluice replay list", [], async call =>
    {
        var rows = (await call.GetAsync(Base))["replays"]!.DeepClone().AsArray();
        return await call.AnswerAsync(
            rows, ("ID", one => one["id"]!.ToString()), ("STATE", one => one["state"]!.ToString()), ("WINDOWS", one => $"{one["windows"]!["done"]}/{one["windows"]!["total"]}"),
            ("RECORDS", one => one["records"]?.ToString()), ("CREATED", one => WatchCommands.Time(one["created"])));
    });

    private static async Task<int> FollowAsync(ClientCall call, string id)
    {
        var shown = "";
        while (true)
        {
            var replay = await call.GetAsync($"{Base}/{Uri.EscapeDataString(id)}");
            var state = replay["state"]!.ToString();
            var line = string.Create(CultureInfo.InvariantCulture, $"{state}: {replay["windows"]!["done"]} of {replay["windows"]!["total"]} windows, {replay["records"]} records");
            if (state != "running")
            {
                await call.AnswerAsync(replay, output => output.WriteLineAsync($"{line}{(replay["reason"] is { } reason ? $": {reason}" : "")}"));
                return state == "done" ? ExitCode.Done : ExitCode.Failed;
            }
            if (!call.IsJson && line != shown)
                await call.Error.WriteLineAsync(shown = line);
            await Task.Delay(Look, call.Cancellation);
        }
    }
}
