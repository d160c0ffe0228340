using System.Text.Json.Serialization.Metadata;

namespace Sluice.Audience.Catalogue;

/// <summary>A kind of object: its name in the database, the sequence its ids come from, and how its document is written.</summary>
internal abstract class EntityKind(string name, string sequence, long firstId)
{
    /// <summary>As in the <c>kind</c> column, such as <c>trait</c>.</summary>
    internal string Name => name;

    /// <summary>Traits, segments and data sources share one, so that an id in a permission row means one thing (contract audience.md 13, note 1).</summary>
    internal string Sequence => sequence;

    /// <summary>The first id that an object of this kind gets; smaller ones are those of objects that nobody makes.</summary>
    internal long FirstId => firstId;

    /// <summary>The table without a row.</summary>
    internal abstract IEntityTable Empty { get; }

    internal abstract string Write(Entity entity);

    internal abstract Entity Read(string document);
}

/// <inheritdoc cref="EntityKind"/>
internal sealed class EntityKind<T>(string name, string sequence, JsonTypeInfo<T> shape, long firstId = 1) : EntityKind(name, sequence, firstId)
    where T : Entity
{
    internal override IEntityTable Empty => EntityTable<T>.Empty;

    internal override string Write(Entity entity) => System.Text.Json.JsonSerializer.Serialize((T)entity, shape);

    internal override Entity Read(string document) => System.Text.Json.JsonSerializer.Deserialize(document, shape)!;
}
