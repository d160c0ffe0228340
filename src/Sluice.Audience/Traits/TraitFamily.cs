using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Folders;
using Sluice.Audience.Lists;
using Sluice.Audience.Models;
using Sluice.Audience.Taxonomy;
using Sluice.Audience.TraitTypes;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Traits;

/// <summary><c>/traits/</c> (contract audience.md 3.3).</summary>
internal sealed class TraitFamily(AudienceLimits limits) : Family<Trait>
{
    private const long DefaultTtlDays = 120;
    private const long MaxTtlDays = 36_500;
    private const int MaxEarlierRules = 10;

    private static readonly string[] CreatableTypes = [Trait.RuleBased, Trait.Onboarded, Trait.Algorithmic];
    private static readonly string[] Statuses = ["ACTIVE", "INACTIVE"];

    internal override EntityKind<Trait> Kind => Kinds.Traits;

    internal override string Noun => "trait";

    internal override bool HasRights => true;

    internal override bool ReadsSeveral => true;

    internal override IReadOnlyList<string> Required => ["name", "traitType", "dataSourceId", "folderId"];

    internal override FieldSet<Trait> Fields => TraitFields.All;

    internal override ObjectRights RightsOn(Caller caller, Trait row) => caller.RightsOn(ObjectKind.Trait, row.Id, row.DataSourceId);

    internal override Func<Trait, bool>? Filter(RowView view)
    {
        var query = view.Query;
        var (folder, sources, model) = (query.Number("folderId"), query.Numbers("dataSourceId"), query.Number("usesModel"));
        var (pixelType, category, pid) = (query.Number("type"), query.Number("categoryId"), query.Number("pid"));
        var (types, backfill) = (query.Texts("restrictType"), query.Text("backfillStatus"));
        var code = query.Text("integrationCode") is { Length: > 0 } given ? given : query.Text("ic");
        if (query.Flag("currentMonthTraitsWithBackfillOnly"))
            return _ => false; // no trait has a backfill yet
        var isOpen = folder is null && sources.Count == 0 && model is null && pixelType is null && category is null && pid is null && types.Count == 0
            && backfill.Length == 0 && code.Length == 0;
        return isOpen ? null : row =>
            (folder is null || row.FolderId == folder) && (sources.Count == 0 || sources.Contains(row.DataSourceId)) && (model is null || row.AlgoModelId == model)
            && (pixelType is null || row.PixelType == pixelType) && (category is null || row.CategoryId == category) && pid is null or Organisation.AccountId
            && (types.Count == 0 || types.Contains(row.TraitType, StringComparer.OrdinalIgnoreCase))
            && (backfill.Length == 0 || backfill.Equals("NONE", StringComparison.OrdinalIgnoreCase)) && (code.Length == 0 || row.IntegrationCode == code);
    }

    /// <summary>By sid, or as <c>ic:{code}</c>.</summary>
    internal override Outcome<Trait> Find(CatalogueSnapshot catalogue, string segment) =>
        CodeAddress.Is(segment)
            ? CodeAddress.Find(catalogue.Table(Kind).Rows, segment, Noun, row => row.IntegrationCode)
            : base.Find(catalogue, segment);

    internal override bool FollowsAnother(Trait row) => !CreatableTypes.Contains(row.TraitType);

    internal override async Task<Outcome<Trait>> CreateAsync(Draft draft, Body body, Caller caller)
    {
        var type = body.Word("traitType", null, CreatableTypes);
        if (type is null)
            body.Refuse("traitType", $"must be one of {string.Join(", ", CreatableTypes)}");
        foreach (var required in (string[])["dataSourceId", "folderId"])
        {
            if (!body.Has(required))
                body.Refuse(required, "is required");
        }
        var read = Read(body, new Trait { TraitType = type ?? Trait.RuleBased, Ttl = DefaultTtlDays }, draft.Current);
        var problem = body.Problem ?? FindRightFault(read, caller) ?? FindConflict(draft.Current, read) ?? FindLimit(draft.Current, read);
        return problem is not null ? problem : await draft.AddAsync(Kind, read);
    }

    internal override Task<Outcome<Trait>> UpdateAsync(Draft draft, Trait row, Body body, Caller caller)
    {
        if (!CreatableTypes.Contains(row.TraitType))
            return Task.FromResult<Outcome<Trait>>(AudienceProblem.Forbidden($"Trait {row.Id} is made by the system and cannot be changed"));
        if (body.Word("traitType", row.TraitType, CreatableTypes) != row.TraitType)
            body.Refuse("traitType", "cannot change");
        var read = Read(body, row, draft.Current);
        if (read.TraitRule != row.TraitRule && row.TraitRule is not null)
        {
            read = read with
            {
                TraitRuleVersion = row.TraitRuleVersion + 1,
                EarlierRules = [new TraitRuleVersion(row.TraitRuleVersion, row.TraitRule, row.UpUid, row.UpdateTime), .. row.EarlierRules.Take(MaxEarlierRules - 1)],
            };
        }
        var moved = read.DataSourceId != row.DataSourceId;
        var problem = body.Problem ?? (moved ? FindRightFault(read, caller) : null) ?? FindConflict(draft.Current, read);
        return Task.FromResult<Outcome<Trait>>(problem is not null ? problem : draft.Change(Kind, read));
    }

    internal override Task<AudienceProblem?> RemoveAsync(Draft draft, Trait row, Caller caller)
    {
        var segments = TraitUse.SegmentsOf(draft.Current, row.Id);
        var problem = !CreatableTypes.Contains(row.TraitType) ? AudienceProblem.Conflict("cannot_delete_entity", $"Trait {row.Id} is made by the system")
            : segments.Count > 0
                ? AudienceProblem.Conflict("cannot_delete_entity_mapped", $"Trait {row.Id} is used by segments", TraitUse.Lines(segments))
            : ModelUse.ConflictOf(draft.Current, "Trait", row.Id);
        if (problem is null)
            draft.Remove(Kind, row);
        return Task.FromResult(problem);
    }

    private static AudienceProblem? FindRightFault(Trait read, Caller caller)
    {
        var rights = caller.RightsOn(ObjectKind.Trait, read.DataSourceId, read.DataSourceId);
        return !rights.HasFlag(ObjectRights.Create) ? AudienceProblem.Forbidden($"You may not make traits in data source {read.DataSourceId}")
            : read.TraitType == Trait.Algorithmic && !rights.HasFlag(ObjectRights.CreateAlgoTraits)
                ? AudienceProblem.Forbidden($"You may not make algorithmic traits in data source {read.DataSourceId}")
            : null;
    }

    private AudienceProblem? FindConflict(CatalogueSnapshot catalogue, Trait read) =>
        !string.IsNullOrEmpty(read.IntegrationCode) && catalogue.Find(Kinds.DataSources, read.DataSourceId)?.UniqueTraitIntegrationCodes == true
            && catalogue.Table(Kind).Rows.FirstOrDefault(
                one => one.Id != read.Id && one.DataSourceId == read.DataSourceId && one.IntegrationCode == read.IntegrationCode) is { } twin
                ? AudienceProblem.Conflict("duplicate_integration_code", $"The integration code [{read.IntegrationCode}] is that of trait {twin.Id}")
                : null;

    private AudienceProblem? FindLimit(CatalogueSnapshot catalogue, Trait read)
    {
        var most = read.TraitType switch
        {
            Trait.RuleBased => limits.RuleBasedTraits,
            Trait.Onboarded => limits.OnboardedTraits,
            _ => limits.AlgoTraits,
        };
        return SystemTraits.AreFull(catalogue, limits) ? AudienceProblem.Limit($"There are {limits.Traits} traits already")
            : most < limits.Traits && catalogue.Table(Kind).Rows.Count(one => one.TraitType == read.TraitType) >= most
                ? AudienceProblem.Limit($"There are {most} traits of type {read.TraitType} already")
            : null;
    }

    private static Trait Read(Body body, Trait old, CatalogueSnapshot catalogue)
    {
        var read = old with
        {
            Name = body.RequiredText("name", old.Name),
            Description = body.Text("description", old.Description, 4_000),
            Comments = body.Text("comments", old.Comments, 4_000),
            IntegrationCode = body.Text("integrationCode", old.IntegrationCode),
            DataSourceId = body.Number("dataSourceId", old.DataSourceId) ?? 0,
            FolderId = body.Number("folderId", old.FolderId) ?? Folder.Root,
            TraitRule = body.Text("traitRule", old.TraitRule, RuleLimits.TextBytes),
            Ttl = body.Number("ttl", old.Ttl, 0, MaxTtlDays) ?? DefaultTtlDays,
            PixelType = body.Number("type", old.PixelType) ?? 0,
            CategoryId = body.Number("categoryId", old.CategoryId) ?? 0,
            Status = body.Word("status", old.Status, Statuses) ?? old.Status,
        };
        if (catalogue.Find(Kinds.DataSources, read.DataSourceId) is null)
            body.Refuse("dataSourceId", $"names no data source: {read.DataSourceId}");
        if (read.FolderId != Folder.Root && catalogue.Find(Kinds.TraitFolders, read.FolderId) is null)
            body.Refuse("folderId", $"names no folder of traits: {read.FolderId}");
        if (read.PixelType != old.PixelType && !TraitType.Exists(catalogue, read.PixelType))
            body.Refuse("type", $"names no trait type: {read.PixelType}");
        if (read.CategoryId != old.CategoryId && read.CategoryId != 0 && Category.All.Find(read.CategoryId) is null)
            body.Refuse("categoryId", $"names no category: {read.CategoryId}");
        read = ModelThreshold.Read(body, read, catalogue);
        return read with { SampleQuery = ReadRule(body, read) is { } rule ? SampleCall.QueryOf(rule) : null };
    }

    private static TraitRule? ReadRule(Body body, Trait read)
    {
        TraitRule? rule = null;
        var isEmpty = string.IsNullOrWhiteSpace(read.TraitRule);
        if (read.TraitType == Trait.Algorithmic)
        {
            if (!isEmpty)
                body.Refuse("traitRule", "must be absent from an algorithmic trait");
        }
        else if (isEmpty && read.TraitType == Trait.RuleBased)
            body.Refuse("traitRule", "is required");
        else if (!isEmpty && !TraitRule.TryParse(read.TraitRule!, out rule, out var problems))
        {
            foreach (var problem in problems)
                body.RefuseRule("traitRule", problem.ToString());
        }
        return rule;
    }
}
