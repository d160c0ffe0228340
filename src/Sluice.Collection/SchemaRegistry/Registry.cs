using Sluice.Access;
using Sluice.Collection.Routes;
using Sluice.Schemas;

namespace Sluice.Collection.SchemaRegistry;

/// <summary>The schema registry of one environment: the library as of the last change, and the validator of each tenant schema.</summary>
/// <remarks>
/// Guarantees: a change is decided against the library as it is, written, and only then seen; a schema is compiled again only when it, a
/// resource it uses or one of its descriptors changed, and otherwise keeps its very <see cref="SchemaRoute"/>.
/// Threading: readers take <see cref="Current"/> once; changes run one after the other.
/// After a failure: a change whose write failed leaves everything as it was; the next refresh reads what the database says.
/// </remarks>
internal sealed class Registry(RegistryStore store, Organisation organisation) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private volatile RegistrySnapshot _current = RegistrySnapshot.Of(
        new RegistryLibrary(organisation.TenantId, StandardLibrary.Resources, []), RegistrySnapshot.Empty(organisation.TenantId));

    /// <summary>The registry as of the last change; take it once per request.</summary>
    internal RegistrySnapshot Current => _current;

    internal RegistryStore Store => store;

    public void Dispose() => _turn.Dispose();

    /// <summary>Takes over what the database says. Documents that did not change are not read again.</summary>
    internal async Task<RegistrySnapshot> RefreshAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await ReadAsync(cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Decides about a change and carries it out: <paramref name="decide"/> is asked with the library as it is, the outcome is checked as a
    /// whole, written, and swapped in. Gives the registry as this change left it, or why there was none.
    /// </summary>
    internal async Task<(RegistrySnapshot? After, RegistryFault? Fault)> ChangeAsync(
        Func<RegistryLibrary, (RegistryChange? Change, RegistryFault? Fault)> decide, ChangeCheck check, Audit audit, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var before = await ReadAsync(cancellation);
            var (change, fault) = decide(before.Library);
            if (change is null)
                return (null, fault);
            var after = RegistrySnapshot.Of(before.Library.With(change), before);
            if (await check.FindFaultAsync(before, after, change, cancellation) is { } refused)
                return (null, refused);
            if (!await store.TryWriteAsync(change, audit.Entries(before.Library, change), cancellation))
                return (null, RegistryFault.Stale());
            _current = after;
            return (after, null);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<RegistrySnapshot> ReadAsync(CancellationToken cancellation)
    {
        var known = _current;
        var (resources, descriptors) = await store.ListVersionsAsync(cancellation);
        var library = known.Library;
        var stored = library.Resources.Count(one => one.Stamp != ResourceStamp.Shipped);
        var isSame = stored == resources.Count && library.Descriptors.Count == descriptors.Count
            && resources.TrueForAll(row => library.Get(row.Id) is { } one && IsSame(one.Stamp, row))
            && descriptors.TrueForAll(row => library.FindDescriptor(row.Id) is { } one && IsSame(one.Stamp, row));
        return isSame ? known : _current = RegistrySnapshot.Of(await ReadLibraryAsync(library, resources, descriptors, cancellation), known);
    }

    private async Task<RegistryLibrary> ReadLibraryAsync(
        RegistryLibrary known, List<VersionRow> resources, List<VersionRow> descriptors, CancellationToken cancellation)
    {
        const int fewEnough = 20; // to be read one by one instead of all
        var changed = resources.Where(row => known.Get(row.Id) is not { } one || !IsSame(one.Stamp, row)).ToList();
        var read = new Dictionary<string, RegistryResource>(StringComparer.Ordinal);
        if (changed.Count > fewEnough)
        {
            foreach (var one in await store.ListResourcesAsync(cancellation))
                read[one.Id] = one;
        }
        else
        {
            foreach (var row in changed)
            {
                if (await store.FindResourceAsync(row.Id, cancellation) is { } one)
                    read[row.Id] = one;
            }
        }

        // What the database has of a shipped resource replaces it.
        var all = resources.Select(row => changed.Contains(row) ? read.GetValueOrDefault(row.Id) : known.Get(row.Id)).OfType<RegistryResource>().ToList();
        var replaced = all.Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
        var shipped = StandardLibrary.Resources.Where(one => !replaced.Contains(one.Id));
        var isSame = known.Descriptors.Count == descriptors.Count
            && descriptors.TrueForAll(row => known.FindDescriptor(row.Id) is { } one && IsSame(one.Stamp, row));
        return new RegistryLibrary(organisation.TenantId, shipped.Concat(all), isSame ? known.Descriptors : await store.ListDescriptorsAsync(cancellation));
    }

    private static bool IsSame(ResourceStamp stamp, VersionRow row) =>
        stamp.Version == row.Version && stamp.ModifiedMs == row.ModifiedMs && stamp != ResourceStamp.Shipped;
}

/// <summary>A library together with what the receiving path needs of it.</summary>
internal sealed class RegistrySnapshot
{
    private readonly Dictionary<string, SchemaRoute> _routes;
    private readonly Dictionary<string, string> _faults;

    private RegistrySnapshot(RegistryLibrary library, Dictionary<string, SchemaRoute> routes, Dictionary<string, string> faults)
    {
        Library = library;
        _routes = routes;
        _faults = faults;
    }

    internal RegistryLibrary Library { get; }

    /// <summary>One for each tenant schema that can be used.</summary>
    internal IReadOnlyDictionary<string, SchemaRoute> Routes => _routes;

    /// <summary>Why a tenant schema cannot be used, by its id: a stored one stays, so that it can be mended.</summary>
    internal IReadOnlyDictionary<string, string> Faults => _faults;

    internal static RegistrySnapshot Empty(string tenantId) => new(new RegistryLibrary(tenantId, [], []), [], []);

    /// <summary>Compiles what is not the same as before, and takes the rest over.</summary>
    internal static RegistrySnapshot Of(RegistryLibrary library, RegistrySnapshot before)
    {
        var changed = library.WithUsers(ChangedIds(before.Library, library));
        var routes = new Dictionary<string, SchemaRoute>(StringComparer.Ordinal);
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var schema in library.Resources.Where(one => one.Type == ResourceType.Schema && !one.IsGlobal))
        {
            if (!changed.Contains(schema.Id) && before._routes.TryGetValue(schema.Id, out var same))
            {
                routes[schema.Id] = same;
                continue;
            }
            try
            {
                routes[schema.Id] = ComposedSchema.Of(library, schema).ToRoute();
            }
            catch (SchemaException error)
            {
                faults[schema.Id] = error.Message;
            }
        }
        return new RegistrySnapshot(library, routes, faults);
    }

    /// <summary>The resources that are new, gone or other than before, with the schemas whose descriptors are.</summary>
    internal static IEnumerable<string> ChangedIds(RegistryLibrary before, RegistryLibrary after)
    {
        var resources = after.Resources.Where(one => !ReferenceEquals(before.Get(one.Id), one)).Select(one => one.Id)
            .Concat(before.Resources.Where(one => after.Get(one.Id) is null).Select(one => one.Id));
        var descriptors = after.Descriptors.Except(before.Descriptors, ReferenceEqualityComparer.Instance)
            .Concat(before.Descriptors.Except(after.Descriptors, ReferenceEqualityComparer.Instance))
            .Cast<Descriptor>().Select(one => one.SchemaId);
        return resources.Concat(descriptors).Distinct(StringComparer.Ordinal);
    }
}

/// <summary>Who makes a change and how, for the audit log.</summary>
internal sealed record Audit(string Action, string ClientId, long AtMs, IReadOnlyList<string> Places)
{
    internal IReadOnlyList<AuditEntry> Entries(RegistryLibrary before, RegistryChange change)
    {
        var entries = change.Put.Select(one => Entry(one.Id, one.Stamp.Version, Action)).ToList();
        if (change.RemovedId is { } gone)
            entries.Add(Entry(gone, before.Get(gone)?.Stamp.Version ?? 0, "delete"));
        return entries;
    }

    private AuditEntry Entry(string id, long version, string action) => new()
    {
        ResourceId = id,
        Action = action,
        Version = version,
        AtMs = AtMs,
        ClientId = ClientId,
        Places = AuditEntry.PlacesOf(Places),
    };
}
