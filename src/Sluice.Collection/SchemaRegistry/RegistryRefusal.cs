using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The registry's own error shape and codes (contract collection.md 3.2, 3.3).</summary>
internal static class RegistryRefusal
{
    internal static IResult Of(int status, string code, string title, string detail, TimeProvider clock) => CollectionAnswers.Json(
        new JsonObject
        {
            ["type"] = $"http://ns.adobe.com/aep/errors/{code}",
            ["title"] = title,
            ["status"] = status,
            ["report"] = new JsonObject
            {
                ["registryRequestId"] = Guid.CreateVersion7(clock.GetUtcNow()).ToString(),
                ["timestamp"] = clock.GetUtcNow().ToString("MM-dd-yyyy HH:mm:ss", CultureInfo.InvariantCulture),
                ["detailed-message"] = detail,
                ["sub-errors"] = new JsonArray(),
            },
            ["detail"] = detail,
        }, status);

    internal static IResult NotFound(string id, TimeProvider clock) =>
        Of(404, "XDM-1012-404", "Resource not found", $"Requested resource {id} with version 1 is not found", clock);

    internal static IResult BadListAccept(string given, TimeProvider clock) => Of(400, "XDM-1006-400", "Accept header invalid",
        $"The supplied Accept header is not valid: {given} - A valid Accept value should look like application/vnd.adobe.'{{xed|xdm}}'+json", clock);

    internal static IResult BadLookupAccept(string given, TimeProvider clock) => Of(400, "XDM-1007-400", "Accept header invalid",
        $"The supplied Accept header is not valid: {given} - A valid Accept value should look like application/vnd.adobe.'{{xed|xdm}}'+json; version=1 (Version should be specified)", clock);

    internal static IResult BadSchema(string detail, TimeProvider clock) =>
        Of(400, "XDM-1400-400", "Schema cannot be used", detail, clock); // a number of ours: the original's for this is not published
}
