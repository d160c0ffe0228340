namespace Sluice.Access;

/// <summary>Rights on one object, or on a data source and so on all that belongs to it.</summary>
internal sealed record PermissionRow(ObjectKind Kind, long ObjectId, ObjectRights Rights);

/// <summary>A group: rights attach to it, and its members have them.</summary>
internal sealed record Group(
    long GroupId, string Name, string Description, IReadOnlyList<string> Wildcards, IReadOnlyList<PermissionRow> Permissions, IReadOnlyList<long> Users,
    long CreatedMs, long UpdatedMs, long CreatedBy, long UpdatedBy);
