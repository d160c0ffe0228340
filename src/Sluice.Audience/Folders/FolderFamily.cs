using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;
using Sluice.Audience.Traits;

namespace Sluice.Audience.Folders;

/// <summary>The rules of one kind of folders (contract audience.md 3.2). Its paths, which answer with trees, are in <see cref="FolderRoutes"/>.</summary>
internal sealed class FolderFamily(EntityKind<Folder> kind, AudienceLimits limits) : Family<Folder>
{
    internal override EntityKind<Folder> Kind => kind;

    internal override string Noun => "folder";

    internal override IReadOnlyList<string> Required => ["name", "parentFolderId"];

    internal override FieldSet<Folder> Fields { get; } = new(
        Field.Number<Folder>("folderId", one => one.Id),
        Field.Number<Folder>("pid", _ => Organisation.AccountId),
        Field.Number<Folder>("parentFolderId", one => one.ParentFolderId),
        Field.Text<Folder>("name", one => one.Name));

    internal bool IsOfTraits => kind == Kinds.TraitFolders;

    internal override bool Stays(Folder row) => row.IsReserved;

    internal override long? TraitOf(Folder row) => row.TraitSid;

    internal override ObjectRights RightsOn(Caller caller, Folder row) => MayChange(caller) ? ObjectRights.All : ObjectRights.Read;

    internal override async Task<Outcome<Folder>> CreateAsync(Draft draft, Body body, Caller caller)
    {
        var tree = new FolderTree(draft.Current, kind);
        var folder = Read(body, new Folder());
        if (!body.Has("parentFolderId"))
            body.Refuse("parentFolderId", "is required; 0 is the root");
        var problem = (MayChange(caller) ? null : AudienceProblem.Forbidden("You may not change folders")) ?? body.Problem
            ?? (draft.Current.Table(kind).Rows.Count(one => !one.IsReserved) >= limits.Folders ? AudienceProblem.Limit($"There are {limits.Folders} folders already") : null)
            ?? (IsOfTraits ? FolderTraits.FindLimit(draft.Current, limits) : null)
            ?? FindFault(tree, folder, height: 1);
        if (problem is not null)
            return problem;
        var added = await draft.AddAsync(kind, folder);
        return IsOfTraits ? draft.Complete(kind, added with { TraitSid = (await FolderTraits.AddAsync(draft, added)).Id }) : added;
    }

    internal override Task<Outcome<Folder>> UpdateAsync(Draft draft, Folder row, Body body, Caller caller)
    {
        var tree = new FolderTree(draft.Current, kind);
        var folder = Read(body, row);
        var problem = body.Problem
            ?? (row.IsReserved && (folder.Name != row.Name || folder.ParentFolderId != row.ParentFolderId) ? Reserved(row) : null)
            ?? (tree.IsWithin(folder.ParentFolderId, row.Id) ? AudienceProblem.Invalid("A folder cannot lie in itself", "parentFolderId is the folder or one below it") : null)
            ?? FindFault(tree, folder, tree.HeightOf(row.Id));
        if (problem is not null)
            return Task.FromResult<Outcome<Folder>>(problem);
        var changed = draft.Change(kind, folder);
        if (IsOfTraits)
            FolderTraits.Rename(draft, changed);
        return Task.FromResult<Outcome<Folder>>(changed);
    }

    internal override Task<AudienceProblem?> RemoveAsync(Draft draft, Folder row, Caller caller)
    {
        var inside = InsideOf(draft.Current, row.Id).Take(20).ToList();
        var problem = row.IsReserved ? Reserved(row)
            : inside.Count > 0 ? AudienceProblem.Conflict("folder_not_empty", $"Folder {row.Id} is not empty", inside)
            : IsOfTraits ? FolderTraits.Remove(draft, row)
            : null;
        if (problem is null)
            draft.Remove(kind, row);
        return Task.FromResult(problem);
    }

    // No right is about folders; whoever may make what they hold may arrange it.
    internal bool MayChange(Caller caller) => caller.IsAdmin || caller.Has(IsOfTraits ? "CREATE_ALL_TRAITS" : "CREATE_ALL_SEGMENTS")
        || caller.Has(IsOfTraits ? "EDIT_ALL_TRAITS" : "EDIT_ALL_SEGMENTS");

    private static AudienceProblem Reserved(Folder row) => AudienceProblem.Conflict("cannot_delete_entity", $"The folder {row.Name} stays as it is");

    private static Folder Read(Body body, Folder old)
    {
        var name = body.RequiredText("name", old.Name);
        if (name.Contains('/', StringComparison.Ordinal))
            body.Refuse("name", "must not hold a slash");
        return old with { Name = name, ParentFolderId = body.Number("parentFolderId", old.ParentFolderId) ?? Folder.Root };
    }

    private AudienceProblem? FindFault(FolderTree tree, Folder folder, int height) =>
        !tree.Has(folder.ParentFolderId) ? AudienceProblem.Invalid($"There is no folder {folder.ParentFolderId}", "parentFolderId names no folder")
        : tree.DepthOf(folder.ParentFolderId) + height > limits.FolderDepth ? AudienceProblem.Limit($"Folders lie at most {limits.FolderDepth} deep")
        : tree.ChildrenOf(folder.ParentFolderId).FirstOrDefault(one => one.Id != folder.Id && one.Name.Equals(folder.Name, StringComparison.OrdinalIgnoreCase)) is { } twin
            ? AudienceProblem.Conflict("duplicate_name", $"There is a folder [{folder.Name}] there already: {twin.Id}")
        : null;

    private IEnumerable<string> InsideOf(CatalogueSnapshot catalogue, long id) =>
        catalogue.Table(kind).Rows.Where(one => one.ParentFolderId == id).Select(one => $"Folder {one.Id}").Concat(IsOfTraits
            ? catalogue.Table(Kinds.Traits).Rows.Where(one => one.FolderId == id && one.TraitType != Trait.OfFolder).Select(one => $"Trait {one.Id}")
            : catalogue.Table(Kinds.Segments).Rows.Where(one => one.FolderId == id).Select(one => $"Segment {one.Id}"));
}
