using System.CommandLine;

namespace Sluice.Cli;

/// <summary><c>caches</c>: the gateway's named caches, what they hold, and emptying them.</summary>
internal static class CachesCommand
{
    internal static Command Build() => new("caches", "Work with the gateway's caches.\n\nExample: sluice caches list") { List(), Entries(), Clear() };

    private static Command List() => ClientVerb.Build("list", "Lists the caches of an environment.", "sluice caches list --environment test", [], async call =>
    {
        var names = (await call.GetAsync($"{await BaseAsync(call)}/caches")).AsArray();
        return await call.AnswerAsync(names.DeepClone().AsArray(), ("CACHE", one => one.ToString()));
    });

    private static Command Entries()
    {
        var cache = new Argument<string>("CACHE");
        return ClientVerb.Build("entries", "Lists what a cache holds, up to 1,000 entries.", "sluice caches entries weather", [cache], async call =>
        {
            var answer = await call.GetAsync($"{await BaseAsync(call)}/caches/{Uri.EscapeDataString(call.Parsed.GetValue(cache)!)}/entries");
            return await call.AnswerAsync(
                answer["entries"]!.DeepClone().AsArray(), ("BYTES", one => one["bytes"]?.ToString()), ("SECONDS LEFT", one => one["secondsLeft"]?.ToString()), ("KEY", one => one["key"]?.ToString()));
        });
    }

    private static Command Clear()
    {
        var cache = new Argument<string>("CACHE");
        var prefix = new Option<string?>("--prefix") { Description = "Only entries whose key begins so." };
        return ClientVerb.Build("clear", "Removes what a cache holds.", "sluice caches clear weather --prefix /v1/today", [cache, prefix], async call =>
        {
            var path = $"{await BaseAsync(call)}/caches/{Uri.EscapeDataString(call.Parsed.GetValue(cache)!)}/entries?action=clear";
            var answer = await call.SendAsync(HttpMethod.Post, call.Parsed.GetValue(prefix) is { } begin ? $"{path}&prefix={Uri.EscapeDataString(begin)}" : path);
            return await call.AnswerAsync(answer, output => output.WriteLineAsync($"{answer["cleared"]} removed"));
        });
    }

    private static async Task<string> BaseAsync(ClientCall call)
    {
        var organization = (await call.GetAsync("/v1/organizations")).AsArray()[0]!.ToString();
        return $"/v1/organizations/{Uri.EscapeDataString(organization)}/environments/{Uri.EscapeDataString(call.Environment ?? "production")}";
    }
}
