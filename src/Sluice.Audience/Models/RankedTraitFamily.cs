using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;
using Sluice.Audience.Traits;

namespace Sluice.Audience.Models;

/// <summary><c>/models/{id}/runs/latest/traits/</c> (contract audience.md 3.11): a trait's members, its weight and its rank; hidden traits are left out.</summary>
internal sealed class RankedTraitFamily(Model model) : ReadFamily<RankedTrait>
{
    private static readonly FieldSet<RankedTrait> Shown = new(
    [
        .. TraitFields.All.Fields.Select(field => field.Of<RankedTrait>(row => row.Trait)),
        Field.Decimal<RankedTrait>("weight", row => row.Weight),
        Field.Number<RankedTrait>("rank", row => row.Id),
    ]);

    internal override string Noun => "trait of the model's latest run";

    internal override FieldSet<RankedTrait> Fields => Shown;

    internal override bool HasRights => true;

    internal override ObjectRights RightsOn(Caller caller, RankedTrait row) => caller.RightsOn(ObjectKind.Trait, row.Trait.Id, row.Trait.DataSourceId);

    internal override Func<RankedTrait, bool>? Filter(RowView view) =>
        view.Query.Number("folderId") is { } folder ? row => row.Trait.FolderId == folder : null;

    internal override EntityTable<RankedTrait> Rows(CatalogueSnapshot catalogue) => (EntityTable<RankedTrait>)EntityTable<RankedTrait>.Empty.WithAll(
        (model.LatestRun?.Traits ?? []).Select((one, index) => (one.Weight, Rank: index + 1, Trait: catalogue.Find(Kinds.Traits, one.Sid)))
            .Where(one => one.Trait is not null) // deleted since the run; the others keep their ranks
            .Select(one => new RankedTrait { Id = one.Rank, Version = 1, Trait = one.Trait!, Weight = one.Weight }));
}
