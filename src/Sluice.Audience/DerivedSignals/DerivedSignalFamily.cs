using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.DerivedSignals;

/// <summary><c>/signals/derived/</c> (contract audience.md 3.5). Rights are wildcards: whoever lacks <c>VIEW_DERIVED_SIGNALS</c> sees none of them.</summary>
internal sealed class DerivedSignalFamily(AudienceLimits limits) : Family<DerivedSignal>
{
    private const int MaxCharacters = 228;

    internal override EntityKind<DerivedSignal> Kind => Kinds.DerivedSignals;

    internal override string Noun => "derived signal";

    internal override bool HasRights => true;

    internal override IReadOnlyList<string> Required => ["sourceKey", "sourceValue", "targetKey", "targetValue"];

    internal override FieldSet<DerivedSignal> Fields { get; } = new(
        Field.Number<DerivedSignal>("derivedSignalId", one => one.Id),
        Field.Number<DerivedSignal>("pid", _ => Organisation.AccountId),
        Field.Text<DerivedSignal>("sourceKey", one => one.SourceKey).NeverNull(),
        Field.Text<DerivedSignal>("sourceValue", one => one.SourceValue).NeverNull(),
        Field.Text<DerivedSignal>("targetKey", one => one.TargetKey).NeverNull(),
        Field.Text<DerivedSignal>("targetValue", one => one.TargetValue).NeverNull(),
        Field.Text<DerivedSignal>("integrationCode", one => one.IntegrationCode),
        Field.Number<DerivedSignal>("version", one => one.Version - 1).ReadOnly(), // the original counts from 0
        Field.Number<DerivedSignal>("crUID", one => one.CrUid),
        Field.Number<DerivedSignal>("upUID", one => one.UpUid),
        Field.Number<DerivedSignal>("createTime", one => one.CreateTime),
        Field.Number<DerivedSignal>("updateTime", one => one.UpdateTime),
        PermissionField.Of<DerivedSignal>((caller, _) => RightsOf(caller)));

    internal override ObjectRights RightsOn(Caller caller, DerivedSignal row) => RightsOf(caller);

    internal override async Task<Outcome<DerivedSignal>> CreateAsync(Draft draft, Body body, Caller caller)
    {
        if (!caller.Has("CREATE_DERIVED_SIGNALS"))
            return AudienceProblem.Forbidden("You may not make derived signals");
        var read = Read(body, new DerivedSignal());
        var problem = body.Problem ?? FindConflict(draft.Current, read)
            ?? (draft.Current.Table(Kind).Count >= limits.DerivedSignals ? AudienceProblem.Limit($"There are {limits.DerivedSignals} derived signals already") : null);
        return problem is not null ? problem : await draft.AddAsync(Kind, read);
    }

    internal override Task<Outcome<DerivedSignal>> UpdateAsync(Draft draft, DerivedSignal row, Body body, Caller caller)
    {
        var read = Read(body, row);
        return Task.FromResult<Outcome<DerivedSignal>>((body.Problem ?? FindConflict(draft.Current, read)) is { } problem ? problem : draft.Change(Kind, read));
    }

    internal override Task<AudienceProblem?> RemoveAsync(Draft draft, DerivedSignal row, Caller caller)
    {
        draft.Remove(Kind, row);
        return Task.FromResult<AudienceProblem?>(null);
    }

    private static ObjectRights RightsOf(Caller caller) =>
        (caller.Has("VIEW_DERIVED_SIGNALS") ? ObjectRights.Read : ObjectRights.None)
        | (caller.Has("EDIT_DERIVED_SIGNALS") ? ObjectRights.Write : ObjectRights.None)
        | (caller.Has("DELETE_DERIVED_SIGNALS") ? ObjectRights.Delete : ObjectRights.None);

    private AudienceProblem? FindConflict(CatalogueSnapshot catalogue, DerivedSignal read) =>
        catalogue.Table(Kind).Rows.FirstOrDefault(one => one.Id != read.Id && one.IsSameAs(read)) is { } twin
            ? AudienceProblem.Conflict("duplicate_derived_signal", "The same source leads to the same target already", $"Derived signal {twin.Id}")
            : null;

    private static DerivedSignal Read(Body body, DerivedSignal old) => old with
    {
        SourceKey = body.RequiredText("sourceKey", old.SourceKey, MaxCharacters),
        SourceValue = ReadValue(body, "sourceValue", old.SourceValue),
        TargetKey = body.RequiredText("targetKey", old.TargetKey, MaxCharacters),
        TargetValue = ReadValue(body, "targetValue", old.TargetValue),
        IntegrationCode = body.Text("integrationCode", old.IntegrationCode, MaxCharacters),
    };

    // As it was sent, blanks around it too: an event's value is compared with it as a whole.
    private static string ReadValue(Body body, string name, string otherwise)
    {
        var text = body.Text(name, otherwise, MaxCharacters);
        if (string.IsNullOrEmpty(text))
            body.Refuse(name, "is required");
        return text ?? "";
    }
}
