using System.Text.Json.Serialization;
using Sluice.Audience.DataSources;
using Sluice.Audience.DerivedSignals;
using Sluice.Audience.Destinations;
using Sluice.Audience.Folders;
using Sluice.Audience.Mappings;
using Sluice.Audience.MergeRules;
using Sluice.Audience.Models;
using Sluice.Audience.PartnerSites;
using Sluice.Audience.Segments;
using Sluice.Audience.Traits;
using Sluice.Audience.TraitTypes;

namespace Sluice.Audience.Catalogue;

/// <summary>Every kind of object there is.</summary>
internal static class Kinds
{
    // Data sources, merge rules, traits, segments and destinations count together: an id in a permission row then means one of them only.
    private const string Sids = "sid";

    internal static EntityKind<DataSource> DataSources { get; } = new("dataSource", Sids, DocumentJson.Default.DataSource);

    internal static EntityKind<Folder> TraitFolders { get; } = new("traitFolder", "folder", DocumentJson.Default.Folder);

    internal static EntityKind<Folder> SegmentFolders { get; } = new("segmentFolder", "folder", DocumentJson.Default.Folder);

    internal static EntityKind<Trait> Traits { get; } = new("trait", Sids, DocumentJson.Default.Trait);

    internal static EntityKind<Segment> Segments { get; } = new("segment", Sids, DocumentJson.Default.Segment);

    internal static EntityKind<MergeRule> MergeRules { get; } = new("mergeRule", Sids, DocumentJson.Default.MergeRule);

    internal static EntityKind<Destination> Destinations { get; } = new("destination", Sids, DocumentJson.Default.Destination);

    internal static EntityKind<Mapping> Mappings { get; } = new("mapping", "mapping", DocumentJson.Default.Mapping);

    internal static EntityKind<DerivedSignal> DerivedSignals { get; } = new("derivedSignal", "derivedSignal", DocumentJson.Default.DerivedSignal);

    internal static EntityKind<PartnerSite> PartnerSites { get; } = new("partnerSite", "partnerSite", DocumentJson.Default.PartnerSite);

    internal static EntityKind<TraitType> TraitTypes { get; } = new("traitType", "traitType", DocumentJson.Default.TraitType, TraitType.FirstOwnId);

    internal static EntityKind<Model> Models { get; } = new("model", "model", DocumentJson.Default.Model);

    /// <summary>In the order in which they are read.</summary>
    internal static IReadOnlyList<EntityKind> All { get; } =
        [DataSources, TraitFolders, SegmentFolders, MergeRules, Traits, Segments, DerivedSignals, PartnerSites, TraitTypes, Models, Destinations, Mappings];
}

/// <summary>How objects look in the database; members that are not known any more are passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(DataSource))]
[JsonSerializable(typeof(Folder))]
[JsonSerializable(typeof(MergeRule))]
[JsonSerializable(typeof(Trait))]
[JsonSerializable(typeof(Segment))]
[JsonSerializable(typeof(Destination))]
[JsonSerializable(typeof(Mapping))]
[JsonSerializable(typeof(DerivedSignal))]
[JsonSerializable(typeof(PartnerSite))]
[JsonSerializable(typeof(TraitType))]
[JsonSerializable(typeof(Model))]
internal sealed partial class DocumentJson : JsonSerializerContext;
