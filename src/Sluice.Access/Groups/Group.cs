namespace Sluice.Access;

/// <summary>Rights on one object, or on a data source and so on all that belongs to it.</summary>
/// <param name="Kind">The object's kind, or the kind of what belongs to the data source.</param>
/// <param name="ObjectId">The object's id, or the data source's.</param>
/// <param name="Rights">What may be done.</param>
/// <param name="Environment">Where the object is: ids mean something in one environment only.</param>
public sealed record PermissionRow(ObjectKind Kind, long ObjectId, ObjectRights Rights, string Environment);

/// <summary>A group: rights attach to it, and its members have them (contract audience.md 3.13 and 6).</summary>
/// <param name="GroupId">Positive, never used again.</param>
/// <param name="Name">Unique, whatever its case.</param>
/// <param name="Description">For people; may be empty.</param>
/// <param name="Wildcards">Rights that hold everywhere, such as <c>VIEW_ALL_TRAITS</c>.</param>
/// <param name="Permissions">Rights on single objects and data sources, of all environments.</param>
/// <param name="Users">The ids of its members.</param>
/// <param name="CreatedMs">Ms since 1970.</param>
/// <param name="UpdatedMs">Ms since 1970.</param>
/// <param name="CreatedBy">A user's id.</param>
/// <param name="UpdatedBy">A user's id.</param>
public sealed record Group(
    long GroupId, string Name, string Description, IReadOnlyList<string> Wildcards, IReadOnlyList<PermissionRow> Permissions, IReadOnlyList<long> Users,
    long CreatedMs, long UpdatedMs, long CreatedBy, long UpdatedBy);

/// <summary>A group to make, or what to change of one; a member left out keeps its value.</summary>
public sealed record GroupWish
{
    /// <summary>1 to 255 characters.</summary>
    public string? Name { get; init; }

    /// <summary>At most 4,000 characters.</summary>
    public string? Description { get; init; }

    /// <summary>Names of wildcards.</summary>
    public IReadOnlyList<string>? Wildcards { get; init; }

    /// <summary>The members, by id.</summary>
    public IReadOnlyList<long>? Users { get; init; }
}
