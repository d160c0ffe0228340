using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Cli;

/// <summary><c>traits</c> and <c>segments</c>: looking them up, and who a segment would have.</summary>
internal static class AudienceCommands
{
    private const int PageSize = 1_000;

    internal static Command BuildTraits() => new("traits", "Look at traits.\n\nExample: sluice traits list")
    {
        List("traits", "traitRule", "TRAIT"),
        Show("traits"),
    };

    internal static Command BuildSegments() => new("segments", "Look at segments, and try rules out.\n\nExample: sluice segments list")
    {
        List("segments", "segmentRule", "SEGMENT"),
        Show("segments"),
        Preview(),
        Explain(),
    };

    private static Command List(string family, string rule, string title) => ClientVerb.Build("list", $"Lists {family} with their rules.", $"sluice {family} list --json", [], async call =>
    {
        var rows = new JsonArray();
        for (var page = 0; ; page++)
        {
            var answer = await call.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/{family}?page={page}&pageSize={PageSize}"));
            var list = answer["list"]!.AsArray();
            foreach (var one in list)
                rows.Add(one!.DeepClone());
            if (list.Count < PageSize)
                break;
        }
        return await call.AnswerAsync(rows, (title, one => one["sid"]?.ToString()), ("NAME", one => one["name"]?.ToString()), ("RULE", one => one[rule]?.ToString()));
    });

    private static Command Show(string family)
    {
        var id = new Argument<long>("SID");
        return ClientVerb.Build("show", $"Shows one of the {family} with everything that is known of it.", $"sluice {family} show 17", [id], async call =>
        {
            var answer = await call.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/{family}/{call.Parsed.GetValue(id)}"));
            return await call.AnswerAsync(answer, output => TextTable.WriteAsync(
                output, ["FIELD", "VALUE"], answer.AsObject().Where(one => one.Value is not null).Select(one => (string[])[one.Key, one.Value is JsonValue ? one.Value.ToString() : one.Value!.ToJsonString()])));
        });
    }

    private static Command Preview()
    {
        var rule = new Argument<string>("RULE") { Description = "A segment rule, such as '17T AND NOT 18T'." };
        return ClientVerb.Build("preview", "Counts who a rule would have now, and what each of its terms does.", "sluice segments preview '17T AND 18T'", [rule], async call =>
        {
            var answer = await call.SendAsync(HttpMethod.Post, "/v1/segments/preview", new JsonObject { ["segmentRule"] = call.Parsed.GetValue(rule), ["samples"] = 0 });
            return await call.AnswerAsync(answer, async output =>
            {
                await output.WriteLineAsync($"{answer["count"]} profiles ({answer["deviceCount"]} devices, {answer["crossDeviceCount"]} customers)");
                await TextTable.WriteAsync(output, ["TERM", "COUNT"], answer["terms"]!.AsArray().Select(one => (string[])[one!["text"]!.ToString(), one["count"]?.ToString() ?? ""]));
            });
        });
    }

    private static Command Explain()
    {
        var id = new Argument<long>("SID");
        var who = new Argument<string>("PROFILE") { Description = "A device's UUID, or with --namespace an id of that data source." };
        var of = new Option<string?>("--namespace") { Description = "The data source of the id." };
        return ClientVerb.Build("explain", "Tells why somebody is in a segment, or is not.", "sluice segments explain 17 jane@example.com --namespace Email", [id, who, of], async call =>
        {
            var query = $"id={Uri.EscapeDataString(call.Parsed.GetValue(who)!)}" + (call.Parsed.GetValue(of) is { } space ? $"&namespace={Uri.EscapeDataString(space)}" : "");
            var answer = await call.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/segments/{call.Parsed.GetValue(id)}/explain?{query}"));
            return await call.AnswerAsync(answer, output => TextTable.WriteAsync(
                output, ["FIELD", "VALUE"], answer.AsObject().Where(one => one.Value is not null).Select(one => (string[])[one.Key, one.Value is JsonValue ? one.Value.ToString() : one.Value!.ToJsonString()])));
        });
    }
}
