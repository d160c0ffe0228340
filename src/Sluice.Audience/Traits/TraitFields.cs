using Sluice.Access;
using Sluice.Audience.Lists;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Traits;

/// <summary>The members of a trait (contract audience.md 3.3, 8 and 11): full rows always, as clients need them.</summary>
internal static class TraitFields
{
    private static readonly string[] Days = ["1Day", "7Day", "14Day", "30Day", "60Day", "90Day", "Lifetime"];

    internal static FieldSet<Trait> All { get; } = new(
    [
        Field.Number<Trait>("sid", one => one.Id),
        Field.Number<Trait>("pid", _ => Organisation.AccountId),
        Field.Text<Trait>("name", one => one.Name),
        Field.Text<Trait>("description", one => one.Description),
        Field.Text<Trait>("comments", one => one.Comments ?? ""),
        Field.Text<Trait>("integrationCode", one => one.IntegrationCode),
        Field.Text<Trait>("traitRule", one => one.TraitRule),
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
        OfModel("algoModelId", FieldType.Whole, (json, one) => json.WriteNumber("algoModelId", one.AlgoModelId ?? 0)),
        OfModel("thresholdType", FieldType.Text, (json, one) => json.WriteString("thresholdType", one.ThresholdType)),
        OfModel("thresholdValue", FieldType.Decimal, (json, one) => json.WriteNumber("thresholdValue", one.ThresholdValue ?? 0)),
        .. Days.Select(day => Field.Custom<Trait>("uniques" + day, (json, _, _) => json.WriteNumber("uniques" + day, 0), view => view.Query.Flag("includeMetrics"), FieldType.Whole)),
        .. Days.Select(day => Field.Custom<Trait>("count" + day, (json, _, _) => json.WriteNumber("count" + day, 0), view => view.Query.Flag("includeMetrics"), FieldType.Whole)),
        Field.Custom<Trait>("codeViewOnly", WriteRule, view => view.IsSingle && view.Query.Flag("includeExprTree"), FieldType.Flag),
        Field.Custom<Trait>("permissions", WritePermissions, view => view.Query.IncludesPermissions, FieldType.Texts),
    ]);

    // Only algorithmic traits have these.
    private static Field<Trait> OfModel(string name, FieldType type, Action<System.Text.Json.Utf8JsonWriter, Trait> write) =>
        Field.Custom<Trait>(name, (json, one, _) =>
        {
            if (one.TraitType == Trait.Algorithmic)
                write(json, one);
        }, type: type).Given();

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
