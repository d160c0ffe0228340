using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The registry's answers as HTTP: documents under the media type that was asked for, and refusals in its own shape.</summary>
internal static class RegistryAnswers
{
    private const int MaxSubErrors = 200;

    internal static IResult Json(JsonNode document, int status = 200, string mediaType = AcceptForm.PlainJson) =>
        Results.Text(document.ToJsonString(JsonFormat.Readable), mediaType, Encoding.UTF8, status);

    /// <summary>Contract collection.md 3.3.</summary>
    internal static IResult Refuse(RegistryFault fault, TimeProvider clock) => Json(
        new JsonObject
        {
            ["type"] = $"http://ns.adobe.com/aep/errors/{fault.Code}",
            ["title"] = fault.Title,
            ["status"] = fault.Status,
            ["report"] = new JsonObject
            {
                ["registryRequestId"] = Guid.CreateVersion7(clock.GetUtcNow()).ToString(),
                ["timestamp"] = clock.GetUtcNow().ToString("MM-dd-yyyy HH:mm:ss", CultureInfo.InvariantCulture),
                ["detailed-message"] = fault.Detail,
                ["sub-errors"] = new JsonArray([.. (fault.SubErrors ?? []).Take(MaxSubErrors).Select(one => (JsonNode)one)]),
            },
            ["detail"] = fault.Detail,
        }, fault.Status);

    /// <summary>Reads the request's JSON; the fault says where it is wrong.</summary>
    internal static async Task<(JsonNode? Body, RegistryFault? Fault)> ReadAsync(HttpContext http)
    {
        var (body, fault) = await CollectionAnswers.ReadAsync(http.Request, http.RequestAborted);
        return fault is null ? (body, null) : (null, RegistryFault.BadDocument(fault));
    }

    internal static async Task<(JsonObject? Body, RegistryFault? Fault)> ReadObjectAsync(HttpContext http)
    {
        var (body, fault) = await ReadAsync(http);
        return fault is not null ? (null, fault)
            : body is JsonObject document ? (document, null)
            : (null, RegistryFault.BadDocument("The request body must be a JSON object"));
    }

    internal static JsonElement Element(JsonNode node) => JsonSerializer.SerializeToElement(node, JsonFormat.Readable);
}
