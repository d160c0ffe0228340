using Sluice.Audience.Catalogue;
using Sluice.Audience.DataSources;
using Sluice.Audience.Folders;
using Sluice.Audience.Models;

namespace Sluice.Audience.Traits;

/// <summary>The read-only trait of each trait folder: who has any trait in the folder or below it (contract audience.md 3.2).</summary>
internal static class FolderTraits
{
    internal static Task<Trait> AddAsync(Draft draft, Folder folder) => draft.AddAsync(Kinds.Traits, new Trait
    {
        Name = NameOf(folder),
        Description = "Everybody with a trait of the folder",
        TraitType = Trait.OfFolder,
        DataSourceId = draft.Current.Table(Kinds.DataSources).Rows.First(one => one.IntegrationCode == DataSource.AutomaticCode).Id,
        FolderId = folder.Id,
    });

    /// <summary>A trait folder needs room for its trait.</summary>
    internal static AudienceProblem? FindLimit(CatalogueSnapshot catalogue, AudienceLimits limits) =>
        SystemTraits.AreFull(catalogue, limits) ? AudienceProblem.Limit($"There are {limits.Traits} traits already")
        : catalogue.Table(Kinds.TraitFolders).Rows.Count(one => !one.IsReserved) >= limits.FolderTraits ? AudienceProblem.Limit($"There are {limits.FolderTraits} folder traits already")
        : null;

    internal static void Rename(Draft draft, Folder folder)
    {
        var trait = Find(draft.Current, folder);
        if (trait.Name != NameOf(folder))
            draft.Change(Kinds.Traits, trait with { Name = NameOf(folder) });
    }

    /// <summary>Takes it out with its folder; a segment that uses it keeps both.</summary>
    internal static AudienceProblem? Remove(Draft draft, Folder folder)
    {
        var trait = Find(draft.Current, folder);
        var segments = TraitUse.SegmentsOf(draft.Current, trait.Id);
        if (segments.Count > 0)
            return AudienceProblem.Conflict("cannot_delete_entity_mapped", $"The folder's trait {trait.Id} is used by segments", TraitUse.Lines(segments));
        if (ModelUse.ConflictOf(draft.Current, "The folder's trait", trait.Id) is { } problem)
            return problem;
        draft.Remove(Kinds.Traits, trait);
        return null;
    }

    private static Trait Find(CatalogueSnapshot catalogue, Folder folder) =>
        catalogue.Find(Kinds.Traits, folder.TraitSid ?? 0) ?? throw new System.Diagnostics.UnreachableException($"Folder {folder.Id} lacks its trait.");

    private static string NameOf(Folder folder) => folder.Name + " Folder Trait";
}
