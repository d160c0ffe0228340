using Sluice.Audience.Catalogue;
using Sluice.Audience.Destinations;
using Sluice.Audience.MergeRules;

namespace Sluice.Audience.Mappings;

/// <summary>Which data may not leave by which destination: a restriction of a source or a merge rule meets the same label of a destination (contract audience.md 5.8).</summary>
internal static class ExportControls
{
    /// <summary>What is in the way of sending a segment with these traits and merge rule to a destination; one line per source and kind.</summary>
    internal static IReadOnlyList<string> Conflicts(CatalogueSnapshot catalogue, IEnumerable<long> traits, long? mergeRuleDataSourceId, Destination destination) =>
        destination.DataExportLabels.Count == 0 ? [] : Conflicts(catalogue, traits, MergeRule.Of(catalogue, mergeRuleDataSourceId), destination);

    /// <summary>What is in the way of giving a segment these traits or this merge rule besides, as its destinations are.</summary>
    internal static IReadOnlyList<string> ConflictsOfMapped(CatalogueSnapshot catalogue, long sid, IEnumerable<long> traits, MergeRule? mergeRule) =>
        [.. DestinationsOf(catalogue, sid).SelectMany(destination => Conflicts(catalogue, traits, mergeRule, destination))];

    /// <summary>What would be in the way of mapped segments after their merge rules changed, and is not now.</summary>
    /// <param name="before">As it stands.</param>
    /// <param name="after">With the merge rules changed, and nothing else.</param>
    /// <param name="most">So many lines are enough.</param>
    internal static IReadOnlyList<string> NewConflicts(CatalogueSnapshot before, CatalogueSnapshot after, int most) =>
    [
        .. (from sid in after.Table(Kinds.Mappings).Rows.Select(mapping => mapping.Sid).Distinct()
            let own = after.Find(Kinds.Segments, sid)?.MergeRuleDataSourceId
            let rules = (Before: MergeRule.Of(before, own), After: MergeRule.Of(after, own))
            where !ReferenceEquals(rules.Before, rules.After)
            from line in ConflictsOfMapped(after, sid, [], rules.After).Except(ConflictsOfMapped(before, sid, [], rules.Before))
            select $"Segment {sid}: {line}").Take(most),
    ];

    private static List<string> Conflicts(CatalogueSnapshot catalogue, IEnumerable<long> traits, MergeRule? mergeRule, Destination destination)
    {
        // Not the segment's own source: only where the data comes from counts.
        var sources = traits.Select(sid => catalogue.Find(Kinds.Traits, sid)?.DataSourceId).OfType<long>().Concat(mergeRule?.CrossDeviceDataSourceIds ?? []).Distinct();
        return
        [
            .. from id in sources
               let source = catalogue.Find(Kinds.DataSources, id)
               where source is not null
               from restriction in source.DataExportRestrictions
               where destination.DataExportLabels.Contains(restriction)
               select $"Data source {id} is restricted by {restriction}, which destination {destination.Id} is labelled with",
            .. (mergeRule?.DataExportRestrictions ?? []).Where(destination.DataExportLabels.Contains)
                .Select(restriction => $"The merge rule [{mergeRule!.Name}] is restricted by {restriction}, which destination {destination.Id} is labelled with"),
        ];
    }

    private static IEnumerable<Destination> DestinationsOf(CatalogueSnapshot catalogue, long sid) =>
        MappingIndex.Of(catalogue).OfSegment(sid).Select(mapping => mapping.DestinationId).Distinct()
            .Select(id => catalogue.Find(Kinds.Destinations, id)).OfType<Destination>();
}
