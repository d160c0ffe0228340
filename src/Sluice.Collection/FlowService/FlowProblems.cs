using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sluice.Collection.FlowService;

/// <summary>Every refusal of the flow service (contract collection.md 2.2).</summary>
/// <remarks>The codes are the published ones where there are any; the shape is that of the schema registry, since none is published.</remarks>
internal static class FlowProblems
{
    internal static IResult BadRequest(string detail) => Refuse(400, "1100-400", "Bad Request", detail);

    internal static IResult NotFound(string kind, string id) => Refuse(404, "1101-404", "Not Found", $"There is nothing with the id [{id}] in {kind}");

    internal static IResult IfMatchMissing() =>
        Refuse(400, "1403-400", "Bad Request", "The header If-Match is missing; it must hold the etag of what is to be changed");

    // The codes below are ours: the sources name none.
    internal static IResult Stale() => Refuse(412, "1412-412", "Precondition Failed", "Somebody else changed it meanwhile; read it again");

    internal static IResult NotOffered(string detail) => Refuse(501, "1501-501", "Not Implemented", detail);

    private static IResult Refuse(int status, string code, string title, string detail) => CollectionAnswers.Json(
        new JsonObject
        {
            ["type"] = $"http://ns.adobe.com/aep/errors/FLOW-{code}",
            ["title"] = title,
            ["status"] = status,
            ["code"] = code,
            ["detail"] = detail,
        }, status);
}
