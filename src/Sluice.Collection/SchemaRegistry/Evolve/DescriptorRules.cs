using System.Text.Json;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>What a descriptor must be: its members, and that schemas and fields it names exist (contract collection.md 3.4).</summary>
internal static class DescriptorRules
{
    private const int MaxNamespaceCharacters = 255;
    private const int MaxPathSegments = 64;

    // The members that each kind needs beside its source, as strings.
    private static readonly Dictionary<string, string[]> Kinds = new(StringComparer.Ordinal)
    {
        [Descriptor.Identity] = ["xdm:namespace"],
        ["xdm:alternateDisplayInfo"] = [],
        ["xdm:descriptorOneToOne"] = ["xdm:destinationSchema", "xdm:destinationProperty"],
        ["xdm:descriptorReferenceIdentity"] = ["xdm:identityNamespace"],
        ["xdm:descriptorRelationship"] = ["xdm:destinationSchema"],
        [Descriptor.Deprecated] = [],
    };

    internal static RegistryFault? FindFault(RegistryLibrary library, Descriptor one) =>
        FindReason(library, one) is { } reason ? RegistryFault.BadDescriptor(reason) : null;

    private static string? FindReason(RegistryLibrary library, Descriptor one)
    {
        if (!Kinds.TryGetValue(one.Kind, out var members))
            return $"'@type' must be one of {string.Join(", ", Kinds.Keys)}";
        if (library.Get(one.SchemaId) is not { IsGlobal: false } schema || schema.Type != ResourceType.Schema)
            return $"'xdm:sourceSchema' refers to an unknown schema [{one.SchemaId}]";
        foreach (var member in members)
        {
            if (string.IsNullOrEmpty(Descriptor.Text(one.Document, member)))
                return $"'{member}' must be a string that is not empty";
        }
        if (one.Document.TryGetProperty("xdm:sourceVersion", out var version) && (version.ValueKind != JsonValueKind.Number || version.GetRawText() != "1"))
            return "'xdm:sourceVersion' must be 1";
        if (FindProperty(library, schema, one.Property) is not { } field)
            return $"'xdm:sourceProperty' refers to no field of the schema [{one.Property}]";
        if (Descriptor.Text(one.Document, "xdm:destinationSchema") is { } destinationId)
        {
            if (library.Get(destinationId) is not { } destination)
                return $"'xdm:destinationSchema' refers to an unknown schema [{destinationId}]";
            if (Descriptor.Text(one.Document, "xdm:destinationProperty") is { } property && FindProperty(library, destination, property) is null)
                return $"'xdm:destinationProperty' refers to no field of the schema [{property}]";
        }
        return one.Kind == Descriptor.Identity ? FindIdentityReason(library, one, field) : null;
    }

    private static string? FindIdentityReason(RegistryLibrary library, Descriptor one, ComposedField field)
    {
        if (field.Type != "string")
            return $"'xdm:sourceProperty' must name a string; [{one.Property}] is [{field.Type ?? "of any type"}]";
        if (one.Namespace.Length > MaxNamespaceCharacters)
            return $"'xdm:namespace' must not be longer than {MaxNamespaceCharacters} characters";
        if (one.Document.TryGetProperty("xdm:isPrimary", out var primary) && primary.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return "'xdm:isPrimary' must be true or false";
        if (one.Document.TryGetProperty("xdm:property", out _) && Descriptor.Text(one.Document, "xdm:property") is not ("xdm:code" or "xdm:id"))
            return "'xdm:property' must be xdm:code or xdm:id";
        var others = library.DescriptorsOf(one.SchemaId).Where(other => other.Id != one.Id && other.Kind == Descriptor.Identity).ToList();
        if (others.Exists(other => other.Path.SequenceEqual(one.Path)))
            return $"The field [{one.Property}] has an identity descriptor already";
        return one.IsPrimary && others.Find(other => other.IsPrimary) is { } first
            ? $"The schema has a primary identity already: {first.Property} ({first.Id})"
            : null;
    }

    private static ComposedField? FindProperty(RegistryLibrary library, RegistryResource schema, string pointer)
    {
        if (pointer.Length < 2 || pointer[0] != '/' || JsonPatch.ParsePointer(pointer) is not { Length: <= MaxPathSegments } path || path.Any(name => name.Length == 0))
            return null;
        return ComposedSchema.Of(library, schema).Root.Find(path.Select(name => name.Replace("[*]", "", StringComparison.Ordinal)));
    }
}
