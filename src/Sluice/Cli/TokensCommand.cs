using System.Buffers.Text;
using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Cli;

/// <summary><c>tokens</c>: a token for scripts, and what it says.</summary>
internal static class TokensCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static Command Build() => new("tokens", "Get a token.\n\nExample: curl -H \"Authorization: Bearer $(sluice tokens get)\" http://127.0.0.1:8080/v1/traits") { Get(), Show() };

    private static Command Get() => ClientVerb.Build("get", "Gets a token for the client and prints it.", "sluice tokens get", [], async call =>
    {
        var token = await TokenAsync(call);
        return await call.AnswerAsync(new JsonObject { ["accessToken"] = token }, output => output.WriteLineAsync(token));
    });

    private static Command Show() => ClientVerb.Build("show", "Tells what a token of the client says and who the server takes it for; not the token itself.", "sluice tokens show", [], async call =>
    {
        var claims = Claims(await TokenAsync(call));
        var answer = new JsonObject { ["client"] = call.Connection.Credentials(call.Parsed).ClientId, ["claims"] = claims, ["self"] = await SelfAsync(call) };
        return await call.AnswerAsync(answer, async output =>
        {
            await output.WriteLineAsync($"Client {answer["client"]}");
            List<string[]> rows = [.. (claims ?? []).Concat(answer["self"] as JsonObject ?? []).Where(one => one.Value is not null).Select(one => (string[])[one.Key, one.Value!.ToString()])];
            await TextTable.WriteAsync(output, ["SAYS", "VALUE"], rows);
        });
    });

    private static async Task<string> TokenAsync(ClientCall call)
    {
        using var http = await call.OpenAsync(Patience);
        return http.DefaultRequestHeaders.Authorization!.Parameter!;
    }

    // A client without audience rights has no self there; its token is good all the same.
    private static async Task<JsonNode?> SelfAsync(ClientCall call)
    {
        try
        {
            return (await call.GetAsync("/v1/users/self")).DeepClone();
        }
        catch (Client.SluiceException refusal) when (refusal.Status is 403 or 404)
        {
            return null;
        }
    }

    private static JsonObject? Claims(string token)
    {
        var parts = token.Split('.');
        try
        {
            return parts.Length == 3 ? JsonNode.Parse(Base64Url.DecodeFromChars(parts[1])) as JsonObject : null;
        }
        catch (Exception fault) when (fault is FormatException or JsonException)
        {
            return null; // a token of another kind
        }
    }
}
