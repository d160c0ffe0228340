namespace Sluice.Access;

/// <summary>What a caller may do with one object (contract audience.md section 6).</summary>
[Flags]
public enum ObjectRights
{
    /// <summary>Nothing: the object is not shown.</summary>
    None = 0,

    /// <summary>See it in lists, single reads and reports.</summary>
    Read = 1,

    /// <summary>Change it.</summary>
    Write = 2,

    /// <summary>Make more of its kind in its data source.</summary>
    Create = 4,

    /// <summary>Delete it.</summary>
    Delete = 8,

    /// <summary>Use a trait in a segment's rule.</summary>
    MapToSegments = 16,

    /// <summary>Use a trait or segment in a model.</summary>
    MapToModels = 32,

    /// <summary>Map a segment to destinations.</summary>
    MapToDestinations = 64,

    /// <summary>Make algorithmic traits.</summary>
    CreateAlgoTraits = 128,

    /// <summary>Everything.</summary>
    All = 255,
}

/// <summary>The kinds of objects that rights are given on, by the names <c>GET /permissionable-object-types/</c> gives them.</summary>
public enum ObjectKind
{
    /// <summary><c>TRAIT</c></summary>
    Trait,

    /// <summary><c>SEGMENT</c></summary>
    Segment,

    /// <summary><c>DESTINATION</c></summary>
    Destination,
}
