namespace Sluice.Collection.SchemaRegistry;

/// <summary>Why the registry refuses a request, with the code that clients see (contract collection.md 3.2, 3.3).</summary>
/// <param name="SubErrors">The single reasons, where one request has several.</param>
/// <remarks>
/// Published with their meaning: 1006 to 1009, 1012, 1020 to 1024, 1413, 1521, 1526 to 1528, 3005. Every other number is ours, since the
/// original's is not published: 1030 (list query), 1400 (a document that cannot be used), 1401 (kinds that do not fit together), 1405, 1406,
/// 1410 (a change that is not only an addition), 1411 (in use), 1412, 1600 (descriptor).
/// </remarks>
internal sealed record RegistryFault(int Status, string Code, string Title, string Detail, IReadOnlyList<string>? SubErrors = null)
{
    private const string ListHint = "A valid Accept value should look like application/vnd.adobe.'{xed|xdm'}+json";
    private const string LookupHint = "A valid Accept value should look like application/vnd.adobe.'{xed|xdm'}+json; version=1 (Version should be specified)";
    private const string DescriptorListHint = "A valid Accept value should look like application/vnd.adobe.xdm-id+json";
    private const string DescriptorHint = "A valid Accept value should look like application/vnd.adobe.xdm+json";

    internal static RegistryFault NotFound(ResourceType type, string id, string version = "1") =>
        new(404, type.NotFoundCode, "Resource not found", $"Requested resource {id} with version {version} is not found");

    internal static RegistryFault DescriptorNotFound(string id) =>
        new(404, "XDM-1015-404", "Resource not found", $"Requested descriptor {id} is not found");

    internal static RegistryFault NoSuchPath(string path) =>
        new(404, "XDM-1017-404", "Resource not found", $"The registry has no resources of the kind [{path}]");

    internal static RegistryFault BadListAccept(string given) => BadAccept("XDM-1006-400", given, ListHint);

    internal static RegistryFault BadLookupAccept(string given) => BadAccept("XDM-1007-400", given, LookupHint);

    internal static RegistryFault BadDescriptorListAccept(string given) => BadAccept("XDM-1008-400", given, DescriptorListHint);

    internal static RegistryFault BadDescriptorAccept(string given) => BadAccept("XDM-1009-400", given, DescriptorHint);

    internal static RegistryFault UnknownMediaType(string given) =>
        new(406, "XDM-1406-406", "Not acceptable", $"The registry has no answer of the media type {given}");

    internal static RegistryFault BadQuery(string reason) => new(400, "XDM-1030-400", "Query invalid", reason);

    internal static RegistryFault BadDocument(string reason) => new(400, "XDM-1400-400", "Schema cannot be used", reason);

    internal static RegistryFault DoesNotFit(string reason) => new(400, "XDM-1401-400", "Composition invalid", reason);

    internal static RegistryFault ReadOnly(string what) => new(405, "XDM-1405-405", "Method not allowed", $"{what} can only be read here");

    internal static RegistryFault WrongNamespace(ResourceType type, string tenantRoot, string field) => new(
        400, type.NamespaceCode, "Namespace validation failed",
        $"A custom field is defined under an invalid namespace. All custom fields must be defined under a top-level field named {tenantRoot}. Field: {field}");

    internal static RegistryFault Conflict(string reason) => new(400, "XDM-1413-400", "Merge conflict", reason);

    internal static RegistryFault NotAdditive(string reason) => new(400, "XDM-1410-400", "Change not allowed", reason);

    internal static RegistryFault InUse(string reason) => new(409, "XDM-1411-409", "Resource is in use", reason);

    internal static RegistryFault Stale() =>
        new(412, "XDM-1412-412", "Precondition failed", "Somebody else changed the resource meanwhile; read it again");

    internal static RegistryFault TitleTaken(string title, RegistryResource owner) => new(
        400, "XDM-1521-400", "Title not unique", $"The title [{title}] is taken by {owner.Id}; titles must be unique across all resources of the tenant");

    internal static RegistryFault UnionConflict(string reason) => new(400, "XDM-1526-400", "Union invalid", reason);

    internal static RegistryFault UnionTagStays() =>
        new(400, "XDM-1527-400", "Union invalid", "The tag [union] of 'meta:immutableTags' cannot be removed");

    internal static RegistryFault UnionNeedsIdentity() => new(
        400, "XDM-1528-400", "Union invalid",
        "To participate in a union, a schema must include an identityMap fieldgroup or a primary identity descriptor.");

    internal static RegistryFault BadDescriptor(string reason) => new(400, "XDM-1600-400", "Descriptor invalid", reason);

    internal static RegistryFault BadImport(string reason, IReadOnlyList<string>? reasons = null) =>
        new(400, "XDM-3005-400", "Import failed", reason, reasons);

    private static RegistryFault BadAccept(string code, string given, string hint) =>
        new(400, code, "Accept header invalid", $"The supplied Accept header is not valid: {given} - {hint}");
}
