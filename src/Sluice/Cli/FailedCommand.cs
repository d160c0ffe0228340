using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary><c>failed</c>: messages that did not pass, by what is wrong with them; fixing a group and sending it again.</summary>
internal static class FailedCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);

    internal static Command Build() => new("failed", "Work with messages that were not accepted.\n\nExample: sluice failed list") { List(), Show(), Fix(), Resend() };

    private static Command List() => ClientVerb.Build("list", "Lists what is wrong, the most frequent first.", "sluice failed list", [], async call =>
    {
        var rows = new JsonArray([.. (await call.Server.ListFailedGroupsAsync(cancellation: call.Cancellation)).Select(one => (JsonNode)new JsonObject
        {
            ["fingerprint"] = one.Fingerprint, ["count"] = one.Count, ["code"] = one.Code, ["pointer"] = one.Pointer, ["message"] = one.Message,
        })]);
        return await call.AnswerAsync(
            rows, ("GROUP", one => one["fingerprint"]!.ToString()), ("COUNT", one => one["count"]!.ToString()), ("PLACE", one => one["pointer"]!.ToString()), ("WHAT", one => one["message"]!.ToString()));
    });

    private static Command Show()
    {
        var group = Group();
        var limit = new Option<int>("--limit") { Description = "How many, up to 500. Default: 10.", DefaultValueFactory = _ => 10 };
        return ClientVerb.Build("show", "Shows messages of a group, oldest first, a JSON object a line.", "sluice failed show 4f1d --limit 1", [group, limit], async call =>
        {
            var messages = await call.Server.ListFailedMessagesAsync(call.Parsed.GetValue(group)!, 0, call.Parsed.GetValue(limit), call.Cancellation);
            var rows = new JsonArray([.. messages.Select(one => (JsonNode)new JsonObject { ["batchId"] = one.BatchId, ["line"] = one.Line, ["message"] = JsonNode.Parse(one.Message.GetRawText()) })]);
            return await call.AnswerAsync(rows, async output =>
            {
                foreach (var one in messages)
                    await output.WriteLineAsync(one.Message.GetRawText());
            });
        });
    }

    private static Command Fix()
    {
        var group = Group();
        var patch = new Option<string>("--patch") { Description = "A JSON Patch, or @FILE with one.", Required = true };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell what would pass." };
        return ClientVerb.Build(
            "fix", "Changes each message of a group by a JSON Patch and sends it again; waits until all are done.",
            "sluice failed fix 4f1d --patch '[{\"op\":\"remove\",\"path\":\"/body/xdmEntity/x\"}]' --dry-run", [group, patch, dryRun],
            call =>
            {
                var text = call.Parsed.GetValue(patch)!;
                return RunAsync(call, call.Parsed.GetValue(group)!, text.StartsWith('@') ? File.ReadAllText(text[1..]) : text, call.Parsed.GetValue(dryRun));
            });
    }

    private static Command Resend()
    {
        var group = Group();
        return ClientVerb.Build(
            "resend", "Sends each message of a group again as it is, such as after its schema was mended; waits until all are done.", "sluice failed resend 4f1d", [group],
            call => RunAsync(call, call.Parsed.GetValue(group)!, "[]", isDryRun: false));
    }

    private static Argument<string> Group() => new("GROUP") { Description = "The group's fingerprint, as list shows it." };

    private static async Task<int> RunAsync(ClientCall call, string group, string patch, bool isDryRun)
    {
        try
        {
            using var _ = JsonDocument.Parse(patch);
        }
        catch (JsonException fault)
        {
            throw new UsageException($"--patch is not JSON: {fault.Message}");
        }
        var fix = await call.Server.StartFixAsync(group, Encoding.UTF8.GetBytes(patch), isDryRun, call.Cancellation);
        while (fix.IsRunning)
        {
            await Task.Delay(Look, call.Cancellation);
            fix = await call.Server.FindFixAsync(fix.Id, call.Cancellation) ?? throw new InvalidDataException($"the fix {fix.Id} is gone");
        }
        await call.AnswerAsync(Describe(fix), async output =>
        {
            await output.WriteLineAsync($"{(fix.DryRun ? "Would pass" : "Passed")}: {fix.Passed} of {fix.Total}; duplicate {fix.Duplicate}, refused {fix.Refused}, unreadable {fix.Unreadable}");
            foreach (var reason in fix.Reasons ?? [])
                await output.WriteLineAsync($"  {reason.Count} x {reason.Message}");
        });
        return fix.Refused + fix.Unreadable > 0 ? ExitCode.Partly : fix.State == "done" ? ExitCode.Done : ExitCode.Failed;
    }

    private static JsonObject Describe(Fix fix) => new()
    {
        ["id"] = fix.Id,
        ["group"] = fix.Fingerprint,
        ["state"] = fix.State,
        ["dryRun"] = fix.DryRun,
        ["total"] = fix.Total,
        ["passed"] = fix.Passed,
        ["duplicate"] = fix.Duplicate,
        ["refused"] = fix.Refused,
        ["unreadable"] = fix.Unreadable,
        ["reasons"] = new JsonArray([.. (fix.Reasons ?? []).Select(one => (JsonNode)new JsonObject { ["count"] = one.Count, ["message"] = one.Message })]),
    };
}
