using Sluice.Audience.Catalogue;
using Sluice.Audience.DataSources;
using Sluice.Audience.Folders;
using Sluice.Audience.Models;

namespace Sluice.Audience.Traits;

/// <summary>
/// The traits that an account has by itself, in the folder Audience Traits (contract audience.md 3.1): who was seen at all, and whose ids a data source
/// that takes files or signs people in has synced. The engine realizes them; nobody changes or deletes them.
/// </summary>
internal static class SystemTraits
{
    private const string FolderName = "Audience Traits";

    /// <summary>Makes the folder and the account's own trait when they are not there yet.</summary>
    internal static async Task EnsureAsync(Draft draft, DataSource automatic)
    {
        if (draft.Current.Table(Kinds.TraitFolders).Rows.Any(one => one.IsReserved))
            return;
        var folder = await draft.AddAsync(Kinds.TraitFolders, new Folder { Name = FolderName, IsReserved = true });
        draft.Complete(Kinds.TraitFolders, folder with { TraitSid = (await FolderTraits.AddAsync(draft, folder)).Id });
        await draft.AddAsync(Kinds.Traits, new Trait
        {
            Name = "Active Audience",
            Description = "Everybody who was seen",
            TraitType = Trait.ActiveAudience,
            DataSourceId = automatic.Id,
            FolderId = folder.Id,
        });
    }

    /// <summary>Gives a data source its trait when its settings want one, and the trait the source's name.</summary>
    internal static async Task<DataSource> FollowAsync(Draft draft, DataSource source)
    {
        if (source.SyncedTraitSid is { } sid)
        {
            var trait = draft.Current.Find(Kinds.Traits, sid)!;
            if (trait.Name != NameOf(source))
                draft.Change(Kinds.Traits, trait with { Name = NameOf(source) });
            return source;
        }
        if (!source.InboundS2S && !source.SupportsAuthenticatedProfile)
            return source;
        var made = await draft.AddAsync(Kinds.Traits, new Trait
        {
            Name = NameOf(source),
            Description = "Everybody with an id of the data source",
            TraitType = Trait.Synced,
            DataSourceId = source.Id,
            FolderId = draft.Current.Table(Kinds.TraitFolders).Rows.First(one => one.IsReserved).Id,
        });
        return draft.Complete(Kinds.DataSources, source with { SyncedTraitSid = made.Id });
    }

    /// <summary>Takes a data source's trait out with it; segments and models that use it keep both.</summary>
    internal static AudienceProblem? Remove(Draft draft, DataSource source)
    {
        if (source.SyncedTraitSid is not { } sid)
            return null;
        var segments = TraitUse.SegmentsOf(draft.Current, sid);
        if (segments.Count > 0)
            return AudienceProblem.Conflict("cannot_delete_entity_mapped", $"The data source's trait {sid} is used by segments", TraitUse.Lines(segments));
        if (ModelUse.ConflictOf(draft.Current, "The data source's trait", sid) is { } problem)
            return problem;
        draft.Remove(Kinds.Traits, draft.Current.Find(Kinds.Traits, sid)!);
        return null;
    }

    /// <summary>How many traits count against the limit: all but those the account has by itself.</summary>
    internal static int CountOthers(CatalogueSnapshot catalogue) =>
        catalogue.Table(Kinds.Traits).Count
        - 2 * catalogue.Table(Kinds.TraitFolders).Rows.Count(one => one.IsReserved) // the folder's trait and the active audience
        - catalogue.Table(Kinds.DataSources).Rows.Count(one => one.SyncedTraitSid is not null);

    /// <summary>Whether there is no room for another trait. Looks closely only where it could be so.</summary>
    internal static bool AreFull(CatalogueSnapshot catalogue, AudienceLimits limits) =>
        catalogue.Table(Kinds.Traits).Count >= limits.Traits && CountOthers(catalogue) >= limits.Traits;

    private static string NameOf(DataSource source) => source.Name + " Synced Trait";
}
