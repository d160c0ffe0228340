using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Client.Administration;

/// <summary>A page of the schema registry.</summary>
internal sealed record SchemaPage(IReadOnlyList<SchemaSummary> Results, [property: JsonPropertyName("_page")] SchemaPageMark? Page);

/// <summary>Where the next page begins; null after the last.</summary>
internal sealed record SchemaPageMark(string? Next);

/// <summary>All inlets.</summary>
internal sealed record InletPage(IReadOnlyList<Inlet> Items);

/// <summary>A page of failed groups.</summary>
internal sealed record GroupPage(IReadOnlyList<FailedGroup> Groups);

/// <summary>A page of failed messages.</summary>
internal sealed record FailedMessagePage(IReadOnlyList<FailedMessage> Messages);

/// <summary>What a fix is asked for with.</summary>
internal sealed record FixWish(JsonElement Patch, bool DryRun);

/// <summary>How the management paths' bodies look as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SchemaPage))]
[JsonSerializable(typeof(InletPage))]
[JsonSerializable(typeof(Inlet))]
[JsonSerializable(typeof(InletWish))]
[JsonSerializable(typeof(GroupPage))]
[JsonSerializable(typeof(FailedMessagePage))]
[JsonSerializable(typeof(FixWish))]
[JsonSerializable(typeof(Fix))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class AdministrationJson : JsonSerializerContext;
