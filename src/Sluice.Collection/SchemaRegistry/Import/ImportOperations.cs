using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Access;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>Takes in many resources at once, all or none: published files, or what another environment exported (contract collection.md 3.1).</summary>
internal sealed class ImportOperations(AccessRuntime access, TimeProvider clock)
{
    private const int MaxBytes = 64 << 20; // the whole public corpus is a tenth of this
    private const int MaxFiles = 5_000;

    // Some published files say a name twice: the last counts, as in most readers of JSON.
    private static readonly JsonDocumentOptions Published = new() { MaxDepth = JsonBounds.MaxDepth };

    /// <summary>A path of ours: XDM files into the global container.</summary>
    internal async Task<IResult> ImportGlobalAsync(HttpContext http)
    {
        var (files, fault) = await ReadFilesAsync(http);
        if (files is null)
            return Refuse(fault!);
        return await ImportAsync(http, files, (library, audit) =>
        {
            var faults = new List<string>();
            var put = new Dictionary<string, RegistryResource>(StringComparer.Ordinal);
            var outcomes = new List<ImportedFile>();
            for (var index = 0; index < files.Count; index++)
                AddGlobal(library, audit, files[index], index, put, outcomes, faults);
            return new Gathered([.. put.Values], [], outcomes, faults);
        }, (library, outcomes) => new JsonObject
        {
            ["imported"] = outcomes.Count(one => one.Outcome != "unchanged"),
            ["unchanged"] = outcomes.Count(one => one.Outcome == "unchanged"),
            ["resources"] = new JsonArray([.. outcomes.Select(one => (JsonNode)Report(library, one))]),
        });
    }

    /// <summary><c>/rpc/import</c>: what <c>/rpc/export</c> gave, under the same ids.</summary>
    internal async Task<IResult> ImportExportedAsync(HttpContext http)
    {
        var (files, fault) = await ReadFilesAsync(http);
        if (files is null)
            return Refuse(fault!);
        return await ImportAsync(http, files, (library, audit) =>
        {
            var faults = new List<string>();
            var put = new Dictionary<string, RegistryResource>(StringComparer.Ordinal);
            var descriptors = new Dictionary<string, Descriptor>(StringComparer.Ordinal);
            var outcomes = new List<ImportedFile>();
            for (var index = 0; index < files.Count; index++)
            {
                var id = files[index].ValueKind == JsonValueKind.Object ? Descriptor.Text(files[index], "$id") : null;
                if (files[index].ValueKind == JsonValueKind.Object && Descriptor.Text(files[index], "@type") is not null)
                    AddDescriptor(library, audit, files[index], index, descriptors, faults);
                else if (id is null || !ResourceIds.IsTenants(id, access.Organisation.TenantId))
                    AddGlobal(library, audit, files[index], index, put, outcomes, faults);
                else
                    AddTenants(library, audit, files[index], id, put, outcomes, faults);
            }
            return new Gathered([.. put.Values], [.. descriptors.Values], outcomes, faults);
        }, (library, outcomes) => new JsonArray(
            [.. outcomes.Select(one => library.Get(one.Id)).OfType<RegistryResource>()
                .Select(one => (JsonNode)ResourceView.Raw(library, one, isPublished: true, access.Organisation.OrgId))]));
    }

    private async Task<IResult> ImportAsync(
        HttpContext http, List<JsonElement> files, Func<RegistryLibrary, Audit, Gathered> gather, Func<RegistryLibrary, List<ImportedFile>, JsonNode> report)
    {
        var environment = CollectionEnvironment.Of(http);
        var audit = new Audit("import", Caller.Of(http).ClientId, clock.GetUtcNow().ToUnixTimeMilliseconds(), []);
        var outcomes = new List<ImportedFile>();
        var (after, fault) = await environment.Registry.ChangeAsync(library =>
        {
            var gathered = gather(library, audit);
            outcomes = gathered.Outcomes;
            return gathered.Faults.Count > 0
                ? (null, RegistryFault.BadImport(
                    $"{gathered.Faults.Count} of {files.Count} resources cannot be imported; nothing was: {gathered.Faults[0]}", gathered.Faults))
                : (new RegistryChange { Put = gathered.Put, PutDescriptors = gathered.Descriptors }, null);
        }, new ChangeCheck(environment), audit, http.RequestAborted);
        if (after is null)
            return Refuse(fault!);
        await environment.ReloadRoutesAsync(http.RequestAborted);
        return RegistryAnswers.Json(report(after.Library, outcomes));
    }

    private void AddGlobal(
        RegistryLibrary library, Audit audit, JsonElement file, int index,
        Dictionary<string, RegistryResource> put, List<ImportedFile> outcomes, List<string> faults)
    {
        var fault = PublishedFile.FindFault(file, access.Organisation.TenantId, out var id);
        var document = file;
        if (fault is null && Descriptor.Text(file, "meta:containerId") is not null)
            document = Exported(file, id); // from an export: what a server had added goes
        var known = fault is null ? library.Get(id) : null;
        if (fault is null && outcomes.Exists(one => one.Id == id))
            fault = "stands twice in the request";
        if (fault is not null)
        {
            faults.Add($"{(id.Length > 0 ? id : $"#{index}")}: {fault}");
            return;
        }
        if (known is not null && JsonElement.DeepEquals(known.Document, document))
        {
            outcomes.Add(new ImportedFile(id, "unchanged"));
            return;
        }
        outcomes.Add(new ImportedFile(id, known is null ? "created" : "updated"));
        put[id] = new RegistryResource(id, PublishedFile.TypeOf(id, file), isGlobal: true, document, StampOf(known, audit));
    }

    private static void AddTenants(
        RegistryLibrary library, Audit audit, JsonElement file, string id,
        Dictionary<string, RegistryResource> put, List<ImportedFile> outcomes, List<string> faults)
    {
        var type = ResourceType.Find(Descriptor.Text(file, "meta:resourceType") ?? "");
        if (type is null || type == ResourceType.Union || type == ResourceType.Behavior)
        {
            faults.Add($"{id}: 'meta:resourceType' must be classes, fieldgroups, datatypes or schemas");
            return;
        }
        var document = ServerMembers.Without(file);
        var known = library.Get(id);
        if (Descriptor.Text(document, "title") is not { Length: > 0 })
            faults.Add($"{id}: 'title' must be a string that is not empty");
        else if (outcomes.Exists(one => one.Id == id))
            faults.Add($"{id}: stands twice in the request");
        else if (known is null)
            put[id] = new RegistryResource(id, type, isGlobal: false, document, StampOf(null, audit));
        else if (!IsSame(known, document))
            faults.Add($"{id}: is here already with other content");
        outcomes.Add(new ImportedFile(id, known is null ? "created" : "unchanged"));
    }

    private static void AddDescriptor(
        RegistryLibrary library, Audit audit, JsonElement file, int index, Dictionary<string, Descriptor> descriptors, List<string> faults)
    {
        var document = JsonObject.Create(file)!;
        var id = Descriptor.Text(file, "@id");
        DescriptorView.Clean(document);
        var content = RegistryAnswers.Element(document);
        if (id is not { Length: > 0 and <= 100 } || !id.All(char.IsAsciiLetterOrDigit) || descriptors.ContainsKey(id))
            faults.Add($"#{index}: '@id' must be the id of a descriptor and stand once");
        else if (library.FindDescriptor(id) is not { } known)
            descriptors[id] = new Descriptor(id, content, StampOf(null, audit));
        else if (!JsonElement.DeepEquals(known.Document, content))
            faults.Add($"{id}: is here already with other content");
    }

    private static async Task<(List<JsonElement>? Files, RegistryFault? Fault)> ReadFilesAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBytes;
        var (body, reason) = await CollectionAnswers.ReadAsync(http.Request, MaxBytes, Published, http.RequestAborted);
        if (reason is not null)
            return (null, RegistryFault.BadImport(reason));
        var sent = PublishedFile.WithNamesOnce(JsonSerializer.SerializeToElement(body, JsonFormat.Readable));
        if (sent.ValueKind == JsonValueKind.Object && sent.TryGetProperty("resources", out var resources))
            sent = resources;
        if (sent.ValueKind != JsonValueKind.Array)
            return (null, RegistryFault.BadImport("The request body must be an array of resources, or an object whose 'resources' is one"));
        return sent.GetArrayLength() > MaxFiles
            ? (null, RegistryFault.BadImport($"The request must not hold more than {MaxFiles} resources"))
            : ([.. sent.EnumerateArray()], null);
    }

    private static JsonObject Report(RegistryLibrary library, ImportedFile file)
    {
        var resource = library.Get(file.Id);
        var missing = resource?.References.Where(used => library.Get(used) is null).Select(used => (JsonNode)$"refers to {used}, which is not in the registry") ?? [];
        return new JsonObject
        {
            ["$id"] = file.Id,
            ["title"] = resource?.Title,
            ["meta:resourceType"] = resource?.Type.Path,
            ["outcome"] = file.Outcome,
            ["warnings"] = new JsonArray([.. missing]),
        };
    }

    // An exported global resource carries what a server adds; its '$id' and 'meta:extends' are its own.
    private static JsonElement Exported(JsonElement file, string id)
    {
        var document = JsonObject.Create(file)!;
        foreach (var name in new[] { "meta:altId", "meta:resourceType", "version", "meta:containerId", "meta:registryMetadata", "refs", "meta:xdmType" })
            document.Remove(name);
        document["$id"] = id;
        return RegistryAnswers.Element(document);
    }

    // 'required' and the two flags may have been added when it was shown.
    private static bool IsSame(RegistryResource known, JsonElement document)
    {
        var (one, other) = (JsonObject.Create(known.Document)!, JsonObject.Create(document)!);
        foreach (var name in new[] { "required", "type", "meta:abstract", "meta:extensible" })
        {
            if (!one.ContainsKey(name))
                other.Remove(name);
        }
        return JsonNode.DeepEquals(one, other);
    }

    private static ResourceStamp StampOf(RegistryResource? known, Audit audit) => known is null || known.Stamp == ResourceStamp.Shipped
        ? new ResourceStamp(audit.AtMs, audit.ClientId, audit.AtMs, audit.ClientId, 1)
        : known.Stamp.Next(audit.AtMs, audit.ClientId);

    private IResult Refuse(RegistryFault fault) => RegistryAnswers.Refuse(fault, clock);

    /// <summary>What became of one file.</summary>
    private sealed record ImportedFile(string Id, string Outcome);

    /// <summary>What an import would change, and what is wrong with it.</summary>
    private sealed record Gathered(List<RegistryResource> Put, List<Descriptor> Descriptors, List<ImportedFile> Outcomes, List<string> Faults);
}
