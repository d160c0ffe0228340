using System.CommandLine;
using System.Text.Json.Nodes;

namespace Sluice.Cli;

/// <summary><c>datasets</c>: what messages are sorted into.</summary>
internal static class DatasetsCommand
{
    internal static Command Build() => new("datasets", "Work with datasets.\n\nExample: sluice datasets list") { List(), Create(), Show() };

    private static Command List() => ClientVerb.Build("list", "Lists the datasets.", "sluice datasets list --json", [], async call =>
    {
        var rows = new JsonArray();
        await foreach (var one in call.Server.ListDatasetsAsync(call.Cancellation))
            rows.Add((JsonNode)new JsonObject { ["id"] = one.Id, ["name"] = one.Name, ["schema"] = one.SchemaId });
        return await call.AnswerAsync(rows, ("ID", one => one["id"]!.ToString()), ("NAME", one => one["name"]!.ToString()), ("SCHEMA", one => one["schema"]!.ToString()));
    });

    private static Command Create()
    {
        var name = new Argument<string>("NAME");
        var schema = new Option<string>("--schema") { Description = "The $id or the title of the schema of its records.", Required = true };
        return ClientVerb.Build("create", "Creates a dataset and prints its id.", "sluice datasets create \"Web events\" --schema \"Web event\"", [name, schema], async call =>
        {
            var schemaId = (await SchemasCommand.FindAsync(call, call.Parsed.GetValue(schema)!)).Id;
            var id = await call.Server.CreateDatasetAsync(call.Parsed.GetValue(name)!, schemaId, call.Cancellation);
            return await call.AnswerAsync(new JsonObject { ["id"] = id }, output => output.WriteLineAsync(id));
        });
    }

    private static Command Show()
    {
        var wanted = new Argument<string>("DATASET") { Description = "Its id or name." };
        return ClientVerb.Build("show", "Shows a dataset and its newest batches.", "sluice datasets show \"Web events\"", [wanted], async call =>
        {
            var found = await SendTarget.DatasetAsync(call, call.Parsed.GetValue(wanted)!);
            var batches = await call.Server.ListBatchesAsync(new Client.BatchQuery { DatasetId = found.Id, Limit = 20 }, call.Cancellation);
            var answer = new JsonObject
            {
                ["id"] = found.Id,
                ["name"] = found.Name,
                ["schema"] = found.SchemaId,
                ["batches"] = new JsonArray([.. batches.Select(one => (JsonNode)new JsonObject
                {
                    ["id"] = one.Id, ["status"] = one.Status, ["records"] = one.Records, ["failed"] = one.FailedRecords, ["created"] = one.Created.ToUnixTimeMilliseconds(),
                })]),
            };
            return await call.AnswerAsync(answer, async output =>
            {
                await output.WriteLineAsync($"{found.Name}  {found.Id}\nSchema {found.SchemaId}");
                await TextTable.WriteAsync(
                    output, ["BATCH", "STATUS", "RECORDS", "FAILED", "CREATED"],
                    answer["batches"]!.AsArray().Select(one => (string[])
                        [one!["id"]!.ToString(), one["status"]!.ToString(), one["records"]!.ToString(), one["failed"]!.ToString(), WatchCommands.Time(one["created"])]));
            });
        });
    }
}
