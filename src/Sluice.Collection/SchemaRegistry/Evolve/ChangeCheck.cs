using Sluice.Schemas;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>Looks at a change as a whole, with every resource that uses what changes, before anything of it is written.</summary>
internal sealed class ChangeCheck(CollectionEnvironment environment)
{
    internal async Task<RegistryFault?> FindFaultAsync(
        RegistrySnapshot before, RegistrySnapshot after, RegistryChange change, CancellationToken cancellation)
    {
        if (change.RemovedId is { } gone && await FindUserAsync(before.Library, gone, cancellation) is { } user)
            return user;
        foreach (var put in change.Put)
        {
            if (FindFaultOf(before.Library, after.Library, put) is { } fault)
                return fault;
        }
        foreach (var put in change.PutDescriptors)
        {
            if (DescriptorRules.FindFault(after.Library, put) is { } fault)
                return fault;
        }

        var affected = after.Library.WithUsers(RegistrySnapshot.ChangedIds(before.Library, after.Library));
        if (await FindBreakAsync(before.Library, after.Library, affected, cancellation) is { } broken)
            return broken;
        foreach (var id in affected)
        {
            if (after.Library.Get(id) is { IsGlobal: false } resource && FindFaultOfUser(before, after, resource) is { } fault)
                return fault;
        }
        return FindUnionFault(after.Library, affected);
    }

    // A resource by itself, and whether it makes a whole with what it uses.
    private static RegistryFault? FindFaultOf(RegistryLibrary before, RegistryLibrary after, RegistryResource put)
    {
        if (put.IsGlobal)
            return null; // published files are checked where they come in
        if (before.Get(put.Id)?.Title != put.Title
            && after.Resources.FirstOrDefault(one => !one.IsGlobal && one.Id != put.Id && one.Title == put.Title) is { } owner)
            return RegistryFault.TitleTaken(put.Title, owner);
        if (before.Get(put.Id) is { IsInUnion: true } && !put.IsInUnion)
            return RegistryFault.UnionTagStays();
        if (ResourceRules.FindFault(after, put) is { } fault)
            return fault;
        if (put.Type == ResourceType.Schema)
            return null; // compiled with all that are affected
        try
        {
            _ = ComposedSchema.Of(after, put).Compile();
            return null;
        }
        catch (SchemaException error)
        {
            return RegistryFault.BadDocument(error.Message);
        }
    }

    private static RegistryFault? FindFaultOfUser(RegistrySnapshot before, RegistrySnapshot after, RegistryResource resource)
    {
        var library = after.Library;
        if (ResourceRules.FindUnfitting(library, resource) is { } unfitting)
            return unfitting;
        if (after.Faults.TryGetValue(resource.Id, out var reason) && !before.Faults.ContainsKey(resource.Id))
        {
            return RegistryFault.BadDocument(
                before.Library.Get(resource.Id) is null ? reason : $"The schema {resource.Id} ({resource.Title}) could not be used: {reason}");
        }
        var composed = ComposedSchema.Of(library, resource);
        if (!resource.StandsAlone && MergeConflicts.Find(composed.Root) is { } conflict)
            return RegistryFault.Conflict($"In {resource.Id} ({resource.Title}) {conflict}");
        return library.DescriptorsOf(resource.Id).Select(one => DescriptorRules.FindFault(library, one)).FirstOrDefault(fault => fault is not null);
    }

    private static RegistryFault? FindUnionFault(RegistryLibrary library, HashSet<string> affected)
    {
        var members = affected.Select(library.Get).Where(one => one is { IsInUnion: true, IsGlobal: false, Type.Path: "schemas" }).Select(one => one!).ToList();
        foreach (var member in members)
        {
            if (library.ClassOf(member) is null)
                return RegistryFault.UnionConflict($"The schema {member.Id} has no class, so there is no union that it could join");
            var root = ComposedSchema.Of(library, member).Root;
            if (root.Find("identityMap") is null && !library.DescriptorsOf(member.Id).Any(one => one.IsPrimary))
                return RegistryFault.UnionNeedsIdentity();
        }
        foreach (var classId in members.Select(member => library.ClassOf(member)!.Id).Distinct(StringComparer.Ordinal))
        {
            if (UnionView.Find(library, classId) is { } union && MergeConflicts.Find(union.Root(compatible: true)) is { } conflict)
                return RegistryFault.UnionConflict($"In the union of {classId} {conflict}");
        }
        return null;
    }

    private async Task<RegistryFault?> FindBreakAsync(
        RegistryLibrary before, RegistryLibrary after, HashSet<string> affected, CancellationToken cancellation)
    {
        foreach (var id in affected)
        {
            if (before.Get(id) is not { IsGlobal: false } old || old.Type != ResourceType.Schema || after.Get(id) is not { } now)
                continue;
            var reason = before.ClassOf(old)?.Id != after.ClassOf(now)?.Id ? "the schema would extend another class"
                : PrimaryOf(before, id) is { } primary && PrimaryOf(after, id) != primary ? $"the primary identity [{primary.Split(' ')[0]}] must stay"
                : Evolution.FindBreak(ComposedSchema.Of(before, old).Root, ComposedSchema.Of(after, now).Root);
            if (reason is not null && await FindLockAsync(old, cancellation) is { } why)
                return RegistryFault.NotAdditive($"The schema {id} ({old.Title}) {why}, so it may only grow: {reason}");
        }
        return null;
    }

    private static string? PrimaryOf(RegistryLibrary library, string schemaId) =>
        library.DescriptorsOf(schemaId).FirstOrDefault(one => one.IsPrimary) is { } primary ? $"{primary.Property} {primary.Namespace}" : null;

    // Why a schema can no longer be changed freely, or null.
    private async Task<string?> FindLockAsync(RegistryResource schema, CancellationToken cancellation)
    {
        if (schema.IsInUnion)
            return "is in a union";
        foreach (var datasetId in await ListDatasetsAsync(schema.Id, cancellation))
        {
            if (await environment.Batches.HasDataAsync(datasetId, cancellation))
                return $"has data in the dataset {datasetId}";
        }
        return null;
    }

    private async Task<RegistryFault?> FindUserAsync(RegistryLibrary library, string id, CancellationToken cancellation)
    {
        if (library.UsersOf(id).FirstOrDefault() is { } user)
            return RegistryFault.InUse($"{id} is used by {user.Id} ({user.Title}) and cannot be deleted");
        if (library.Resources.FirstOrDefault(one => one.Texts("meta:intendedToExtend").Contains(id)) is { } extending)
            return RegistryFault.InUse($"{id} is used by {extending.Id} ({extending.Title}), which is intended to extend it, and cannot be deleted");
        if (library.Get(id) is { IsInUnion: true })
            return RegistryFault.InUse($"{id} is in a union and cannot be deleted");
        if (library.Descriptors.FirstOrDefault(one => one.SchemaId != id && Descriptor.Text(one.Document, "xdm:destinationSchema") == id) is { } descriptor)
            return RegistryFault.InUse($"{id} is used by the descriptor {descriptor.Id} of {descriptor.SchemaId} and cannot be deleted");
        return (await ListDatasetsAsync(id, cancellation)) is [var datasetId, ..]
            ? RegistryFault.InUse($"{id} is used by the dataset {datasetId} and cannot be deleted")
            : null;
    }

    private async Task<List<string>> ListDatasetsAsync(string schemaId, CancellationToken cancellation) =>
        [.. (await environment.Datasets.ListAsync(cancellation))
            .Where(dataset => dataset.Read()["schemaRef"]?["id"]?.ToString() == schemaId)
            .Select(dataset => dataset.DatasetId)];
}
