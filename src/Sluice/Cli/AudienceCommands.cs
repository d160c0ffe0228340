using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Cli;

/// <summary><c>traits</c> and <c>segments</c>: making, looking up and deleting them, and who a segment would have.</summary>
internal static class AudienceCommands
{
    private const int PageSize = 1_000;

    internal static Command BuildTraits() => new("traits", "Work with traits.\n\nExample: sluice traits list")
    {
        List("traits", "traitRule", "TRAIT"),
        Show("traits", "17"),
        Create("traits", "traitRule", "trait", "sluice traits create \"Views shoes\" --rule page==shoes --data-source Shop"),
        Delete("traits", "trait", "19"),
    };

    internal static Command BuildSegments() => new("segments", "Work with segments, and try rules out.\n\nExample: sluice segments list")
    {
        List("segments", "segmentRule", "SEGMENT"),
        Show("segments", "31"),
        Create("segments", "segmentRule", "segment", "sluice segments create \"Likes shoes\" --rule \"17T AND 18T\" --data-source Shop"),
        Delete("segments", "segment", "32"),
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

    private static Command Show(string family, string example)
    {
        var id = new Argument<long>("SID");
        return ClientVerb.Build("show", $"Shows one of the {family} with everything that is known of it.", $"sluice {family} show {example}", [id], async call =>
        {
            var answer = await call.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/{family}/{call.Parsed.GetValue(id)}"));
            return await call.AnswerAsync(answer, output => TextTable.WriteAsync(
                output, ["FIELD", "VALUE"], answer.AsObject().Where(one => one.Value is not null).Select(one => (string[])[one.Key, one.Value is JsonValue ? one.Value.ToString() : one.Value!.ToJsonString()])));
        });
    }

    private static Command Create(string family, string ruleMember, string one, string example)
    {
        var name = new Argument<string>("NAME");
        var rule = new Option<string>("--rule") { Description = "Its rule.", Required = true };
        var source = new Option<string>("--data-source") { Description = "The data source that owns it: its id, name or integration code.", Required = true };
        var folder = new Option<long>("--folder") { Description = "The id of its folder. Default: 0, the root.", DefaultValueFactory = _ => 0 };
        var description = new Option<string?>("--description");
        return ClientVerb.Build("create", $"Creates a {one} and prints its SID; it is in force when this ends.", example, [name, rule, source, folder, description], async call =>
        {
            var body = new JsonObject
            {
                ["name"] = call.Parsed.GetValue(name),
                [ruleMember] = call.Parsed.GetValue(rule),
                ["dataSourceId"] = await DataSourceIdAsync(call, call.Parsed.GetValue(source)!),
                ["folderId"] = call.Parsed.GetValue(folder),
            };
            if (family == "traits")
                body["traitType"] = "RULE_BASED_TRAIT";
            if (call.Parsed.GetValue(description) is { } text)
                body["description"] = text;
            var created = await call.SendAsync(HttpMethod.Post, $"/v1/{family}/", body);
            return await call.AnswerAsync(created, output => output.WriteLineAsync(created["sid"]!.ToString()));
        });
    }

    private static async Task<long> DataSourceIdAsync(ClientCall call, string wanted)
    {
        var found = (await call.GetAsync("/v1/datasources/")).AsArray()
            .Where(one => wanted == one!["dataSourceId"]!.ToString() || wanted == one["name"]?.ToString() || wanted == one["integrationCode"]?.ToString()).ToList();
        return found.Count == 1 ? found[0]!["dataSourceId"]!.GetValue<long>()
            : throw new InvalidDataException(found.Count == 0 ? $"there is no data source '{wanted}'" : $"{found.Count} data sources answer to '{wanted}'; give an id");
    }

    private static Command Delete(string family, string one, string example)
    {
        var id = new Argument<long>("SID");
        return ClientVerb.Build("delete", $"Deletes a {one}; what others' rules still use is not deleted.", $"sluice {family} delete {example}", [id], async call =>
        {
            var sid = call.Parsed.GetValue(id);
            await call.SendAsync(HttpMethod.Delete, string.Create(CultureInfo.InvariantCulture, $"/v1/{family}/{sid}"));
            return await call.AnswerAsync(new JsonObject { ["deleted"] = sid }, output => output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{one} {sid} is deleted")));
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
        return ClientVerb.Build("explain", "Tells why somebody is in a segment, or is not.", "sluice segments explain 31 jane@example.com --namespace Email", [id, who, of], async call =>
        {
            var query = $"id={Uri.EscapeDataString(call.Parsed.GetValue(who)!)}" + (call.Parsed.GetValue(of) is { } space ? $"&namespace={Uri.EscapeDataString(space)}" : "");
            var answer = await call.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/segments/{call.Parsed.GetValue(id)}/explain?{query}"));
            return await call.AnswerAsync(answer, output => TextTable.WriteAsync(
                output, ["FIELD", "VALUE"], answer.AsObject().Where(one => one.Value is not null).Select(one => (string[])[one.Key, one.Value is JsonValue ? one.Value.ToString() : one.Value!.ToJsonString()])));
        });
    }
}
