using System.Text.Json.Serialization;

namespace Sluice.Audience.Deliveries.Queue;

/// <summary>How those in a dead letter look in the database.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<LetterUser>))]
internal sealed partial class LetterJson : JsonSerializerContext;
