using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Traits;

/// <summary>Where traits are used.</summary>
internal static class TraitUse
{
    /// <summary>The segments whose rule names the trait.</summary>
    internal static IReadOnlyList<long> SegmentsOf(CatalogueSnapshot catalogue, long sid) =>
        [.. catalogue.Table(Kinds.Segments).Rows.Where(segment => segment.Traits.Contains(sid)).Select(segment => segment.Id)];

    internal static IReadOnlyList<string> Lines(IReadOnlyList<long> segments) => [.. segments.Take(100).Select(sid => $"Segment {sid}")];
}
