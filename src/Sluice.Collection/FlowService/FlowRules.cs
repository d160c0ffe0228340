using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Collection.Datasets;
using Sluice.Collection.Inlets;

namespace Sluice.Collection.FlowService;

/// <summary>What a resource of the flow service must be, and what of it is kept; the fault names the member (contract collection.md 2.2).</summary>
internal static class FlowRules
{
    private const int MaxNameCharacters = 512;
    private const int MaxDescriptionCharacters = 4_096;
    private const int MaxDocumentCharacters = 65_536;

    // What only the server says; a client's own value for one of these is dropped.
    internal static readonly string[] ServerMembers =
    [
        "id", "etag", "version", "state", "createdAt", "updatedAt", "createdBy", "updatedBy", "createdClient", "updatedClient",
        "sandboxId", "sandboxName", "imsOrgId", "inheritedAttributes", "options",
    ];

    /// <summary>Checks a whole document and takes it over into the resource; on a fault the resource must be dropped.</summary>
    internal static async Task<string?> ApplyAsync(
        CollectionEnvironment environment, FlowGraph graph, FlowResource resource, JsonObject sent, CancellationToken cancellation)
    {
        foreach (var member in ServerMembers)
            sent.Remove(member);
        var fault = TextFault(sent, "name", MaxNameCharacters, isRequired: true)
            ?? TextFault(sent, "description", MaxDescriptionCharacters)
            ?? (resource.Kind switch
            {
                FlowResource.Connections => ApplyConnection(resource, sent),
                FlowResource.SourceConnections => ApplySource(graph, resource, sent),
                FlowResource.TargetConnections => await ApplyTargetAsync(environment, resource, sent, cancellation),
                _ => ApplyFlow(graph, resource, sent),
            })
            ?? JsonBounds.Fault(sent, JsonBounds.MaxDepth);
        if (fault is not null)
            return fault;
        resource.Document = sent.ToJsonString(JsonFormat.Readable);
        return resource.Document.Length > MaxDocumentCharacters ? $"The resource is longer than {MaxDocumentCharacters} characters" : null;
    }

    private static string? ApplyConnection(FlowResource resource, JsonObject sent)
    {
        if ((SpecFault(sent, "connectionSpec", FlowSpecs.Streaming) ?? TextFault(sent, "providerId", MaxNameCharacters)) is { } fault)
            return fault;
        if (sent["auth"] is not JsonObject auth)
            return "'auth' must be an object with 'specName' and 'params'";
        if (auth["params"] is not null and not JsonObject)
            return "'auth.params' must be an object";
        if (TextFault(auth, "specName", MaxNameCharacters) is { } specFault)
            return $"In 'auth': {specFault}";

        // The inlet keeps the parameters: the older API shows and changes the same ones.
        var parameters = auth["params"]?.DeepClone().AsObject() ?? [];
        parameters.Remove("status"); // the state of the connection says it
        parameters["name"] ??= sent["name"]!.DeepClone();
        var known = resource.Inlet!;
        resource.Inlet = new Inlet
        {
            InletId = known.InletId,
            Status = known.Status,
            CreatedMs = known.CreatedMs,
            CreatedBy = known.CreatedBy,
            ModifiedMs = resource.ModifiedMs,
            ModifiedBy = resource.ModifiedBy,
            Version = known.Version,
        };
        if (InletBody.Apply(parameters, resource.Inlet) is { } inletFault)
            return $"In 'auth.params': {inletFault}";
        auth.Remove("params");
        resource.UpstreamId = known.InletId;
        return null;
    }

    private static string? ApplySource(FlowGraph graph, FlowResource resource, JsonObject sent)
    {
        if (SpecFault(sent, "connectionSpec", FlowSpecs.Streaming) is { } fault)
            return fault;
        if (graph.Find(FlowResource.Connections, Text(sent["baseConnectionId"])) is not { } connection)
            return "'baseConnectionId' must be the id of a connection";
        resource.UpstreamId = connection.ResourceId;
        return null;
    }

    private static async Task<string?> ApplyTargetAsync(
        CollectionEnvironment environment, FlowResource resource, JsonObject sent, CancellationToken cancellation)
    {
        if (SpecFault(sent, "connectionSpec", FlowSpecs.DataLake) is { } fault)
            return fault;
        var datasetId = sent["params"] is JsonObject parameters ? Text(parameters["dataSetId"]) ?? Text(parameters["datasetId"]) : null;
        if (datasetId is null)
            return "'params.dataSetId' must be the id of a dataset";
        if (await environment.Datasets.FindAsync(datasetId, cancellation) is not { } dataset)
            return $"'params.dataSetId' refers to an unknown dataset [{datasetId}]";
        resource.DownstreamId = datasetId;
        if (sent["data"] is not JsonObject { } data || data["schema"] is null)
            return sent["data"] is null or JsonObject ? null : "'data' must be an object";
        if (data["schema"] is not JsonObject schema || Text(schema["id"]) is not { } schemaId)
            return "'data.schema.id' must be the $id of a schema";
        if (environment.Routes.FindSchema(Encoding.UTF8.GetBytes(schemaId)) is null)
            return $"'data.schema.id' refers to an unknown schema [{schemaId}]";
        return DatasetBody.SchemaIdOf(dataset.Read()) == schemaId ? null : $"'data.schema.id' is not the schema of the dataset [{datasetId}]";
    }

    private static string? ApplyFlow(FlowGraph graph, FlowResource resource, JsonObject sent)
    {
        if (sent["flowSpec"] is JsonObject given && Text(given["id"]) == FlowSpecs.WithMapping)
            return FlowSpecs.RawNotOffered;
        if (SpecFault(sent, "flowSpec", FlowSpecs.WithoutMapping) is { } fault)
            return fault;
        if (sent["transformations"] is JsonArray { Count: > 0 })
            return "'transformations' must be empty. " + FlowSpecs.RawNotOffered;
        if (graph.Find(FlowResource.SourceConnections, OnlyOne(sent["sourceConnectionIds"])) is not { } source)
            return "'sourceConnectionIds' must be an array with the id of one source connection";
        if (graph.Find(FlowResource.TargetConnections, OnlyOne(sent["targetConnectionIds"])) is not { } target)
            return "'targetConnectionIds' must be an array with the id of one target connection";
        (resource.UpstreamId, resource.DownstreamId) = (source.ResourceId, target.ResourceId);
        return null;
    }

    private static string? SpecFault(JsonObject sent, string member, string wantedId) =>
        sent[member] is JsonObject spec && Text(spec["id"]) is { } id
            ? id == wantedId ? TextFault(spec, "version", MaxNameCharacters)
                : $"'{member}.id' is [{id}]; here it must be {wantedId}"
            : $"'{member}.id' is required; it must be {wantedId}";

    private static string? TextFault(JsonObject sent, string member, int maxCharacters, bool isRequired = false) => sent[member] switch
    {
        null when !isRequired && !sent.ContainsKey(member) => null,
        { } value when Text(value) is { } text && text.Length <= maxCharacters && (text.Length > 0 || !isRequired) => null,
        _ => $"'{member}' must be a string of {(isRequired ? 1 : 0)} to {maxCharacters} characters",
    };

    private static string? OnlyOne(JsonNode? value) => value is JsonArray { Count: 1 } array ? Text(array[0]) : null;

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
