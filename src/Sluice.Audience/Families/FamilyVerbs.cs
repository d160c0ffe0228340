namespace Sluice.Audience.Families;

/// <summary>What can be done with the objects of a family beside reading them; any other verb is refused by routing, with 405.</summary>
[Flags]
internal enum FamilyVerbs
{
    None = 0,
    Create = 1,
    Update = 2,
    Delete = 4,
    BulkDelete = 8,
    All = 15,
}
