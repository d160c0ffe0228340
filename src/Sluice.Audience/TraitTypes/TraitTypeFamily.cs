using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.TraitTypes;

/// <summary><c>/customer-trait-types/</c> (contract audience.md 3.9): made, never changed or deleted, since traits name them.</summary>
internal sealed class TraitTypeFamily(AudienceLimits limits) : Family<TraitType>
{
    internal override EntityKind<TraitType> Kind => Kinds.TraitTypes;

    internal override string Noun => "trait type";

    internal override FamilyVerbs Verbs => FamilyVerbs.Create;

    internal override IReadOnlyList<string> Required => ["name"];

    internal override FieldSet<TraitType> Fields { get; } = new(
        Field.Number<TraitType>("pixelType", one => one.Id),
        Field.Number<TraitType>("pid", one => one.Id < TraitType.FirstOwnId ? 0L : Organisation.AccountId),
        Field.Text<TraitType>("name", one => one.Name).NeverNull(),
        Field.Text<TraitType>("description", one => one.Description),
        Field.Number<TraitType>("crUID", one => one.CrUid),
        Field.Number<TraitType>("upUID", one => one.UpUid),
        Field.Number<TraitType>("createTime", one => one.CreateTime),
        Field.Number<TraitType>("updateTime", one => one.UpdateTime));

    internal override EntityTable<TraitType> Rows(CatalogueSnapshot catalogue) =>
        (EntityTable<TraitType>)TraitType.BuiltIn.WithAll(catalogue.Table(Kind).Rows);

    internal override async Task<Outcome<TraitType>> CreateAsync(Draft draft, Body body, Caller caller)
    {
        if (!caller.IsAdmin && !caller.Has("CREATE_ALL_TRAITS"))
            return AudienceProblem.Forbidden("You may not make trait types");
        var read = new TraitType { Name = body.RequiredText("name", null), Description = body.Text("description", null, 4_000) };
        var problem = body.Problem
            ?? (draft.Current.Table(Kind).Count >= limits.TraitTypes ? AudienceProblem.Limit($"There are {limits.TraitTypes} trait types already") : null);
        return problem is not null ? problem : await draft.AddAsync(Kind, read);
    }
}
