using System.Diagnostics.CodeAnalysis;
using Sluice.Access;
using Sluice.Audience.Catalogue;

namespace Sluice.Audience.Models;

/// <summary>The audience that a model learns from: a trait or a segment.</summary>
/// <param name="Type">As <c>baselineTraitType</c> says it.</param>
/// <param name="DataSourceId">To which it belongs.</param>
/// <param name="Rights">What the caller may do with it.</param>
internal sealed record Baseline(string Type, long DataSourceId, ObjectRights Rights)
{
    internal bool IsUsable => Rights.HasFlag(ObjectRights.Read | ObjectRights.MapToModels);

    internal static bool TryFind(CatalogueSnapshot catalogue, long sid, Caller caller, [NotNullWhen(true)] out Baseline? found)
    {
        found = catalogue.Find(Kinds.Traits, sid) is { } trait
            ? new Baseline(trait.TraitType, trait.DataSourceId, caller.RightsOn(ObjectKind.Trait, sid, trait.DataSourceId))
            : catalogue.Find(Kinds.Segments, sid) is { } segment
                ? new Baseline("SEGMENT", segment.DataSourceId, caller.RightsOn(ObjectKind.Segment, sid, segment.DataSourceId))
            : null;
        return found is not null;
    }

    /// <summary>The data source of a baseline, whoever asks; null once it is gone.</summary>
    internal static long? DataSourceOf(CatalogueSnapshot catalogue, long sid) =>
        catalogue.Find(Kinds.Traits, sid)?.DataSourceId ?? catalogue.Find(Kinds.Segments, sid)?.DataSourceId;
}
