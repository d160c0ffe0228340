using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Access;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Deployments;

namespace Sluice.Gateway.Management;

/// <summary>One call of the management API: what its path and query name, and who calls.</summary>
internal readonly struct ManagementCall(HttpContext http, GatewayRuntime gateway)
{
    internal const int MaxJsonBytes = 1 << 20;

    private const int MaxJsonDepth = 32;

    internal HttpContext Http => http;

    internal GatewayRuntime Gateway => gateway;

    internal CancellationToken Cancellation => http.RequestAborted;

    /// <summary>Who calls, for what is kept of it.</summary>
    internal string By => http.Features.Get<Caller>()?.Name ?? "";

    /// <summary>What time it is, for what is kept of it.</summary>
    internal long NowMs => gateway.NowMs;

    internal string Path(string name) => (string?)http.Request.RouteValues[name] ?? "";

    internal string? Query(string name) => http.Request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    internal bool Flag(string name) => BundleElement.ReadFlag(Query(name), byDefault: false);

    /// <summary>The environment of the path, or null.</summary>
    internal GatewayEnvironment? Environment() => gateway.FindEnvironment(Path("env"));

    internal static bool TryRevision(string text, out int revision) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out revision) && revision > 0;

    /// <summary>The body as a JSON object; null when it is none, too large, or holds a text that is none.</summary>
    internal async Task<JsonObject?> BodyAsync()
    {
        if (http.Request.ContentLength > MaxJsonBytes)
            return null;
        try
        {
            var bytes = new MemoryStream();
            var buffer = new byte[16 << 10];
            for (int read; (read = await http.Request.Body.ReadAsync(buffer, Cancellation)) > 0;)
            {
                if (bytes.Length + read > MaxJsonBytes)
                    return null;
                bytes.Write(buffer, 0, read);
            }
            return bytes.Length == 0 ? [] : Parse(bytes.ToArray());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject? Parse(byte[] json) => CanReadTexts(json)
        ? JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxJsonDepth }) as JsonObject
        : null;

    // Bytes that are no UTF-8 and halves of surrogate pairs pass the parser, and would fail wherever a text is read.
    private static bool CanReadTexts(byte[] json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxJsonDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.GetString();
            }
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}

/// <summary>Maps handlers of this API.</summary>
internal static class ManagementMapping
{
    internal static void On(this IEndpointRouteBuilder routes, string method, string path, Func<ManagementCall, Task<IResult>> handle) =>
        routes.MapMethods(path, [method], (Delegate)((HttpContext http) => CallAsync(http, handle)));

    private static Task<IResult> CallAsync(HttpContext http, Func<ManagementCall, Task<IResult>> handle)
    {
        var gateway = http.RequestServices.GetRequiredService<GatewayRuntime>();
        var org = (string?)http.Request.RouteValues["org"];
        return org is null || org == gateway.Organization ? handle(new ManagementCall(http, gateway)) : Task.FromResult(ManagementAnswers.NoOrganization(org));
    }
}
