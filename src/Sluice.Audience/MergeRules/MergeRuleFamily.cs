using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.DataSources;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;
using Sluice.Audience.Mappings;

namespace Sluice.Audience.MergeRules;

/// <summary><c>/merge-rules/</c>, whose paths are ours (contract audience.md 5.5): made and changed by admins only, seen by everybody.</summary>
internal sealed class MergeRuleFamily(AudienceLimits limits) : Family<MergeRule>
{
    private const int MaxSources = 3;
    private const int MaxLines = 100;

    private static readonly string[] CrossDeviceOptions =
        [MergeRule.NoCrossDevice, MergeRule.CurrentAuthenticated, MergeRule.LastAuthenticated, MergeRule.AllCrossDevice];

    private static readonly string[] DeviceOptions = [MergeRule.NoDevice, MergeRule.OwnDevice, MergeRule.ProfileLink, MergeRule.ExternalGraph];

    internal override EntityKind<MergeRule> Kind => Kinds.MergeRules;

    internal override string Noun => "merge rule";

    internal override IReadOnlyList<string> Required => ["name", "crossDeviceOption", "deviceOption"];

    internal override FieldSet<MergeRule> Fields { get; } = new(
        Field.Number<MergeRule>("mergeRuleDataSourceId", one => one.Id),
        Field.Number<MergeRule>("pid", _ => Organisation.AccountId),
        Field.Text<MergeRule>("name", one => one.Name),
        Field.Text<MergeRule>("description", one => one.Description),
        Field.Flag<MergeRule>("isDefault", one => one.IsDefault),
        Field.Text<MergeRule>("crossDeviceOption", one => one.CrossDeviceOption),
        Field.Numbers<MergeRule>("crossDeviceDataSourceIds", one => one.CrossDeviceDataSourceIds),
        Field.Text<MergeRule>("deviceOption", one => one.DeviceOption),
        Field.Texts<MergeRule>("dataExportRestrictions", one => one.DataExportRestrictions),
        Field.Number<MergeRule>("crUID", one => one.CrUid),
        Field.Number<MergeRule>("upUID", one => one.UpUid),
        Field.Number<MergeRule>("createTime", one => one.CreateTime),
        Field.Number<MergeRule>("updateTime", one => one.UpdateTime));

    internal override async Task<Outcome<MergeRule>> CreateAsync(Draft draft, Body body, Caller caller)
    {
        if (!caller.IsAdmin)
            return AudienceProblem.Forbidden("Only admins make merge rules");
        foreach (var required in (string[])["crossDeviceOption", "deviceOption"])
        {
            if (!body.Has(required))
                body.Refuse(required, "is required");
        }
        var read = Read(body, new MergeRule(), draft.Current);
        if ((body.Problem ?? FindLimit(draft.Current, read) ?? FindExportFault(draft.Current, read)) is { } problem)
            return problem;
        TakeFlagOffOthers(draft, read);
        return await draft.AddAsync(Kind, read);
    }

    internal override Task<Outcome<MergeRule>> UpdateAsync(Draft draft, MergeRule row, Body body, Caller caller)
    {
        if (!caller.IsAdmin)
            return Task.FromResult<Outcome<MergeRule>>(AudienceProblem.Forbidden("Only admins change merge rules"));
        var read = Read(body, row, draft.Current);
        if ((body.Problem ?? FindLimit(draft.Current, read) ?? FindExportFault(draft.Current, read)) is { } problem)
            return Task.FromResult<Outcome<MergeRule>>(problem);
        TakeFlagOffOthers(draft, read);
        return Task.FromResult<Outcome<MergeRule>>(draft.Change(Kind, read));
    }

    internal override Task<AudienceProblem?> RemoveAsync(Draft draft, MergeRule row, Caller caller)
    {
        var segments = draft.Current.Table(Kinds.Segments).Rows.Where(one => one.MergeRuleDataSourceId == row.Id).Take(MaxLines).ToList();
        var problem = !caller.IsAdmin ? AudienceProblem.Forbidden("Only admins delete merge rules")
            : segments.Count > 0 ? AudienceProblem.Conflict(
                "cannot_delete_entity_mapped", $"Merge rule {row.Id} is used by segments", [.. segments.Select(one => $"Segment {one.Id}")])
            : null;
        if (problem is null)
            draft.Remove(Kind, row);
        return Task.FromResult(problem);
    }

    private static MergeRule Read(Body body, MergeRule old, CatalogueSnapshot catalogue)
    {
        var restrictions = body.Texts("dataExportRestrictions", old.DataExportRestrictions);
        if (restrictions.FirstOrDefault(one => !DataSourceFamily.ExportRestrictions.Contains(one)) is { } unknown)
            body.Refuse("dataExportRestrictions", $"cannot hold [{unknown}]; it can hold {string.Join(", ", DataSourceFamily.ExportRestrictions)}");
        var read = old with
        {
            Name = body.RequiredText("name", old.Name),
            Description = body.Text("description", old.Description, 4_000),
            IsDefault = body.Flag("isDefault", old.IsDefault),
            DataExportRestrictions = [.. restrictions.Distinct()],
            CrossDeviceOption = body.Word("crossDeviceOption", old.CrossDeviceOption, CrossDeviceOptions) ?? old.CrossDeviceOption,
            CrossDeviceDataSourceIds = [.. body.Numbers("crossDeviceDataSourceIds", old.CrossDeviceDataSourceIds).Distinct()],
            DeviceOption = body.Word("deviceOption", old.DeviceOption, DeviceOptions) ?? old.DeviceOption,
        };
        if (!IsInTable(read))
            body.Refuse("deviceOption", $"cannot be {read.DeviceOption} where crossDeviceOption is {read.CrossDeviceOption}");
        CheckSources(body, read, catalogue);
        return read;
    }

    // The rows of the table in contract audience.md 5.5; nothing else can be chosen.
    private static bool IsInTable(MergeRule rule) => rule.CrossDeviceOption switch
    {
        MergeRule.NoCrossDevice => rule.DeviceOption is MergeRule.OwnDevice or MergeRule.ExternalGraph,
        MergeRule.LastAuthenticated => rule.DeviceOption is MergeRule.OwnDevice or MergeRule.ProfileLink or MergeRule.ExternalGraph,
        _ => rule.DeviceOption == MergeRule.NoDevice,
    };

    private static void CheckSources(Body body, MergeRule rule, CatalogueSnapshot catalogue)
    {
        var ids = rule.CrossDeviceDataSourceIds;
        if (rule.CrossDeviceOption is MergeRule.NoCrossDevice or MergeRule.AllCrossDevice && ids.Count > 0)
            body.Refuse("crossDeviceDataSourceIds", $"must be empty where crossDeviceOption is {rule.CrossDeviceOption}");
        else if (rule.DeviceOption == MergeRule.ProfileLink && ids.Count != 1)
            body.Refuse("crossDeviceDataSourceIds", "must hold exactly one data source where deviceOption is PROFILE_LINK");
        else if (ids.Count > MaxSources)
            body.Refuse("crossDeviceDataSourceIds", $"holds at most {MaxSources} data sources");
        foreach (var id in ids.Take(MaxSources))
        {
            if (catalogue.Find(Kinds.DataSources, id) is not { } source)
                body.Refuse("crossDeviceDataSourceIds", $"names no data source: {id}");
            else if (source.IdType != "CROSS_DEVICE")
                body.Refuse("crossDeviceDataSourceIds", $"names a data source that is not of the idType CROSS_DEVICE: {id}");
        }
    }

    private AudienceProblem? FindLimit(CatalogueSnapshot catalogue, MergeRule read)
    {
        var isAll = read.CrossDeviceOption == MergeRule.AllCrossDevice;
        var others = catalogue.Table(Kind).Rows.Count(one => one.Id != read.Id && one.CrossDeviceOption == MergeRule.AllCrossDevice == isAll);
        var most = isAll ? limits.AllCrossDeviceMergeRules : limits.MergeRules;
        return others < most || read.Id != 0 && catalogue.Find(Kind, read.Id)!.CrossDeviceOption == MergeRule.AllCrossDevice == isAll ? null
            : AudienceProblem.Limit(isAll ? $"There are {most} merge rules of the option {MergeRule.AllCrossDevice} already" : $"There are {most} merge rules already");
    }

    private static AudienceProblem? FindExportFault(CatalogueSnapshot catalogue, MergeRule read)
    {
        var after = catalogue.Table(Kinds.MergeRules).Rows.Where(one => one.IsDefault && read.IsDefault && one.Id != read.Id)
            .Aggregate(catalogue, (now, other) => now.With(Kinds.MergeRules, other.Id, other with { IsDefault = false }))
            .With(Kinds.MergeRules, read.Id, read);
        var conflicts = ExportControls.NewConflicts(catalogue, after, MaxLines);
        return conflicts.Count == 0 ? null
            : new AudienceProblem(400, "data_export_conflict", "Segments that are mapped already may not be sent to their destinations by this merge rule")
            {
                ChildMessages = conflicts,
            };
    }

    private static void TakeFlagOffOthers(Draft draft, MergeRule read)
    {
        if (!read.IsDefault)
            return;
        foreach (var other in draft.Current.Table(Kinds.MergeRules).Rows.Where(one => one.IsDefault && one.Id != read.Id).ToList())
            draft.Change(Kinds.MergeRules, other with { IsDefault = false });
    }
}
