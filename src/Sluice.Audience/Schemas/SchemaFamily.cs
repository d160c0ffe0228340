using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Schemas;

/// <summary><c>/schemas/</c> (contract audience.md 3.8): names and addresses in the list, the schema itself under its name.</summary>
internal sealed class SchemaFamily(params IEnumerable<ObjectSchema> schemas) : ReadFamily<ObjectSchema>
{
    private readonly EntityTable<ObjectSchema> _all =
        (EntityTable<ObjectSchema>)EntityTable<ObjectSchema>.Empty.WithAll(schemas.Select((one, index) => one with { Id = index + 1, Version = 1 }));

    internal override string Noun => "schema";

    internal override FieldSet<ObjectSchema> Fields { get; } = new(
        Field.Text<ObjectSchema>("name", one => one.Name).NeverNull(),
        Field.Text<ObjectSchema>("href", one => one.Href).NeverNull());

    internal override EntityTable<ObjectSchema> Rows(CatalogueSnapshot catalogue) => _all;

    /// <summary>By name.</summary>
    internal override Outcome<ObjectSchema> Find(CatalogueSnapshot catalogue, string segment) =>
        _all.Rows.FirstOrDefault(one => one.Name == segment) is { } found ? found
        : AudienceProblem.NotFound($"{Noun} [{(segment.Length > 100 ? segment[..100] : segment)}]");
}
