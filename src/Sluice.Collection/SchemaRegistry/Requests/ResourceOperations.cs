using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Access;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The verbs of classes, field groups, data types, schemas and behaviours (contract collection.md 3.1 to 3.3).</summary>
internal sealed class ResourceOperations(AccessRuntime access, TimeProvider clock)
{
    private const int MaxTitleCharacters = 512;
    private const int MaxResources = 20_000; // of a tenant in one environment

    internal IResult List(HttpContext http, bool isGlobal, string path)
    {
        if (ResourceType.Find(path) is not { } type || type == ResourceType.Union)
            return Refuse(RegistryFault.NoSuchPath(path));
        var (form, fault) = AcceptForm.ForList(http.Request.Headers.Accept.ToString());
        if (form is null)
            return Refuse(fault!);
        if (ListQuery.Parse(http.Request.Query, out var query) is { } reason)
            return Refuse(RegistryFault.BadQuery(reason));

        var library = CollectionEnvironment.Of(http).Registry.Current.Library;
        var all = library.Resources.Where(one => one.Type == type && one.IsGlobal == isGlobal)
            .Select(one => ResourceView.Raw(library, one, form.IsPublished, access.Organisation.OrgId));
        var page = query.Apply(all, document => form.Shape == "id" ? ResourceView.Short(document) : document, $"{(isGlobal ? "global" : "tenant")}/{path}");
        return RegistryAnswers.Json(page, mediaType: form.MediaType);
    }

    internal IResult Get(HttpContext http, bool isGlobal, string path, string encodedId)
    {
        var id = ResourceIds.FromPath(encodedId);
        if (ResourceType.Find(path) is not { } type)
            return Refuse(RegistryFault.NoSuchPath(path));
        var (form, fault) = AcceptForm.ForLookup(http.Request.Headers.Accept.ToString());
        if (form is null)
            return Refuse(fault!);
        if (form.MajorVersion is { } major && major.TrimStart('0') != "1")
            return Refuse(RegistryFault.NotFound(type, id, major));

        var library = CollectionEnvironment.Of(http).Registry.Current.Library;
        if (type == ResourceType.Schema && ResourceIds.ClassOfUnion(id) is { } classId && UnionView.Find(library, classId) is { } union)
            return RegistryAnswers.Json(ResourceView.Write(union, form, access.Organisation.OrgId), mediaType: TypeOf(form));
        if (Find(library, type, isGlobal, id) is not { } resource)
            return Refuse(RegistryFault.NotFound(type, id));
        http.Response.Headers.ETag = $"\"{resource.ETag}\"";
        return RegistryAnswers.Json(ResourceView.Write(library, resource, form, access.Organisation.OrgId), mediaType: TypeOf(form));
    }

    internal async Task<IResult> CreateAsync(HttpContext http, string path)
    {
        if (Writable(path) is not { } type)
            return NotWritable(path);
        var (sent, fault) = await RegistryAnswers.ReadObjectAsync(http);
        if (sent is null)
            return Refuse(fault!);
        if (sent.ContainsKey("$id"))
            return Refuse(RegistryFault.BadDocument("'$id' is given by the registry; leave it out"));
        if (Clean(sent, out var document) is { } reason)
            return Refuse(RegistryFault.BadDocument(reason));

        var now = Now();
        var client = Caller.Of(http).ClientId;
        var id = ResourceIds.Full(access.Organisation.TenantId, type, ResourceIds.NewHex());
        var created = new RegistryResource(id, type, isGlobal: false, document, new ResourceStamp(now, client, now, client, 1));
        return await ChangeAsync(http, id, 201, new Audit("add", client, now, []), library =>
            library.Resources.Count(one => !one.IsGlobal) >= MaxResources
                ? (null, RegistryFault.BadDocument($"A tenant must not have more than {MaxResources} resources"))
                : (new RegistryChange { Put = [created] }, null));
    }

    internal async Task<IResult> ReplaceAsync(HttpContext http, string path, string encodedId)
    {
        if (Writable(path) is not { } type)
            return NotWritable(path);
        var (sent, fault) = await RegistryAnswers.ReadObjectAsync(http);
        if (sent is null)
            return Refuse(fault!);
        return await PutAsync(http, type, encodedId, "replace", [], old =>
        {
            // The tag cannot be taken back; a body without it says nothing about it.
            if (old.IsInUnion && !sent.ContainsKey("meta:immutableTags"))
                sent["meta:immutableTags"] = new JsonArray("union");
            return (sent, null);
        });
    }

    internal async Task<IResult> PatchAsync(HttpContext http, string path, string encodedId)
    {
        if (Writable(path) is not { } type)
            return NotWritable(path);
        var (sent, fault) = await RegistryAnswers.ReadAsync(http);
        if (fault is not null)
            return Refuse(fault);
        var (patch, reason) = JsonPatch.Parse(sent);
        if (patch is null)
            return Refuse(RegistryFault.BadDocument(reason!));
        return await PutAsync(http, type, encodedId, "patch", [.. patch.Paths], old =>
        {
            var document = (JsonObject)JsonNode.Parse(old.Document.GetRawText(), documentOptions: new JsonDocumentOptions { MaxDepth = JsonFormat.Readable.MaxDepth })!;
            document.TryAdd("meta:immutableTags", new JsonArray()); // so that "/meta:immutableTags/-" can be added to
            var (patched, failure) = patch.Apply(document);
            if (patched is not JsonObject whole)
                return (null, failure ?? "The patch leaves no JSON object");
            if (whole["meta:immutableTags"] is JsonArray { Count: 0 })
                whole.Remove("meta:immutableTags");
            return (whole, null);
        });
    }

    internal async Task<IResult> RemoveAsync(HttpContext http, string path, string encodedId)
    {
        if (Writable(path) is not { } type)
            return NotWritable(path);
        var id = ResourceIds.FromPath(encodedId);
        return await ChangeAsync(http, null, 204, new Audit("delete", Caller.Of(http).ClientId, Now(), []), library =>
            Find(library, type, isGlobal: false, id) is not { } old ? (null, RegistryFault.NotFound(type, id))
            : !IsWanted(http, old) ? (null, RegistryFault.Stale())
            : (new RegistryChange { RemovedId = old.Id }, null));
    }

    /// <summary>The answer to a write where there is nothing to write.</summary>
    internal IResult ReadOnly(string what) => Refuse(RegistryFault.ReadOnly(what));

    private async Task<IResult> PutAsync(
        HttpContext http, ResourceType type, string encodedId, string action, IReadOnlyList<string> places,
        Func<RegistryResource, (JsonObject? Document, string? Fault)> edit)
    {
        var id = ResourceIds.FromPath(encodedId);
        var audit = new Audit(action, Caller.Of(http).ClientId, Now(), places);
        return await ChangeAsync(http, id, 200, audit, library =>
        {
            if (Find(library, type, isGlobal: false, id) is not { } old)
                return (null, RegistryFault.NotFound(type, id));
            if (!IsWanted(http, old))
                return (null, RegistryFault.Stale());
            var (edited, reason) = edit(old);
            if (edited is null || (reason = Clean(edited, out var document)) is not null)
                return (null, RegistryFault.BadDocument(reason!));
            var changed = new RegistryResource(old.Id, type, isGlobal: false, document, old.Stamp.Next(audit.AtMs, audit.ClientId));
            return (new RegistryChange { Put = [changed] }, null);
        });
    }

    private async Task<IResult> ChangeAsync(
        HttpContext http, string? shown, int status, Audit audit, Func<RegistryLibrary, (RegistryChange? Change, RegistryFault? Fault)> decide)
    {
        var environment = CollectionEnvironment.Of(http);
        var (after, fault) = await environment.Registry.ChangeAsync(decide, new ChangeCheck(environment), audit, http.RequestAborted);
        if (after is null)
            return Refuse(fault!);
        await environment.ReloadRoutesAsync(http.RequestAborted);
        if (shown is null)
            return Results.StatusCode(status);
        var library = after.Library;
        var resource = library.Find(shown)!;
        http.Response.Headers.ETag = $"\"{resource.ETag}\"";
        return RegistryAnswers.Json(ResourceView.Raw(library, resource, isPublished: true, access.Organisation.OrgId), status);
    }

    // Checks what a client sent and takes off what only the server says; the fault names the member.
    private static string? Clean(JsonObject sent, out JsonElement document)
    {
        document = default;
        ServerMembers.RemoveFrom(sent);
        if (sent["title"] is not JsonValue title || title.GetValueKind() != JsonValueKind.String
            || title.GetValue<string>() is not { Length: > 0 and <= MaxTitleCharacters })
            return $"'title' must be a string of 1 to {MaxTitleCharacters} characters";
        if (sent.TryGetPropertyValue("type", out var type) && (type?.GetValueKind() != JsonValueKind.String || type.GetValue<string>() != "object"))
            return "'type' must be object";
        foreach (var member in new[] { "meta:immutableTags", "meta:intendedToExtend" })
        {
            if (sent.TryGetPropertyValue(member, out var list)
                && (list is not JsonArray texts || texts.Any(one => one?.GetValueKind() != JsonValueKind.String)))
                return $"'{member}' must be an array of strings";
        }
        document = RegistryAnswers.Element(sent);
        return null;
    }

    private static bool IsWanted(HttpContext http, RegistryResource resource)
    {
        var wanted = http.Request.Headers.IfMatch.ToString();
        return wanted.Length == 0 || wanted == "*" || wanted.Trim('"') == resource.ETag;
    }

    private static RegistryResource? Find(RegistryLibrary library, ResourceType type, bool isGlobal, string id) =>
        library.Find(id) is { } found && found.Type == type && found.IsGlobal == isGlobal ? found : null;

    private static ResourceType? Writable(string path) =>
        ResourceType.Find(path) is { } type && type != ResourceType.Union && type != ResourceType.Behavior ? type : null;

    private IResult NotWritable(string path) =>
        Refuse(ResourceType.Find(path) is null ? RegistryFault.NoSuchPath(path) : RegistryFault.ReadOnly($"The kind [{path}]"));

    private static string TypeOf(AcceptForm form) => form.IsPlain ? form.MediaType : $"{form.MediaType}; version=1";

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private IResult Refuse(RegistryFault fault) => RegistryAnswers.Refuse(fault, clock);
}
