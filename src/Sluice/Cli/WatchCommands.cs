using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Cli;

/// <summary><c>tail</c> and <c>trace</c>: messages as they come in, and what became of one.</summary>
internal static class WatchCommands
{
    internal static Command BuildTail()
    {
        var inlet = new Option<string?>("--inlet") { Description = "Only those of this inlet (id)." };
        var dataset = new Option<string?>("--dataset") { Description = "Only those of this dataset (id)." };
        var outcome = new Option<string?>("--outcome") { Description = "Only those that were 'accepted' or 'rejected'." };
        var most = new Option<long?>("--count") { Description = "End after so many messages. Default: Ctrl+C ends it." };
        return ClientVerb.Build(
            "tail", "Shows messages as they are stored, a sample of them where many come; with --json a JSON object a line.", "sluice tail --outcome rejected",
            [inlet, dataset, outcome, most],
            async call =>
            {
                var parsed = call.Parsed;
                var query = string.Concat(
                    new (string Name, string? Value)[] { ("inlet", parsed.GetValue(inlet)), ("dataSet", parsed.GetValue(dataset)), ("outcome", parsed.GetValue(outcome)) }
                        .Where(one => one.Value is not null).Select(one => $"&{one.Name}={Uri.EscapeDataString(one.Value!)}"));
                using var http = await call.OpenAsync(Timeout.InfiniteTimeSpan);
                using var response = await http.GetAsync($"/api/sluice/v1/tail?{query.TrimStart('&')}", HttpCompletionOption.ResponseHeadersRead, call.Cancellation);
                if (!response.IsSuccessStatusCode)
                    throw new InvalidDataException($"the server answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(call.Cancellation)}");
                using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(call.Cancellation));
                return await ShowAsync(call, lines, parsed.GetValue(most) ?? long.MaxValue);
            });
    }

    internal static Command BuildTrace()
    {
        var id = new Argument<string>("MESSAGE_ID") { Description = "The xactionId that the answer to the message had." };
        return ClientVerb.Build("trace", "Tells what became of one message.", "sluice trace 1565628583792:1485:153:0", [id], async call =>
        {
            var answer = await call.GetAsync($"/api/sluice/v1/trace/{Uri.EscapeDataString(call.Parsed.GetValue(id)!)}");
            return await call.AnswerAsync(answer, output => TextTable.WriteAsync(
                output, ["TIME", "EVENT", "DETAILS"],
                answer["events"]!.AsArray().Select(one => (string[])[Time(one!["time"]), one["event"]?.ToString() ?? one["type"]?.ToString() ?? "", Details(one.AsObject())])));
        });
    }

    /// <summary>A time in milliseconds as people read it.</summary>
    internal static string Time(JsonNode? ms) =>
        ms is JsonValue value && value.TryGetValue(out long number)
            ? DateTimeOffset.FromUnixTimeMilliseconds(number).ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            : ms?.ToString() ?? "";

    private static string Details(JsonObject of) =>
        string.Join(' ', of.Where(one => one.Key is not ("time" or "event" or "type") && one.Value is not null).Select(one => one.Value is JsonValue ? $"{one.Key}={one.Value}" : $"{one.Key}={one.Value!.ToJsonString()}"));

    private static async Task<int> ShowAsync(ClientCall call, StreamReader lines, long most)
    {
        var kind = "";
        for (long shown = 0; shown < most && await lines.ReadLineAsync(call.Cancellation) is { } line;)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                kind = line["event: ".Length..];
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            var text = line["data: ".Length..];
            if (kind == "sample")
                await call.Error.WriteLineAsync($"Not all are shown: {text}");
            else
            {
                shown++;
                await call.Output.WriteLineAsync(call.IsJson ? text : Details(JsonNode.Parse(text)!.AsObject()));
            }
            kind = "";
        }
        return ExitCode.Done;
    }
}
