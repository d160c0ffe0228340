using System.Text.Json;
using Sluice.Access;
using Sluice.Audience.Lists;
using Sluice.Audience.Mappings;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Segments;

/// <summary>The members of a segment (contract audience.md 3.4 and 11).</summary>
internal static class SegmentFields
{
    internal static FieldSet<Segment> All { get; } = new(
    [
        Field.Number<Segment>("sid", one => one.Id),
        Field.Number<Segment>("pid", _ => Organisation.AccountId),
        Field.Text<Segment>("name", one => one.Name),
        Field.Text<Segment>("description", one => one.Description),
        Field.Text<Segment>("integrationCode", one => one.IntegrationCode),
        Field.Text<Segment>("segmentRule", one => one.SegmentRule, IsRuleKnown),
        Field.Number<Segment>("dataSourceId", one => one.DataSourceId),
        Field.Number<Segment>("mergeRuleDataSourceId", one => one.MergeRuleDataSourceId),
        Field.Number<Segment>("folderId", one => one.FolderId),
        Field.Text<Segment>("status", one => one.Status),
        Field.Custom<Segment>("traitDataSourceIds", (json, one, view) => Write(json, "traitDataSourceIds", SegmentTraits.DataSources(view.Catalogue, one)),
            view => view.IsSingle || view.Query.Flag("includeTraitDataSourceIds"), FieldType.Wholes),
        Field.Flag<Segment>("isDestinationMappable", one => one.Status == "ACTIVE").ReadOnly(),
        Field.Custom<Segment>("inUse", (json, one, view) => json.WriteBoolean("inUse", MappingIndex.Of(view.Catalogue).IsMapped(one.Id)),
            view => view.IsSingle || view.Query.Flag("includeInUseStatus")),
        Field.Numbers<Segment>("traits", one => one.Traits).ReadOnly(),
        Field.Custom<Segment>("mappableTraits", (json, one, view) => Write(json, "mappableTraits", SegmentTraits.Mappable(view.Catalogue, one, view.Caller)),
            view => view.IsSingle, FieldType.Wholes),
        Field.Custom<Segment>("hiddenTraits", (json, one, view) => Write(json, "hiddenTraits", SegmentTraits.Hidden(view.Catalogue, one, view.Caller)),
            view => view.IsSingle, FieldType.Wholes),
        Field.Flag<Segment>("codeViewOnly", one => one.CodeViewOnly).ReadOnly(),
        Field.Custom<Segment>("expressionTree", WriteTree, view => view.Query.Flag("includeExprTree"), FieldType.Object),
        Field.Custom<Segment>("permissions", WritePermissions, view => view.Query.IncludesPermissions, FieldType.Texts),
        .. MetricWindow.All.Select(window => Field.Metric<Segment>("instantUniques" + window.Name, (one, metrics) => window.Of(metrics.Segment(one.Id).Instant))),
        .. MetricWindow.All.Select(window => Field.Metric<Segment>("totalUniques" + window.Name, (one, metrics) => window.Of(metrics.Segment(one.Id).Total))),
        Field.Number<Segment>("crUID", one => one.CrUid),
        Field.Number<Segment>("upUID", one => one.UpUid),
        Field.Number<Segment>("createTime", one => one.CreateTime),
        Field.Number<Segment>("updateTime", one => one.UpdateTime),
        Field.EffectiveSince<Segment>(),
    ]);

    // The text of a rule names its traits: whoever may not see one of them sees the rule as a tree with that leaf masked.
    private static bool IsRuleKnown(Segment one, RowView view) =>
        view.Caller.IsAdmin || SegmentTraits.Hidden(view.Catalogue, one, view.Caller).Count == 0;

    private static void WriteTree(Utf8JsonWriter json, Segment one, RowView view)
    {
        if (!SegmentRule.TryParse(one.SegmentRule, out var rule, out _))
            return;
        var hidden = SegmentTraits.Hidden(view.Catalogue, one, view.Caller).ToHashSet();
        json.WritePropertyName("expressionTree");
        json.WriteRawValue(rule.WriteExpressionTree(hidden.Contains), skipInputValidation: true);
    }

    private static void WritePermissions(Utf8JsonWriter json, Segment one, RowView view)
    {
        json.WriteStartArray("permissions");
        foreach (var name in RightNames.NamesOf(view.Caller.RightsOn(ObjectKind.Segment, one.Id, one.DataSourceId) & ~ObjectRights.Create))
            json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
