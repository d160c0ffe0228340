namespace Sluice.Collection.Namespaces;

/// <summary>What an identity's value is a value of: an e-mail address, a device's id, a number of the organisation's own (contract collection.md 5.1).</summary>
internal sealed class IdentityNamespace
{
    public long Id { get; set; }

    /// <summary>The spelling under which identities are kept; found without regard to case.</summary>
    public string Code { get; set; } = "";
    public string Name { get; set; } = "";
    public string IdType { get; set; } = "";
    public string Description { get; set; } = "";
    public long CreatedMs { get; set; }
    public string CreatedBy { get; set; } = "";
    public long ModifiedMs { get; set; }

    /// <summary>Whether the organisation made it; the standard ones cannot be changed.</summary>
    internal bool IsCustom => Id >= NamespaceStore.FirstCustomId;

    /// <summary>Two codes that differ in case only are the same.</summary>
    public string FoldedCode => Code.ToLowerInvariant();
}
