using Sluice.Access;
using Sluice.Audience.Bodies;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Folders;
using Sluice.Audience.Lists;
using Sluice.Audience.Mappings;
using Sluice.Audience.MergeRules;
using Sluice.Audience.Models;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Segments;

/// <summary><c>/segments/</c> (contract audience.md 3.4).</summary>
internal sealed class SegmentFamily(AudienceLimits limits) : Family<Segment>
{
    private static readonly string[] Statuses = ["ACTIVE", "INACTIVE"];

    internal override EntityKind<Segment> Kind => Kinds.Segments;

    internal override string Noun => "segment";

    internal override bool HasRights => true;

    internal override IReadOnlyList<string> Required => ["name", "segmentRule", "dataSourceId", "folderId"];

    internal override FieldSet<Segment> Fields => SegmentFields.All;

    internal override ObjectRights RightsOn(Caller caller, Segment row) => caller.RightsOn(ObjectKind.Segment, row.Id, row.DataSourceId);

    internal override Func<Segment, bool>? Filter(RowView view)
    {
        var query = view.Query;
        var (trait, folder, sources) = (query.Number("containsTrait"), query.Number("folderId"), query.Numbers("dataSourceId"));
        var (merge, since, pid) = (query.Numbers("mergeRuleDataSourceId"), query.Number("updatedSince"), query.Number("pid"));
        var (code, status) = (query.Text("integrationCode"), query.Text("status"));
        var isOpen = trait is null && folder is null && sources.Count == 0 && merge.Count == 0 && since is null && pid is null && code.Length == 0 && status.Length == 0;
        return isOpen ? null : row =>
            (trait is null || row.Traits.Contains(trait.Value)) && (folder is null || row.FolderId == folder)
            && (sources.Count == 0 || sources.Contains(row.DataSourceId))
            && (merge.Count == 0 || row.MergeRuleDataSourceId is { } rule && merge.Contains(rule)) && (since is null || row.UpdateTime >= since)
            && pid is null or Organisation.AccountId && (code.Length == 0 || row.IntegrationCode == code)
            && (status.Length == 0 || row.Status.Equals(status, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>By sid, or as <c>ic:{code}</c>.</summary>
    internal override Outcome<Segment> Find(CatalogueSnapshot catalogue, string segment) =>
        CodeAddress.Is(segment)
            ? CodeAddress.Find(catalogue.Table(Kind).Rows, segment, Noun, row => row.IntegrationCode)
            : base.Find(catalogue, segment);

    internal override async Task<Outcome<Segment>> CreateAsync(Draft draft, Body body, Caller caller)
    {
        foreach (var required in (string[])["segmentRule", "dataSourceId", "folderId"])
        {
            if (!body.Has(required))
                body.Refuse(required, "is required");
        }
        var (read, ruleFault) = Read(body, new Segment { MergeRuleDataSourceId = MergeRule.DefaultOf(draft.Current)?.Id }, draft.Current, caller);
        var problem = body.Problem ?? ruleFault ?? FindRightFault(read, caller) ?? FindConflict(draft.Current, read)
            ?? (draft.Current.Table(Kind).Count >= limits.Segments ? AudienceProblem.Limit($"There are {limits.Segments} segments already") : null);
        return problem is not null ? problem : await draft.AddAsync(Kind, read);
    }

    internal override Task<Outcome<Segment>> UpdateAsync(Draft draft, Segment row, Body body, Caller caller)
    {
        var hidden = SegmentTraits.Hidden(draft.Current, row, caller);
        if (hidden.Count > 0)
            return Task.FromResult<Outcome<Segment>>(AudienceProblem.Forbidden($"Segment {row.Id} has traits that you may not see") with
            {
                ChildMessages = [.. hidden.Select(sid => $"Trait {sid}")],
            });
        if (SegmentTraits.Mappable(draft.Current, row, caller).Count < row.Traits.Count)
            return Task.FromResult<Outcome<Segment>>(AudienceProblem.Forbidden($"Segment {row.Id} has traits that you may not use in segments"));
        var (read, ruleFault) = Read(body, row, draft.Current, caller);
        var mergeRule = read.MergeRuleDataSourceId == row.MergeRuleDataSourceId ? null : MergeRule.Of(draft.Current, read.MergeRuleDataSourceId);
        foreach (var conflict in ExportControls.ConflictsOfMapped(draft.Current, row.Id, read.Traits.Except(row.Traits), mergeRule))
            body.RefuseRule("segmentRule", conflict);
        var problem = body.Problem ?? ruleFault ?? (read.DataSourceId != row.DataSourceId ? FindRightFault(read, caller) : null) ?? FindConflict(draft.Current, read);
        if (problem is not null)
            return Task.FromResult<Outcome<Segment>>(problem);
        var changed = draft.Change(Kind, read);
        MappingWrites.Follow(draft, row, changed);
        return Task.FromResult<Outcome<Segment>>(changed);
    }

    internal override Task<AudienceProblem?> RemoveAsync(Draft draft, Segment row, Caller caller)
    {
        var lacking = row.Traits.Where(sid => !SegmentTraits.RightsOn(draft.Current, sid, caller).HasFlag(ObjectRights.Delete)).Take(20).ToList();
        var mapped = MappingIndex.Of(draft.Current).OfSegment(row.Id);
        var problem = lacking.Count > 0
            ? AudienceProblem.Forbidden($"Deleting segment {row.Id} needs the right to delete its traits") with
            {
                ChildMessages = [.. lacking.Select(sid => $"Trait {sid}")],
            }
            : mapped.Count > 0
            ? new AudienceProblem(400, "cannot_delete_entity_mapped", $"Segment {row.Id} is mapped to destinations")
            {
                ChildMessages = [.. mapped.Select(one => one.DestinationId).Distinct().Take(100).Select(id => $"Destination {id}")],
            }
            : ModelUse.ConflictOf(draft.Current, "Segment", row.Id);
        if (problem is null)
            draft.Remove(Kind, row);
        return Task.FromResult(problem);
    }

    private static AudienceProblem? FindRightFault(Segment read, Caller caller) =>
        caller.RightsOn(ObjectKind.Segment, read.DataSourceId, read.DataSourceId).HasFlag(ObjectRights.Create) ? null
        : AudienceProblem.Forbidden($"You may not make segments in data source {read.DataSourceId}");

    private AudienceProblem? FindConflict(CatalogueSnapshot catalogue, Segment read) =>
        !string.IsNullOrEmpty(read.IntegrationCode) && catalogue.Find(Kinds.DataSources, read.DataSourceId)?.UniqueSegmentIntegrationCodes == true
            && catalogue.Table(Kind).Rows.FirstOrDefault(
                one => one.Id != read.Id && one.DataSourceId == read.DataSourceId && one.IntegrationCode == read.IntegrationCode) is { } twin
                ? AudienceProblem.Conflict("duplicate_integration_code", $"The integration code [{read.IntegrationCode}] is that of segment {twin.Id}")
                : null;

    private (Segment Read, AudienceProblem? RuleFault) Read(Body body, Segment old, CatalogueSnapshot catalogue, Caller caller)
    {
        var read = old with
        {
            Name = body.RequiredText("name", old.Name),
            Description = body.Text("description", old.Description, 4_000),
            IntegrationCode = body.Text("integrationCode", old.IntegrationCode),
            SegmentRule = body.RequiredText("segmentRule", old.SegmentRule, RuleLimits.TextBytes),
            DataSourceId = body.Number("dataSourceId", old.DataSourceId) ?? 0,
            MergeRuleDataSourceId = body.Number("mergeRuleDataSourceId", old.MergeRuleDataSourceId),
            FolderId = body.Number("folderId", old.FolderId) ?? Folder.Root,
            Status = body.Word("status", old.Status, Statuses) ?? old.Status,
            StartTime = body.Number("startTime", old.StartTime),
        };
        if (catalogue.Find(Kinds.DataSources, read.DataSourceId) is null)
            body.Refuse("dataSourceId", $"names no data source: {read.DataSourceId}");
        if (read.MergeRuleDataSourceId is { } mergeRule && catalogue.Find(Kinds.MergeRules, mergeRule) is null)
            body.Refuse("mergeRuleDataSourceId", $"names no merge rule: {mergeRule}");
        if (read.FolderId != Folder.Root && catalogue.Find(Kinds.SegmentFolders, read.FolderId) is null)
            body.Refuse("folderId", $"names no folder of segments: {read.FolderId}");
        if (read.SegmentRule == old.SegmentRule && old.Id != 0)
            return (read, null);

        if (!SegmentRule.TryParse(read.SegmentRule, sid => SegmentTraits.Known(catalogue, sid, caller), out var rule, out var problems))
        {
            if (SegmentTraits.RightFault(problems) is { } rightFault)
                return (read, rightFault);
            foreach (var problem in problems)
                body.RefuseRule("segmentRule", problem.ToString());
            return (read, null);
        }
        return rule.Traits.Count > limits.TraitsOfSegment
            ? (read, AudienceProblem.Limit($"A segment has at most {limits.TraitsOfSegment} traits"))
            : (read with { Traits = rule.Traits, CodeViewOnly = rule.IsCodeViewOnly }, null);
    }
}
