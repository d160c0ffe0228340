using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Models;

/// <summary>A way to weigh traits; there is one (contract audience.md 3.11).</summary>
internal sealed record Algorithm : Entity
{
    internal const long TraitWeight = 1;

    public string Name { get; init; } = "";

    internal static EntityTable<Algorithm> All { get; } =
        (EntityTable<Algorithm>)EntityTable<Algorithm>.Empty.WithAll([new Algorithm { Id = TraitWeight, Version = 1, Name = "Trait Weight" }]);
}

/// <summary><c>/algorithms/</c> (contract audience.md 3.11).</summary>
internal sealed class AlgorithmFamily : ReadFamily<Algorithm>
{
    internal override string Noun => "algorithm";

    internal override FieldSet<Algorithm> Fields { get; } = new(
        Field.Number<Algorithm>("algoTypeId", one => one.Id),
        Field.Text<Algorithm>("name", one => one.Name).NeverNull(),
        Field.Text<Algorithm>("description", one => one.Name).NeverNull());

    internal override EntityTable<Algorithm> Rows(CatalogueSnapshot catalogue) => Algorithm.All;
}
