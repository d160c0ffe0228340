using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Models;

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
