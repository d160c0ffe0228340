using System.Runtime.CompilerServices;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Mappings;

/// <summary>The mappings of one version by segment and by destination; made when first asked for, and kept as long as the version is.</summary>
internal sealed class MappingIndex
{
    private static readonly ConditionalWeakTable<EntityTable<Mapping>, MappingIndex> Known = [];

    private readonly ILookup<long, Mapping> _bySegment;
    private readonly ILookup<long, Mapping> _byDestination;

    private MappingIndex(EntityTable<Mapping> mappings)
    {
        _bySegment = mappings.Rows.ToLookup(one => one.Sid);
        _byDestination = mappings.Rows.ToLookup(one => one.DestinationId);
    }

    internal static MappingIndex Of(CatalogueSnapshot catalogue) => Known.GetValue(catalogue.Table(Kinds.Mappings), mappings => new MappingIndex(mappings));

    internal IReadOnlyList<Mapping> OfSegment(long sid) => [.. _bySegment[sid]];

    internal IReadOnlyList<Mapping> OfDestination(long destinationId) => [.. _byDestination[destinationId]];

    internal bool IsMapped(long sid) => _bySegment.Contains(sid);
}
