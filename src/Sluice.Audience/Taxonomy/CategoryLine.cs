using System.Text.Json.Serialization;

namespace Sluice.Audience.Taxonomy;

/// <summary>A category as the embedded list has it; those of the second tier have no description of their own.</summary>
internal sealed record CategoryLine(long Id, string Name, string? Description, IReadOnlyList<CategoryLine>? Categories);

/// <summary>How the embedded list is read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CategoryLine[]))]
internal sealed partial class TaxonomyJson : JsonSerializerContext;
