using System.Text.Json;
using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Families;
using Sluice.Audience.Lists;

namespace Sluice.Audience.Models;

/// <summary>The members of a model (contract audience.md 3.11).</summary>
internal static class ModelFields
{
    private const long DaySeconds = 86_400;

    internal static FieldSet<Model> All { get; } = new(
        Field.Number<Model>("algoModelId", one => one.Id),
        Field.Number<Model>("pid", _ => Organisation.AccountId),
        Field.Text<Model>("name", one => one.Name).NeverNull(),
        Field.Text<Model>("description", one => one.Description),
        Field.Text<Model>("status", one => one.Status).NeverNull(),
        Field.Number<Model>("sid", one => one.Sid),
        Field.Text<Model>("baselineTraitType", one => one.BaselineTraitType).NeverNull().ReadOnly(),
        Field.Number<Model>("algoTypeId", one => one.AlgoTypeId),
        Field.Number<Model>("lookBackPeriod", one => one.LookBackPeriod),
        Field.Numbers<Model>("dataSources", one => one.DataSources),
        Field.Custom<Model>("excludedTraits", WriteExcluded, type: FieldType.Wholes).Given(),
        Field.Number<Model>("intervalSeconds", one => one.LatestRun?.Outcome == RunOutcome.Failed ? DaySeconds : 7 * DaySeconds).ReadOnly(),
        Field.Number<Model>("processingStatus", _ => 0L).ReadOnly(),
        Field.Number<Model>("algoModelVersion", _ => 0L).ReadOnly(),
        Field.Number<Model>("latestRunTS", one => one.LatestRun?.TimestampMs).ReadOnly(),
        Field.Number<Model>("lastRunTimestamp", one => one.LatestRun?.TimestampMs).ReadOnly(),
        Field.Number<Model>("lastSuccessfulRunTimestamp", one => one.SuccessfulRuns.Count == 0 ? null : one.SuccessfulRuns[0] * 1_000).ReadOnly(),
        Field.Number<Model>("lastRunStatus", one => (long?)one.LatestRun?.Outcome).ReadOnly(),
        Field.Number<Model>("crUID", one => one.CrUid),
        Field.Number<Model>("upUID", one => one.UpUid),
        Field.Number<Model>("createTime", one => one.CreateTime),
        Field.Number<Model>("updateTime", one => one.UpdateTime),
        PermissionField.Of<Model>(ModelRights.On));

    // Whoever may not see a trait does not learn from a model that there is one (contract audience.md section 6).
    private static void WriteExcluded(Utf8JsonWriter json, Model one, RowView view)
    {
        json.WriteStartArray("excludedTraits");
        foreach (var sid in one.ExcludedTraits)
        {
            if (view.Catalogue.Find(Kinds.Traits, sid) is { } trait
                && view.Caller.RightsOn(ObjectKind.Trait, sid, trait.DataSourceId).HasFlag(ObjectRights.Read))
                json.WriteNumberValue(sid);
        }
        json.WriteEndArray();
    }
}
