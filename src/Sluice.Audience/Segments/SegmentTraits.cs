using Sluice.Access;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Traits;
using Sluice.Profiles.Rules;

namespace Sluice.Audience.Segments;

/// <summary>What a caller may do with the traits of a segment's rule (contract audience.md 3.4, 4.2 and 6).</summary>
internal static class SegmentTraits
{
    internal static ObjectRights RightsOn(CatalogueSnapshot catalogue, long sid, Caller caller) =>
        catalogue.Find(Kinds.Traits, sid) is { } trait ? caller.RightsOn(ObjectKind.Trait, sid, trait.DataSourceId) : ObjectRights.None;

    internal static IReadOnlyList<long> Hidden(CatalogueSnapshot catalogue, Segment segment, Caller caller) =>
        [.. segment.Traits.Where(sid => !RightsOn(catalogue, sid, caller).HasFlag(ObjectRights.Read))];

    internal static IReadOnlyList<long> Mappable(CatalogueSnapshot catalogue, Segment segment, Caller caller) =>
        [.. segment.Traits.Where(sid => RightsOn(catalogue, sid, caller).HasFlag(ObjectRights.Read | ObjectRights.MapToSegments))];

    internal static IReadOnlyList<long> DataSources(CatalogueSnapshot catalogue, Segment segment) =>
        [.. segment.Traits.Select(sid => catalogue.Find(Kinds.Traits, sid)?.DataSourceId).OfType<long>().Distinct()];

    /// <summary>What the rule checks must know of an id.</summary>
    internal static KnownTrait Known(CatalogueSnapshot catalogue, long sid, Caller caller)
    {
        if (catalogue.Find(Kinds.Traits, sid) is not { } trait)
            return new KnownTrait(catalogue.Find(Kinds.Segments, sid) is null ? TraitKind.Unknown : TraitKind.Segment);
        var rights = RightsOn(catalogue, sid, caller);
        var kind = trait.TraitType switch
        {
            Trait.RuleBased => TraitKind.RuleBased,
            Trait.Onboarded or Trait.Synced or Trait.ActiveAudience => TraitKind.Onboarded,
            Trait.Algorithmic => TraitKind.Algorithmic,
            _ => TraitKind.Folder,
        };
        return new KnownTrait(kind, rights.HasFlag(ObjectRights.Read), rights.HasFlag(ObjectRights.MapToSegments));
    }

    /// <summary>403 when nothing is wrong with a rule but the caller's rights.</summary>
    internal static AudienceProblem? RightFault(IReadOnlyList<RuleProblem> problems) =>
        problems.All(problem => problem.Kind is RuleProblemKind.HiddenTrait or RuleProblemKind.UnmappableTrait)
            ? AudienceProblem.Forbidden("The rule names traits that you may not use") with { ChildMessages = [.. problems.Select(problem => problem.ToString())] }
            : null;
}
