using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Folders;

/// <summary>A folder of traits or of segments; the root, 0, is not kept (contract audience.md 3.2).</summary>
internal sealed record Folder : Entity
{
    internal const long Root = 0;

    public string Name { get; init; } = "";
    public long ParentFolderId { get; init; }

    /// <summary>Whether the account has it by itself: nobody renames, moves or deletes it.</summary>
    public bool IsReserved { get; init; }

    /// <summary>The trait that a trait folder has (contract audience.md 3.2); null for a segment folder.</summary>
    public long? TraitSid { get; init; }
}
