using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Client;

namespace Sluice.Cli;

/// <summary>What all verbs that call a running server have in common: the connection, <c>--json</c>, the example in the help, faults on stderr, exit codes.</summary>
internal sealed class ClientVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ServerConnection _connection = new();
    private readonly Option<string?> _environment = new("--environment") { Description = "The environment. Default: production." };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON for programs instead of tables for people." };

    private ClientVerb()
    {
    }

    /// <summary>Builds a verb; <paramref name="run"/> gives its exit code.</summary>
    internal static Command Build(string name, string description, string example, IEnumerable<Symbol> symbols, Func<ClientCall, Task<int>> run)
    {
        var verb = new ClientVerb();
        var command = new Command(name, $"{description}\n\nExample: {example}");
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Arguments.Add(argument);
            else
                command.Options.Add((Option)symbol);
        }
        verb._connection.AddTo(command);
        command.Options.Add(verb._environment);
        command.Options.Add(verb._json);
        command.SetAction((parsed, cancellation) => verb.RunAsync(parsed, run, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<ClientCall, Task<int>> run, CancellationToken cancellation)
    {
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            using var calls = _connection.Calls(parsed, parsed.GetValue(_environment), Patience);
            return await run(new ClientCall(parsed, _connection, calls, parsed.GetValue(_environment), parsed.GetValue(_json), cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await error.WriteLineAsync("Interrupted.");
            return ExitCode.Interrupted;
        }
        catch (UsageException wrong)
        {
            await error.WriteLineAsync(wrong.Message);
            return ExitCode.Usage;
        }
        catch (Exception failure) when (ServerConnection.IsFault(failure))
        {
            await error.WriteLineAsync($"Not done: {failure.Message}");
            foreach (var reason in (failure as SluiceException)?.Errors ?? [])
                await error.WriteLineAsync($"  {reason}");
            return ExitCode.Failed;
        }
    }
}

/// <summary>Arguments that are each allowed and make no sense together.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>One run of a verb: what was asked, the server, and where the answer goes.</summary>
internal sealed record ClientCall(
    ParseResult Parsed, ServerConnection Connection, SluiceAdministration Server, string? Environment, bool IsJson, CancellationToken Cancellation)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal TextWriter Output => Parsed.InvocationConfiguration.Output;

    internal TextWriter Error => Parsed.InvocationConfiguration.Error;

    internal async Task<JsonNode> GetAsync(string path) => Node(await Server.CallAsync(HttpMethod.Get, path, null, Cancellation));

    internal async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonNode? body = null) =>
        Node(await Server.CallAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()), Cancellation));

    /// <summary>A signed-in client for what is no call of JSON.</summary>
    internal async Task<HttpClient> OpenAsync(TimeSpan patience)
    {
        var http = await Connection.OpenAsync(Parsed, patience, Cancellation);
        if (Environment is not null)
            http.DefaultRequestHeaders.Add("x-sandbox-name", Environment);
        return http;
    }

    /// <summary>Ends the verb with an answer: JSON as it is, or as <paramref name="tell"/> writes it for people.</summary>
    internal async Task<int> AnswerAsync(JsonNode answer, Func<TextWriter, Task> tell)
    {
        if (IsJson)
            await Output.WriteLineAsync(answer.ToJsonString(Readable));
        else
            await tell(Output);
        return ExitCode.Done;
    }

    /// <summary>The same for a list, whose table has the columns that are named.</summary>
    internal Task<int> AnswerAsync(JsonArray rows, params (string Title, Func<JsonNode, string?> Of)[] columns) =>
        AnswerAsync(rows, output => TextTable.WriteAsync(output, [.. columns.Select(one => one.Title)], rows.Select(row => columns.Select(one => one.Of(row!) ?? "").ToArray())));

    private static JsonNode Node(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => JsonObject.Create(element)!,
            JsonValueKind.Array => JsonArray.Create(element)!,
            JsonValueKind.Undefined or JsonValueKind.Null => new JsonObject(),
            _ => JsonValue.Create(element)!,
        };
}
