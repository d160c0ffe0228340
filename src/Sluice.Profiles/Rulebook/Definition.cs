using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Profiles.Rulebook;

/// <summary>One object that decides about profiles, as it stands from a place of the journal on: what a rules record holds (docs/formats/record.md).</summary>
/// <param name="Id">The object's id in the catalogue.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TraitDefinition), "trait")]
[JsonDerivedType(typeof(FolderDefinition), "folder")]
[JsonDerivedType(typeof(SegmentDefinition), "segment")]
[JsonDerivedType(typeof(MergeRuleDefinition), "mergeRule")]
[JsonDerivedType(typeof(SourceDefinition), "source")]
[JsonDerivedType(typeof(RemovedDefinition), "removed")]
public abstract record Definition(long Id)
{
    /// <summary>The word for a definition's kind, as in its JSON.</summary>
    /// <exception cref="ArgumentException">A removal, which is of no kind of its own.</exception>
    public static string KindOf(Definition definition) => definition switch
    {
        TraitDefinition => "trait",
        FolderDefinition => "folder",
        SegmentDefinition => "segment",
        MergeRuleDefinition => "mergeRule",
        SourceDefinition => "source",
        _ => throw new ArgumentException("A removal is of no kind of its own.", nameof(definition)),
    };

    /// <summary>Writes definitions as a JSON array.</summary>
    public static byte[] WriteAll(IReadOnlyList<Definition> definitions) => JsonSerializer.SerializeToUtf8Bytes(definitions, DefinitionJson.Default.IReadOnlyListDefinition);

    /// <summary>Reads a JSON array of definitions.</summary>
    /// <exception cref="JsonException">It is none, or one of a newer version.</exception>
    public static IReadOnlyList<Definition> ReadAll(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, DefinitionJson.Default.ListDefinition) ?? [];
}

/// <summary>A trait.</summary>
/// <param name="Id">Its sid.</param>
/// <param name="Role">How it comes to be realized.</param>
/// <param name="Rule">Its rule, where it has one.</param>
/// <param name="DataSourceId">To whom it belongs.</param>
/// <param name="FolderId">Where it lies; 0 is the root.</param>
/// <param name="TtlDays">Days that a realization counts; 0 for ever (audience contract, section 5.2).</param>
public sealed record TraitDefinition(long Id, TraitRole Role, string? Rule, long DataSourceId, long FolderId, int TtlDays) : Definition(Id);

/// <summary>How a trait comes to be realized.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TraitRole>))]
public enum TraitRole
{
    /// <summary>By events that its rule holds for; each is one realization.</summary>
    RuleBased,

    /// <summary>By name or by its rule; at most one realization is kept.</summary>
    Onboarded,

    /// <summary>By a model; at most one realization is kept.</summary>
    Algorithmic,

    /// <summary>Never: it answers for the traits below its folder.</summary>
    Folder,

    /// <summary>By every event.</summary>
    ActiveAudience,

    /// <summary>By an id of its data source.</summary>
    Synced,
}

/// <summary>A folder of traits.</summary>
/// <param name="Id">The folder.</param>
/// <param name="ParentId">The folder it lies in; 0 is the root.</param>
/// <param name="TraitSid">Its folder trait.</param>
public sealed record FolderDefinition(long Id, long ParentId, long? TraitSid) : Definition(Id);

/// <summary>A segment.</summary>
/// <param name="Id">Its sid.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="MergeRuleId">The merge rule it goes by; null for the default one.</param>
/// <param name="IsActive">False while it is paused: members stay, nobody is admitted (audience contract, section 5.6).</param>
public sealed record SegmentDefinition(long Id, string Rule, long? MergeRuleId, bool IsActive) : Definition(Id);

/// <summary>Which profiles are read as one (audience contract, section 5.5).</summary>
/// <param name="Id">The merge rule's id, in the space of data sources.</param>
/// <param name="CrossDevice">Which customer profiles.</param>
/// <param name="Device">Which device profiles.</param>
/// <param name="SourceIds">Data sources whose customer profiles count; empty for all.</param>
/// <param name="IsDefault">Whether segments without a merge rule go by it.</param>
public sealed record MergeRuleDefinition(long Id, CrossDeviceOption CrossDevice, DeviceOption Device, IReadOnlyList<long> SourceIds, bool IsDefault) : Definition(Id)
{
    /// <inheritdoc/>
    public bool Equals(MergeRuleDefinition? other) =>
        other is not null && Id == other.Id && CrossDevice == other.CrossDevice && Device == other.Device && IsDefault == other.IsDefault && SourceIds.SequenceEqual(other.SourceIds);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();
}

/// <summary>Which customer profiles a merge rule reads.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CrossDeviceOption>))]
public enum CrossDeviceOption
{
    None,

    /// <summary>Those signed in at the device's latest event.</summary>
    CurrentAuthenticated,

    /// <summary>Of each data source the one that signed in last.</summary>
    LastAuthenticated,

    /// <summary>All that are linked to the device.</summary>
    All,
}

/// <summary>Which device profiles a merge rule reads.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeviceOption>))]
public enum DeviceOption
{
    None,

    /// <summary>The event's own device.</summary>
    Current,

    /// <summary>All devices on which the same customer signed in last, at most 100.</summary>
    ProfileLink,
}

/// <summary>A data source, as far as it says what ids are.</summary>
/// <param name="Id">The data source.</param>
/// <param name="Codes">Names of namespaces that mean it: its integration code and its namespace code.</param>
/// <param name="RetentionDays">Days without an event after which a customer's profile goes; 0 for never.</param>
/// <param name="SyncedTraitSid">The trait of everybody with an id of it.</param>
public sealed record SourceDefinition(long Id, IReadOnlyList<string> Codes, int RetentionDays, long? SyncedTraitSid) : Definition(Id)
{
    /// <inheritdoc/>
    public bool Equals(SourceDefinition? other) =>
        other is not null && Id == other.Id && RetentionDays == other.RetentionDays && SyncedTraitSid == other.SyncedTraitSid && Codes.SequenceEqual(other.Codes);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();
}

/// <summary>An object that is no more.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Of">Which kind it was: <c>trait</c>, <c>folder</c>, <c>segment</c>, <c>mergeRule</c> or <c>source</c>.</param>
public sealed record RemovedDefinition(long Id, string Of) : Definition(Id);

/// <summary>How definitions are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Definition))]
[JsonSerializable(typeof(IReadOnlyList<Definition>))]
[JsonSerializable(typeof(List<Definition>))]
[JsonSerializable(typeof(TraitLife))]
internal sealed partial class DefinitionJson : JsonSerializerContext;
