using System.Text.Json.Serialization;

namespace Sluice.Audience.Catalogue;

/// <summary>One object of the catalogue: a data source, trait, segment and so on. Immutable; a change makes another one.</summary>
internal abstract record Entity
{
    /// <summary>Positive, never used again (contract audience.md 2.3).</summary>
    public long Id { get; init; }

    /// <summary>Counts the changes of this object, from 1: what its <c>ETag</c> says.</summary>
    public long Version { get; init; }

    /// <summary>Who made it: a user's id, 0 for the program itself.</summary>
    public long CrUid { get; init; }

    /// <summary>Who changed it last.</summary>
    public long UpUid { get; init; }

    /// <summary>Ms since 1970.</summary>
    public long CreateTime { get; init; }

    /// <summary>Ms since 1970.</summary>
    public long UpdateTime { get; init; }

    [JsonIgnore]
    internal string ETag => $"\"{Version}\"";
}
