namespace Sluice.Collection.SchemaRegistry;

/// <summary>A kind of resource: its word in paths, the word in ids, and the code of a 404 (contract collection.md 3.1, 3.3).</summary>
/// <param name="Path">Such as <c>fieldgroups</c>; what <c>meta:resourceType</c> says.</param>
/// <param name="IdSegment">Such as <c>mixins</c>, the older word that ids kept.</param>
/// <param name="NotFoundCode">Only 1012 is published with its text; which number stands for which other kind is ours.</param>
/// <param name="NamespaceCode">The code when a custom field stands outside the tenant's own; which number for which kind is ours.</param>
internal sealed record ResourceType(string Path, string IdSegment, string NotFoundCode, string NamespaceCode)
{
    internal static ResourceType Behavior { get; } = new("behaviors", "behaviors", "XDM-1010-404", "XDM-1020-400");

    internal static ResourceType Class { get; } = new("classes", "classes", "XDM-1011-404", "XDM-1021-400");

    internal static ResourceType Schema { get; } = new("schemas", "schemas", "XDM-1012-404", "XDM-1020-400");

    internal static ResourceType FieldGroup { get; } = new("fieldgroups", "mixins", "XDM-1013-404", "XDM-1022-400");

    internal static ResourceType DataType { get; } = new("datatypes", "datatypes", "XDM-1014-404", "XDM-1023-400");

    internal static ResourceType Union { get; } = new("unions", "unions", "XDM-1016-404", "XDM-1024-400");

    internal static IReadOnlyList<ResourceType> Stored { get; } = [Behavior, Class, Schema, FieldGroup, DataType];

    /// <summary>The kind that a path names; <c>mixins</c> is the older word for <c>fieldgroups</c>.</summary>
    internal static ResourceType? Find(string path) =>
        path == "mixins" ? FieldGroup : path == Union.Path ? Union : Stored.FirstOrDefault(type => type.Path == path);
}
