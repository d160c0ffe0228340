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

/// <summary>How documents look in the database: members that are not known any more are passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ClientDocument))]
[JsonSerializable(typeof(UserDocument))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<PermissionRow>))]
internal sealed partial class StoredJson : JsonSerializerContext;
