using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Schemas;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>One XDM file as it is published: what kind of resource it is, and what is wrong with it by itself.</summary>
internal static class PublishedFile
{
    private const int MaxIdCharacters = 500;

    private static readonly string[] Behaviors = [WellKnown.Record, WellKnown.TimeSeries, WellKnown.AdHoc];

    /// <summary>Why the file cannot be taken, or null.</summary>
    internal static string? FindFault(JsonElement file, string tenantId, out string id)
    {
        id = "";
        if (file.ValueKind != JsonValueKind.Object)
            return "is not a JSON object";
        if (Descriptor.Text(file, "$id") is not { Length: > 0 and <= MaxIdCharacters } given)
            return $"'$id' must be a string of 1 to {MaxIdCharacters} characters";
        id = given;
        if (!Uri.TryCreate(given, UriKind.Absolute, out _) || given.Contains('#', StringComparison.Ordinal))
            return "'$id' must be an absolute address without a fragment";
        if (ResourceIds.IsTenants(given, tenantId))
            return "'$id' is in the tenant's namespace; published files are global";
        if (file.TryGetProperty("title", out var title) && title.ValueKind != JsonValueKind.String)
            return "'title' must be a string";
        try
        {
            // By itself: what it refers to may come later, and is looked at when a schema uses it.
            var alone = WithoutOthers(new CompatibleForm(dropsAlternatives: true).Convert(file));
            _ = SchemaCompiler.Compile(JsonSerializer.SerializeToElement(alone, JsonFormat.Readable), address: null, _ => null);
            return null;
        }
        catch (SchemaException error)
        {
            return error.Message;
        }
    }

    /// <summary>What kind a file is: as it says itself, or by the members that its kind has.</summary>
    internal static ResourceType TypeOf(string id, JsonElement file)
    {
        if (Behaviors.Contains(id))
            return ResourceType.Behavior;
        if (Descriptor.Text(file, "meta:resourceType") is { } said && ResourceType.Find(said) is { } type && type != ResourceType.Union)
            return type;
        if (file.TryGetProperty("meta:intendedToExtend", out _))
            return ResourceType.FieldGroup;
        var isExtensible = file.TryGetProperty("meta:extensible", out var flag) && flag.ValueKind == JsonValueKind.True;
        var extends = SchemaText.Texts(file, "meta:extends").ToList();
        return isExtensible && extends.Exists(one => Behaviors.Contains(one)) ? ResourceType.Class
            : file.TryGetProperty("meta:class", out _) || (extends.Count > 0 && !isExtensible) ? ResourceType.Schema
            : ResourceType.DataType;
    }

    /// <summary>The file with the last of each repeated name.</summary>
    internal static JsonElement WithNamesOnce(JsonElement file)
    {
        return JsonSerializer.SerializeToElement(Once(file), JsonFormat.Readable);

        static JsonNode? Once(JsonElement node)
        {
            if (node.ValueKind == JsonValueKind.Array)
                return new JsonArray([.. node.EnumerateArray().Select(Once)]);
            if (node.ValueKind != JsonValueKind.Object)
                return JsonValue.Create(node);
            var map = new JsonObject();
            foreach (var member in node.EnumerateObject())
                map[member.Name] = Once(member.Value);
            return map;
        }
    }

    private static JsonNode? WithoutOthers(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Object when SchemaText.Reference(node) is { } reference && reference[0] != '#' => new JsonObject(),
        JsonValueKind.Object => new JsonObject(node.EnumerateObject().Select(one =>
            KeyValuePair.Create(one.Name, SchemaText.HoldsData(one.Name) ? JsonSerializer.SerializeToNode(one.Value) : WithoutOthers(one.Value)))),
        JsonValueKind.Array => new JsonArray([.. node.EnumerateArray().Select(WithoutOthers)]),
        _ => JsonValue.Create(node),
    };
}
