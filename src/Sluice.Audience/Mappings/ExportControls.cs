using Sluice.Audience.Catalogue;
using Sluice.Audience.Destinations;

namespace Sluice.Audience.Mappings;

/// <summary>Which data may not leave by which destination: a restriction of a source meets the same label of a destination (contract audience.md 5.8).</summary>
internal static class ExportControls
{
    /// <summary>What is in the way of sending a segment with these traits and merge rule to a destination; one line per source and kind.</summary>
    internal static IReadOnlyList<string> Conflicts(CatalogueSnapshot catalogue, IEnumerable<long> traits, long? mergeRuleDataSourceId, Destination destination)
    {
        if (destination.DataExportLabels.Count == 0)
            return [];
        // Not the segment's own source: only where the data comes from counts.
        var sources = traits.Select(sid => catalogue.Find(Kinds.Traits, sid)?.DataSourceId).Append(mergeRuleDataSourceId).OfType<long>().Distinct();
        return
        [
            .. from id in sources
               let source = catalogue.Find(Kinds.DataSources, id)
               where source is not null
               from restriction in source.DataExportRestrictions
               where destination.DataExportLabels.Contains(restriction)
               select $"Data source {id} is restricted by {restriction}, which destination {destination.Id} is labelled with",
        ];
    }

    /// <summary>What is in the way of giving a segment these traits or this merge rule besides, as its destinations are.</summary>
    internal static IReadOnlyList<string> ConflictsOfMapped(CatalogueSnapshot catalogue, long sid, IEnumerable<long> traits, long? mergeRuleDataSourceId) =>
    [
        .. MappingIndex.Of(catalogue).OfSegment(sid).Select(mapping => mapping.DestinationId).Distinct()
            .Select(id => catalogue.Find(Kinds.Destinations, id)).OfType<Destination>()
            .SelectMany(destination => Conflicts(catalogue, traits, mergeRuleDataSourceId, destination)),
    ];
}
