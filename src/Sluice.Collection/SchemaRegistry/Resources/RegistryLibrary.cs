namespace Sluice.Collection.SchemaRegistry;

/// <summary>Every resource and descriptor of an environment at one moment: immutable, swapped whole on change.</summary>
internal sealed class RegistryLibrary
{
    private static readonly IReadOnlyList<string> None = [];

    private readonly Dictionary<string, RegistryResource> _byId;
    private readonly Dictionary<string, RegistryResource> _byAltId;
    private readonly Dictionary<string, RegistryResource> _tenantsByHex;
    private readonly Dictionary<string, Descriptor> _descriptors;
    private readonly Lazy<ILookup<string, string>> _users;
    private readonly Lazy<ILookup<string, Descriptor>> _bySchema;

    internal RegistryLibrary(string tenantId, IEnumerable<RegistryResource> resources, IEnumerable<Descriptor> descriptors)
    {
        TenantId = tenantId;
        Resources = [.. resources];
        _byId = Resources.ToDictionary(one => one.Id, StringComparer.Ordinal);
        _byAltId = [];
        _tenantsByHex = [];
        foreach (var one in Resources)
        {
            _byAltId.TryAdd(one.AltId, one);
            if (!one.IsGlobal)
                _tenantsByHex.TryAdd(one.Id[(one.Id.LastIndexOf('/') + 1)..], one);
        }
        _descriptors = descriptors.ToDictionary(one => one.Id, StringComparer.Ordinal);
        _users = new(() => Resources.SelectMany(user => user.References.Select(used => (used, user.Id))).ToLookup(pair => pair.used, pair => pair.Id));
        _bySchema = new(() => _descriptors.Values.ToLookup(one => one.SchemaId));
    }

    internal string TenantId { get; }

    /// <summary>Oldest first.</summary>
    internal IReadOnlyList<RegistryResource> Resources { get; }

    internal IReadOnlyCollection<Descriptor> Descriptors => _descriptors.Values;

    /// <summary>The resource at an absolute address, which is its <c>$id</c>.</summary>
    internal RegistryResource? Get(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Finds by <c>$id</c>, by <c>meta:altId</c>, or by the bare hex at the end of either.</summary>
    internal RegistryResource? Find(string name) =>
        _byId.GetValueOrDefault(name) ?? _byAltId.GetValueOrDefault(name) ?? _tenantsByHex.GetValueOrDefault(name);

    internal Descriptor? FindDescriptor(string id) => _descriptors.GetValueOrDefault(id);

    internal IEnumerable<Descriptor> DescriptorsOf(string schemaId) => _bySchema.Value[schemaId];

    /// <summary>Who refers to a resource directly.</summary>
    internal IEnumerable<RegistryResource> UsersOf(string id) => _users.Value[id].Select(user => _byId[user]);

    /// <summary>These resources and everything that uses them, however indirectly.</summary>
    internal HashSet<string> WithUsers(IEnumerable<string> ids)
    {
        var found = new HashSet<string>(ids, StringComparer.Ordinal);
        var waiting = new Stack<string>(found);
        while (waiting.TryPop(out var used))
        {
            foreach (var user in _users.Value[used])
            {
                if (found.Add(user))
                    waiting.Push(user);
            }
        }
        return found;
    }

    /// <summary>This resource and everything it needs, however indirectly.</summary>
    internal IEnumerable<RegistryResource> WithUsed(RegistryResource resource)
    {
        var found = new HashSet<string>([resource.Id], StringComparer.Ordinal);
        var waiting = new Queue<RegistryResource>([resource]);
        while (waiting.TryDequeue(out var next))
        {
            yield return next;
            foreach (var used in next.References)
            {
                if (found.Add(used) && Get(used) is { } other)
                    waiting.Enqueue(other);
            }
        }
    }

    /// <summary>The ids of the resources that apply to the same record: through <c>allOf</c>, and theirs, nearest first.</summary>
    internal IReadOnlyList<string> ExtendedBy(RegistryResource resource)
    {
        if (resource.StandsAlone)
            return None;
        var found = new List<string>();
        var waiting = new Queue<RegistryResource>([resource]);
        while (waiting.TryDequeue(out var next))
        {
            foreach (var id in SchemaText.Extended(next.Document))
            {
                if (id.Contains('#', StringComparison.Ordinal) || id == resource.Id || found.Contains(id))
                    continue;
                found.Add(id);
                if (Get(id) is { } other)
                    waiting.Enqueue(other);
            }
        }
        return found;
    }

    /// <summary>The class of a schema; null for one that stands alone.</summary>
    internal RegistryResource? ClassOf(RegistryResource schema) =>
        SchemaText.Extended(schema.Document).Select(Get).FirstOrDefault(one => one?.Type == ResourceType.Class);

    internal bool IsTimeSeries(RegistryResource resource) => ExtendedBy(resource).Contains(WellKnown.TimeSeries);

    /// <summary>The schemas that joined the union of a class.</summary>
    internal IEnumerable<RegistryResource> MembersOf(string classId) =>
        Resources.Where(one => one.Type == ResourceType.Schema && one.IsInUnion && ClassOf(one)?.Id == classId);

    /// <summary>This library with some resources put in or taken out, and descriptors likewise.</summary>
    internal RegistryLibrary With(RegistryChange change)
    {
        var put = change.Put.ToDictionary(one => one.Id, StringComparer.Ordinal);
        var resources = Resources.Where(one => one.Id != change.RemovedId).Select(one => put.Remove(one.Id, out var changed) ? changed : one).ToList();
        resources.AddRange(change.Put.Where(one => put.ContainsKey(one.Id)));
        var descriptors = Descriptors
            .Where(one => one.Id != change.RemovedDescriptorId && one.SchemaId != change.RemovedId && change.PutDescriptors.All(other => other.Id != one.Id))
            .Concat(change.PutDescriptors);
        return new RegistryLibrary(TenantId, resources, descriptors);
    }
}

/// <summary>What one request changes, all of it or nothing.</summary>
internal sealed record RegistryChange
{
    internal IReadOnlyList<RegistryResource> Put { get; init; } = [];

    internal string? RemovedId { get; init; }

    internal IReadOnlyList<Descriptor> PutDescriptors { get; init; } = [];

    internal string? RemovedDescriptorId { get; init; }

    /// <summary>Whether it may bring resources that lack others they refer to: published files do.</summary>
    internal bool IsImport { get; init; }
}

/// <summary>The addresses that rules of the registry name.</summary>
internal static class WellKnown
{
    internal const string Record = "https://ns.adobe.com/xdm/data/record";
    internal const string TimeSeries = "https://ns.adobe.com/xdm/data/time-series";
    internal const string AdHoc = "https://ns.adobe.com/xdm/data/adhoc";
    internal const string IdentityItem = "https://ns.adobe.com/xdm/context/identityitem";
}
