using Sluice.Access;
using Sluice.Audience.Lists;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Traits;

/// <summary>The members of a trait (contract audience.md 3.3, 8 and 11): full rows always, as clients need them.</summary>
internal static class TraitFields
{
    internal static FieldSet<Trait> All { get; } = new(
    [
        Field.Number<Trait>("sid", one => one.Id),
        Field.Number<Trait>("pid", _ => Organisation.AccountId),
        Field.Text<Trait>("name", one => one.Name),
        Field.Text<Trait>("description", one => one.Description),
        Field.Text<Trait>("comments", one => one.Comments ?? ""),
        Field.Text<Trait>("integrationCode", one => one.IntegrationCode),
        RuleField(),
        Field.Number<Trait>("traitRuleVersion", one => one.TraitRuleVersion).ReadOnly(),
        Field.Text<Trait>("traitType", one => one.TraitType),
        Field.Text<Trait>("status", one => one.Status),
        Field.Number<Trait>("type", one => one.PixelType),
        Field.Number<Trait>("categoryId", one => one.CategoryId),
        Field.Number<Trait>("ttl", one => one.Ttl),
        Field.Number<Trait>("dataSourceId", one => one.DataSourceId),
        Field.Number<Trait>("folderId", one => one.FolderId),
        Field.Text<Trait>("url", SampleCall.Of).ReadOnly(),
        Field.Text<Trait>("backfillStatus", _ => "NONE").ReadOnly(),
        Field.Number<Trait>("crUID", one => one.CrUid),
        Field.Number<Trait>("upUID", one => one.UpUid),
        Field.Number<Trait>("createTime", one => one.CreateTime),
        Field.Number<Trait>("updateTime", one => one.UpdateTime),
        Field.Number<Trait>("algoModelId", one => one.AlgoModelId ?? 0).OnlyOn(IsAlgorithmic),
        Field.Text<Trait>("thresholdType", one => one.ThresholdType).NeverNull().OnlyOn(IsAlgorithmic),
        Field.Decimal<Trait>("thresholdValue", one => one.ThresholdValue ?? 0).OnlyOn(IsAlgorithmic),
        .. MetricWindow.All.Select(window => Field.Metric<Trait>("uniques" + window.Name, (one, metrics) => window.Of(metrics.Trait(one.Id).Uniques))),
        .. MetricWindow.All.Select(window => Field.Metric<Trait>("count" + window.Name, (one, metrics) => window.Of(metrics.Trait(one.Id).Counts))),
        Field.Custom<Trait>("codeViewOnly", WriteRule, view => view.IsSingle && view.Query.Flag("includeExprTree"), FieldType.Flag),
        Field.EffectiveSince<Trait>(),
        Field.Custom<Trait>("permissions", WritePermissions, view => view.Query.IncludesPermissions || view.IsByCode, FieldType.Texts),
    ]);

    private static bool IsAlgorithmic(Trait one) => one.TraitType == Trait.Algorithmic;

    private static Field<Trait> RuleField()
    {
        var rule = Field.Text<Trait>("traitRule", one => one.TraitRule);
        rule.IsShown = view => !view.Query.Flag("excludeRule");
        return rule;
    }

    private static void WriteRule(System.Text.Json.Utf8JsonWriter json, Trait one, RowView view)
    {
        if (one.TraitRule is null || !TraitRule.TryParse(one.TraitRule, out var rule, out _))
            return;
        json.WriteBoolean("codeViewOnly", rule.IsCodeViewOnly);
        json.WritePropertyName("expressionTree");
        json.WriteRawValue(rule.WriteExpressionTree(), skipInputValidation: true); // may nest deeper than the check goes
    }

    private static void WritePermissions(System.Text.Json.Utf8JsonWriter json, Trait one, RowView view)
    {
        json.WriteStartArray("permissions");
        foreach (var name in RightNames.NamesOf(view.Caller.RightsOn(ObjectKind.Trait, one.Id, one.DataSourceId) & ~ObjectRights.Create & ~ObjectRights.CreateAlgoTraits))
            json.WriteStringValue(name);
        json.WriteEndArray();
    }
}
