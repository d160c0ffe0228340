using System.Collections.Immutable;

namespace Sluice.Audience.Catalogue;

/// <summary>Everything an environment's Audience API is about, as of one moment. A request takes it once and keeps it.</summary>
internal sealed class CatalogueSnapshot
{
    private readonly ImmutableDictionary<string, IEntityTable> _tables;

    private CatalogueSnapshot(ImmutableDictionary<string, IEntityTable> tables) => _tables = tables;

    internal static CatalogueSnapshot Empty { get; } = new(Kinds.All.ToImmutableDictionary(kind => kind.Name, kind => kind.Empty));

    internal EntityTable<T> Table<T>(EntityKind<T> kind)
        where T : Entity => (EntityTable<T>)_tables[kind.Name];

    internal T? Find<T>(EntityKind<T> kind, long id)
        where T : Entity => Table(kind).Find(id);

    internal CatalogueSnapshot With(EntityKind kind, long id, Entity? row) => new(_tables.SetItem(kind.Name, _tables[kind.Name].With(id, row)));

    internal CatalogueSnapshot WithAll(EntityKind kind, IEnumerable<Entity> rows) => new(_tables.SetItem(kind.Name, _tables[kind.Name].WithAll(rows)));
}
