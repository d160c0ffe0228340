using System.Text.Json.Serialization;

namespace Sluice.Access;

/// <summary>How this door's own records look on the wire.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Credentials))]
internal sealed partial class AccessJson : JsonSerializerContext;

/// <summary>How token answers look: OAuth 2.0 names (RFC 6749).</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TokenGranted))]
[JsonSerializable(typeof(TokenRefused))]
[JsonSerializable(typeof(GatewayRefusal))]
internal sealed partial class TokenJson : JsonSerializerContext;
