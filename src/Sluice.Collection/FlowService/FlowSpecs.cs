using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Sluice.Collection.FlowService;

/// <summary>The published constants that clients send, and how they are looked up: connection specs and flow specs (contract collection.md 2.2).</summary>
internal static class FlowSpecs
{
    internal const string Streaming = "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb";
    internal const string DataLake = "c604ff05-7f1a-43c0-8e18-33bf874cb11c";
    internal const string WithoutMapping = "d8a6f005-7eaf-4153-983e-e8574508b877";
    internal const string WithMapping = "c1a19761-d2c7-4702-b9fa-fe91f0613e81";
    internal const string Provider = "521eee4d-8cbe-4906-bb48-fb6bd4450033";

    internal const string RawNotOffered =
        "Raw data and its mapping to a schema are not offered: send XDM messages through a connection with dataType 'xdm' and a flow of the flowSpec "
        + WithoutMapping;

    internal static IResult ListConnectionSpecs(HttpContext http) => List(http, ConnectionSpecs());

    internal static IResult GetConnectionSpec(string id) => Get("connectionSpecs", id, ConnectionSpecs());

    internal static IResult ListFlowSpecs(HttpContext http) => List(http, [FlowSpec()]);

    internal static IResult GetFlowSpec(string id) =>
        id == WithMapping ? FlowProblems.NotOffered(RawNotOffered) : Get("flowSpecs", id, [FlowSpec()]);

    private static IResult List(HttpContext http, JsonObject[] specs) =>
        FlowQuery.Parse(http.Request.Query, out var query) is { } fault
            ? FlowProblems.BadRequest(fault)
            : CollectionAnswers.Json(query.Apply(specs, http.Request));

    private static IResult Get(string kind, string id, JsonObject[] specs) =>
        Array.Find(specs, spec => spec["id"]!.GetValue<string>() == id) is { } found
            ? CollectionAnswers.Json(new JsonObject { ["items"] = new JsonArray(found) })
            : FlowProblems.NotFound(kind, id);

    private static JsonObject[] ConnectionSpecs() =>
    [
        new()
        {
            ["id"] = Streaming,
            ["name"] = "Streaming Connection",
            ["version"] = "1.0",
            ["providerId"] = Provider,
            ["type"] = "source",
            ["authSpec"] = new JsonArray(new JsonObject
            {
                ["name"] = "Streaming Connection",
                ["spec"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["sourceId"] = Typed("string"),
                        ["name"] = Typed("string"),
                        ["dataType"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("xdm"), ["default"] = "xdm" },
                        ["authenticationRequired"] = new JsonObject { ["type"] = "boolean", ["default"] = false },
                    },
                },
            }),
        },
        new() { ["id"] = DataLake, ["name"] = "Data Lake", ["version"] = "1.0", ["type"] = "target" },
    ];

    private static JsonObject FlowSpec() => new()
    {
        ["id"] = WithoutMapping,
        ["name"] = "Streaming XDM to the data lake",
        ["version"] = "1.0",
        ["providerId"] = Provider,
        ["sourceConnectionSpecIds"] = new JsonArray(Streaming),
        ["targetConnectionSpecIds"] = new JsonArray(DataLake),
    };

    private static JsonObject Typed(string type) => new() { ["type"] = type };
}
