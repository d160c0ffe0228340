using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Maps;

namespace Sluice.Gateway.Management;

/// <summary>Key value maps of the organization, an environment or a proxy, whole as older clients write them, and entry by entry as newer ones do (contract gateway.md 3.7).</summary>
internal sealed class MapRoutes
{
    private const int MostInOneCall = 1_000;
    private const string Masked = "*****";

    private readonly string _base;
    private readonly Func<ManagementCall, Task<(MapStore? Store, string Owner, IResult? Refusal)>> _find;

    private MapRoutes(string path, Func<ManagementCall, Task<(MapStore? Store, string Owner, IResult? Refusal)>> find) => (_base, _find) = (path, find);

    internal static MapRoutes OfOrganization { get; } = new("/keyvaluemaps", call => Task.FromResult<(MapStore?, string, IResult?)>((call.Gateway.Maps, MapOwner.Whole, null)));

    internal static MapRoutes OfEnvironment { get; } = new("/keyvaluemaps", call => Task.FromResult<(MapStore?, string, IResult?)>(
        call.Environment() is { } environment ? (environment.Services.Maps, MapOwner.Whole, null) : (null, "", ManagementAnswers.NoEnvironment(call.Path("env")))));

    internal static MapRoutes OfProxy { get; } = new("/apis/{name}/keyvaluemaps", async call =>
        (await call.Gateway.Bundles.ListAsync(BundleKind.Proxy, call.Path("name"), call.Cancellation)).Count > 0
            ? (call.Gateway.Maps, MapOwner.OfProxy(call.Path("name")), null)
            : (null, "", ManagementAnswers.NoApplication(call.Path("name"))));

    internal void Map(IEndpointRouteBuilder parent)
    {
        On(parent, "GET", "", ListAsync);
        On(parent, "POST", "", CreateAsync);
        On(parent, "GET", "/{map}", GetAsync);
        On(parent, "PUT", "/{map}", ChangeAsync);
        On(parent, "POST", "/{map}", ChangeAsync);
        On(parent, "DELETE", "/{map}", DeleteAsync);
        On(parent, "GET", "/{map}/keys", KeysAsync);
        On(parent, "GET", "/{map}/entries", EntriesAsync);
        On(parent, "POST", "/{map}/entries", AddEntryAsync);
        On(parent, "GET", "/{map}/entries/{**entry}", GetEntryAsync);
        On(parent, "PUT", "/{map}/entries/{**entry}", ChangeEntryAsync);
        On(parent, "POST", "/{map}/entries/{**entry}", ChangeEntryAsync);
        On(parent, "DELETE", "/{map}/entries/{**entry}", DeleteEntryAsync);
    }

    private void On(IEndpointRouteBuilder parent, string method, string path, Func<ManagementCall, MapStore, MapId, Task<IResult>> handle) => parent.On(method, _base + path, async call =>
    {
        var (store, owner, refusal) = await _find(call);
        return refusal ?? await handle(call, store!, new MapId(owner, call.Path("map")));
    });

    private static async Task<IResult> ListAsync(ManagementCall call, MapStore store, MapId map) => ManagementAnswers.Names(await store.ListAsync(map.Owner, call.Cancellation));

    private static async Task<IResult> CreateAsync(ManagementCall call, MapStore store, MapId map)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        var form = new EntityForm(body);
        map = map with { Name = form.Name("name", "A key value map") };
        var isEncrypted = BundleElement.ReadFlag(form.Text("encrypted"), byDefault: false);
        var entries = ReadEntries(form, body["entry"]);
        if (form.Fault is { } fault)
            return ManagementAnswers.Bad(fault);
        if (await store.CreateAsync(map, isEncrypted, entries, call.Cancellation))
            return ManagementAnswers.Json(201, Describe(map, isEncrypted, entries));
        return await store.FindAsync(map, call.Cancellation) is not null
            ? ManagementAnswers.Refuse(409, "keyvaluemap.service.KeyValueMapAlreadyExists", $"The key value map {map.Name} exists already")
            : ManagementAnswers.Refuse(400, "TooMany", $"There are {MapStore.MostMaps} key value maps here already");
    }

    private static async Task<IResult> GetAsync(ManagementCall call, MapStore store, MapId map) => await store.FindAsync(map, call.Cancellation) is { } isEncrypted
        ? ManagementAnswers.Ok(Describe(map, isEncrypted, await store.EntriesAsync(map, null, MostInOneCall, call.Cancellation)))
        : Missing(map);

    // The entries that the body has are written; others stay.
    private static async Task<IResult> ChangeAsync(ManagementCall call, MapStore store, MapId map)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        if (await store.FindAsync(map, call.Cancellation) is not { } isEncrypted)
            return Missing(map);
        var form = new EntityForm(body);
        var entries = ReadEntries(form, body["entry"]);
        if (form.Fault is { } fault)
            return ManagementAnswers.Bad(fault);
        foreach (var entry in entries)
        {
            if (await store.PutAsync(map, entry, overrides: true, call.Cancellation) == PutOutcome.TooMany)
                return Full();
        }
        return ManagementAnswers.Ok(Describe(map, isEncrypted, await store.EntriesAsync(map, null, MostInOneCall, call.Cancellation)));
    }

    private static async Task<IResult> DeleteAsync(ManagementCall call, MapStore store, MapId map)
    {
        if (await store.FindAsync(map, call.Cancellation) is not { } isEncrypted)
            return Missing(map);
        await store.RemoveAsync(map, call.Cancellation);
        return ManagementAnswers.Ok(Describe(map, isEncrypted, []));
    }

    private static async Task<IResult> KeysAsync(ManagementCall call, MapStore store, MapId map) => await store.FindAsync(map, call.Cancellation) is null
        ? Missing(map)
        : ManagementAnswers.Names((await store.EntriesAsync(map, call.Query("startkey"), MostInOneCall, call.Cancellation)).Select(entry => entry.Key));

    private static async Task<IResult> EntriesAsync(ManagementCall call, MapStore store, MapId map)
    {
        var size = 100;
        if (call.Query("pageSize") is { } wanted && !(int.TryParse(wanted, out size) && size is > 0 and <= MostInOneCall))
            return ManagementAnswers.Bad($"pageSize is '{wanted}'; it is 1 to {MostInOneCall}");
        if (await store.FindAsync(map, call.Cancellation) is not { } isEncrypted)
            return Missing(map);
        var entries = await store.EntriesAsync(map, call.Query("pageToken"), size + 1, call.Cancellation);
        return ManagementAnswers.Ok(new JsonObject
        {
            ["keyValueEntries"] = List(isEncrypted, entries.Take(size)),
            ["nextPageToken"] = entries.Count > size ? entries[size - 1].Key : "",
        });
    }

    private static async Task<IResult> AddEntryAsync(ManagementCall call, MapStore store, MapId map)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        if (await store.FindAsync(map, call.Cancellation) is not { } isEncrypted)
            return Missing(map);
        var form = new EntityForm(body);
        var entry = ReadEntry(form, null);
        if (form.Fault is { } fault)
            return ManagementAnswers.Bad(fault);
        return await store.PutAsync(map, entry, overrides: false, call.Cancellation) switch
        {
            PutOutcome.Exists => ManagementAnswers.Refuse(409, "keyvaluemap.service.KeyValueMapEntryAlreadyExists", $"The map {map.Name} has an entry {entry.Key} already"),
            PutOutcome.TooMany => Full(),
            _ => ManagementAnswers.Json(201, Describe(isEncrypted, entry)),
        };
    }

    private static async Task<IResult> GetEntryAsync(ManagementCall call, MapStore store, MapId map)
    {
        if (await store.FindAsync(map, call.Cancellation) is not { } isEncrypted)
            return Missing(map);
        return await store.FindEntryAsync(map, call.Path("entry"), call.Cancellation) is { } entry ? ManagementAnswers.Ok(Describe(isEncrypted, entry)) : MissingEntry(call, map);
    }

    private static async Task<IResult> ChangeEntryAsync(ManagementCall call, MapStore store, MapId map)
    {
        if (await call.BodyAsync() is not { } body)
            return ManagementAnswers.Bad("The body is to be a JSON object");
        if (await store.FindAsync(map, call.Cancellation) is not { } isEncrypted)
            return Missing(map);
        if (await store.FindEntryAsync(map, call.Path("entry"), call.Cancellation) is null)
            return MissingEntry(call, map);
        var form = new EntityForm(body);
        var entry = ReadEntry(form, call.Path("entry"));
        if (form.Fault is { } fault)
            return ManagementAnswers.Bad(fault);
        await store.PutAsync(map, entry, overrides: true, call.Cancellation);
        return ManagementAnswers.Ok(Describe(isEncrypted, entry));
    }

    private static async Task<IResult> DeleteEntryAsync(ManagementCall call, MapStore store, MapId map)
    {
        if (await store.FindAsync(map, call.Cancellation) is not { } isEncrypted)
            return Missing(map);
        var entry = await store.FindEntryAsync(map, call.Path("entry"), call.Cancellation);
        return await store.RemoveEntryAsync(map, call.Path("entry"), call.Cancellation)
            ? ManagementAnswers.Ok(Describe(isEncrypted, entry ?? new MapEntry(call.Path("entry"), [])))
            : MissingEntry(call, map);
    }

    private static List<MapEntry> ReadEntries(EntityForm form, JsonNode? node)
    {
        var entries = new List<MapEntry>();
        if (node is null)
            return entries;
        if (node is not JsonArray list || list.Count > MostInOneCall || list.Any(one => one is not JsonObject))
        {
            form.Refuse($"entry is to be a list of at most {MostInOneCall} objects with name and value");
            return entries;
        }
        foreach (var one in list)
        {
            var part = new EntityForm((JsonObject)one!);
            entries.Add(ReadEntry(part, null));
            if (part.Fault is { } fault)
                form.Refuse($"entry[{entries.Count - 1}].{fault}");
        }
        return entries;
    }

    private static MapEntry ReadEntry(EntityForm form, string? key)
    {
        var name = key ?? form.Text("name", most: MapStore.MaxKeyCharacters);
        var value = form.OptionalText("value", MapStore.MaxValueCharacters);
        if (name.Length is 0 or > MapStore.MaxKeyCharacters)
            form.Refuse($"name is to have 1 to {MapStore.MaxKeyCharacters} characters");
        if (value is null)
            form.Refuse("value is missing");
        return new MapEntry(name, [value ?? ""]);
    }

    private static JsonObject Describe(MapId map, bool isEncrypted, IEnumerable<MapEntry> entries) =>
        new() { ["name"] = map.Name, ["encrypted"] = isEncrypted, ["entry"] = List(isEncrypted, entries) };

    private static JsonArray List(bool isEncrypted, IEnumerable<MapEntry> entries) => new([.. entries.Select(entry => (JsonNode)Describe(isEncrypted, entry))]);

    // What an encrypted map holds, flows can read; people cannot.
    private static JsonObject Describe(bool isEncrypted, MapEntry entry) => new() { ["name"] = entry.Key, ["value"] = isEncrypted ? Masked : string.Join(',', entry.Values) };

    private static IResult Missing(MapId map) => ManagementAnswers.Refuse(404, "keyvaluemap.service.KeyValueMapDoesNotExist", $"The key value map {map.Name} does not exist");

    private static IResult MissingEntry(ManagementCall call, MapId map) =>
        ManagementAnswers.Refuse(404, "keyvaluemap.service.KeyValueMapEntryDoesNotExist", $"The map {map.Name} has no entry {call.Path("entry")}");

    private static IResult Full() => ManagementAnswers.Refuse(400, "TooMany", $"A key value map has at most {MapStore.MostEntries} entries");
}
