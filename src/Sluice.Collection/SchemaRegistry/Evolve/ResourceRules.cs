using System.Text.Json;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>What a tenant's resource must be by itself: names, namespace, and kinds that fit together (contract collection.md 3.4, 3.5).</summary>
internal static class ResourceRules
{
    private static readonly string[] SystemNames = ["_id", "_type"];

    internal static RegistryFault? FindFault(RegistryLibrary library, RegistryResource resource)
    {
        foreach (var used in resource.References)
        {
            if (library.Get(used) is null)
                return RegistryFault.DoesNotFit($"'$ref' leads to a resource that is not in the registry: {used}");
        }
        if (FindNestedId(resource.Document) is { } place)
            return RegistryFault.BadDocument($"'$id' at [{place}] is not allowed: the registry gives ids");
        if (resource.StandsAlone)
            return null;

        var tenantRoot = "_" + library.TenantId;
        return FindUnfitting(library, resource)
            ?? FindOutside(library, resource, tenantRoot)
            ?? (FindBadField(resource.Document, "", tenantRoot) is { } reason ? RegistryFault.BadDocument(reason) : null);
    }

    /// <summary>Whether the parts of a schema, class, field group or data type go together.</summary>
    internal static RegistryFault? FindUnfitting(RegistryLibrary library, RegistryResource resource)
    {
        var direct = SchemaText.Extended(resource.Document).Select(library.Get).OfType<RegistryResource>().ToList();
        if (resource.Type == ResourceType.Schema)
            return resource.StandsAlone ? null : FindUnfittingSchema(library, resource, direct);

        var allowed = resource.Type == ResourceType.Class ? "behaviors classes fieldgroups datatypes"
            : resource.Type == ResourceType.FieldGroup ? "fieldgroups datatypes"
            : "datatypes";
        if (direct.Find(one => !allowed.Contains(one.Type.Path, StringComparison.Ordinal)) is { } wrong)
            return RegistryFault.DoesNotFit($"'allOf' of one of the {resource.Type.Path} must not name {wrong.Id}, which is one of the {wrong.Type.Path}");
        if (resource.Type == ResourceType.Class && BehaviorsOf(library, resource) is { Count: not 1 } behaviors)
        {
            return RegistryFault.DoesNotFit(
                $"A class must extend exactly one behavior ({WellKnown.Record}, {WellKnown.TimeSeries} or {WellKnown.AdHoc}); this one extends {behaviors.Count}");
        }
        if (resource.Type == ResourceType.FieldGroup
            && resource.Texts("meta:intendedToExtend").FirstOrDefault(id => library.Get(id) is null) is { } unknown)
            return RegistryFault.DoesNotFit($"'meta:intendedToExtend' names a resource that is not in the registry: {unknown}");
        return null;
    }

    private static RegistryFault? FindUnfittingSchema(RegistryLibrary library, RegistryResource schema, List<RegistryResource> direct)
    {
        if (SchemaText.Extended(schema.Document).FirstOrDefault(reference => reference.Contains('#', StringComparison.Ordinal)) is { } part)
            return RegistryFault.DoesNotFit($"'allOf' of a schema must name whole resources, not a part of one: {part}");
        if (direct.Find(one => one.Type != ResourceType.Class && one.Type != ResourceType.FieldGroup) is { } wrong)
            return RegistryFault.DoesNotFit($"'allOf' of a schema must name a class and field groups; {wrong.Id} is one of the {wrong.Type.Path}");
        var classes = direct.Where(one => one.Type == ResourceType.Class).ToList();
        if (classes.Count != 1)
            return RegistryFault.DoesNotFit($"A schema must extend exactly one class; this one extends {classes.Count}");

        HashSet<string> extended = [classes[0].Id, .. library.ExtendedBy(classes[0])];
        foreach (var group in direct.Where(one => one.Type == ResourceType.FieldGroup))
        {
            var intended = group.Texts("meta:intendedToExtend").ToList();
            if (intended.Count > 0 && !intended.Exists(extended.Contains))
                return RegistryFault.DoesNotFit(
                    $"The field group {group.Id} ({group.Title}) does not extend the class {classes[0].Id}: "
                    + $"its 'meta:intendedToExtend' names {string.Join(", ", intended.Take(5))}");
        }
        return null;
    }

    private static List<string> BehaviorsOf(RegistryLibrary library, RegistryResource resource) =>
        [.. library.ExtendedBy(resource).Where(id => library.Get(id)?.Type == ResourceType.Behavior)];

    // Custom fields live under one name of the tenant's; data types are free, since they stand inside such a field.
    private static RegistryFault? FindOutside(RegistryLibrary library, RegistryResource resource, string tenantRoot)
    {
        if (resource.Type == ResourceType.DataType)
            return null;
        var outside = ComposedSchema.Published(library, resource).Parts
            .Where(part => part.Form.Id == resource.Id)
            .SelectMany(part => part.Properties())
            .Select(one => one.Name)
            .FirstOrDefault(name => name != tenantRoot);
        return outside is null ? null : RegistryFault.WrongNamespace(resource.Type, tenantRoot, outside);
    }

    private static string? FindBadField(JsonElement schema, string place, string tenantRoot)
    {
        if (schema.ValueKind == JsonValueKind.Array)
            return schema.EnumerateArray().Select((one, index) => FindBadField(one, $"{place}/{index}", tenantRoot)).FirstOrDefault(fault => fault is not null);
        if (schema.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var member in schema.EnumerateObject())
        {
            if (SchemaText.HoldsData(member.Name))
                continue;
            var isMap = member.Name is "properties" or "definitions" && member.Value.ValueKind == JsonValueKind.Object;
            var fault = !isMap ? FindBadField(member.Value, $"{place}/{member.Name}", tenantRoot)
                : FindBadMember(member.Value, $"{place}/{member.Name}", member.Name == "properties", tenantRoot);
            if (fault is not null)
                return fault;
        }
        return null;
    }

    private static string? FindBadMember(JsonElement map, string place, bool areFields, string tenantRoot)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in map.EnumerateObject())
        {
            var here = $"{place}/{member.Name}";
            if (areFields && !IsFieldName(member.Name, tenantRoot))
                return $"The field name [{member.Name}] at [{here}] must consist of letters, digits, dashes and underscores and not begin with an underscore";
            if (areFields && !names.Add(member.Name))
                return $"The field name [{member.Name}] at [{here}] differs from another only by capitals";
            if (areFields && !HasType(member.Value))
                return $"The field at [{here}] needs a 'type' or a '$ref'";
            if (FindBadField(member.Value, here, tenantRoot) is { } fault)
                return fault;
        }
        return null;
    }

    private static bool IsFieldName(string name, string tenantRoot) =>
        name == tenantRoot || SystemNames.Contains(name)
        || (name.Length > 0 && name[0] != '_' && name.All(one => char.IsAsciiLetterOrDigit(one) || one is '-' or '_'));

    private static bool HasType(JsonElement field) =>
        field.ValueKind == JsonValueKind.Object
        && (field.TryGetProperty("type", out _) || field.TryGetProperty("$ref", out _) || field.TryGetProperty("allOf", out _));

    private static string? FindNestedId(JsonElement schema)
    {
        var waiting = new Stack<(string Place, JsonElement Node, bool IsMap)>([("", schema, false)]);
        while (waiting.TryPop(out var next))
        {
            if (next.Node.ValueKind == JsonValueKind.Array)
            {
                foreach (var (index, item) in next.Node.EnumerateArray().Index())
                    waiting.Push(($"{next.Place}/{index}", item, false));
            }
            else if (next.Node.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in next.Node.EnumerateObject())
                {
                    if (!next.IsMap && member.Name == "$id" && member.Value.ValueKind == JsonValueKind.String)
                        return $"{next.Place}/$id";
                    if (next.IsMap || !SchemaText.HoldsData(member.Name))
                    {
                        var isMap = !next.IsMap && member.Name is "properties" or "definitions" or "patternProperties";
                        waiting.Push(($"{next.Place}/{member.Name}", member.Value, isMap));
                    }
                }
            }
        }
        return null;
    }
}
