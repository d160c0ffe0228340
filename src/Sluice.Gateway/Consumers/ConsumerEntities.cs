using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Gateway.Consumers;

/// <summary>A name and a value that owners of an entity hang on it.</summary>
internal sealed record EntityAttribute(string Name, string Value);

/// <summary>Who builds apps (contract gateway.md 3.7).</summary>
internal sealed record Developer
{
    internal const string Active = "active";
    internal const string Inactive = "inactive";

    public required string DeveloperId { get; init; }
    public required string Email { get; init; }
    public string FirstName { get; init; } = "";
    public string LastName { get; init; } = "";
    public string UserName { get; init; } = "";
    public string Status { get; init; } = Active;
    public EntityAttribute[] Attributes { get; init; } = [];
    public long CreatedAt { get; init; }
    public string CreatedBy { get; init; } = "";
    public long LastModifiedAt { get; init; }
    public string LastModifiedBy { get; init; } = "";
}

/// <summary>What apps, credentials and the products of credentials are: usable, waiting for somebody's word, or taken back.</summary>
internal static class Approval
{
    internal const string Approved = "approved";
    internal const string Pending = "pending";
    internal const string Revoked = "revoked";

    /// <summary>The status that <c>?action=</c> asks for; null for an action that is none.</summary>
    internal static string? OfAction(string? action) => action switch { "approve" => Approved, "revoke" => Revoked, _ => null };
}

/// <summary>An app of a developer; its credentials are what calls carry.</summary>
internal sealed record DeveloperApp
{
    public required string AppId { get; init; }
    public required string DeveloperId { get; init; }
    public required string Name { get; init; }
    public string Status { get; init; } = Approval.Approved;
    public string CallbackUrl { get; init; } = "";
    public string AccessType { get; init; } = "";
    public string[] Scopes { get; init; } = [];
    public EntityAttribute[] Attributes { get; init; } = [];
    public long CreatedAt { get; init; }
    public string CreatedBy { get; init; } = "";
    public long LastModifiedAt { get; init; }
    public string LastModifiedBy { get; init; } = "";

    /// <summary>In rows of their own, in this order.</summary>
    [JsonIgnore]
    public Credential[] Credentials { get; init; } = [];

    internal Credential? Find(string key) => Array.Find(Credentials, one => one.ConsumerKey == key);

    /// <summary>The app with one credential in the place of that with the same key, or added.</summary>
    internal DeveloperApp With(Credential credential) => this with
    {
        Credentials = Find(credential.ConsumerKey) is null
            ? [.. Credentials, credential]
            : [.. Credentials.Select(one => one.ConsumerKey == credential.ConsumerKey ? credential : one)],
    };
}

/// <summary>A key and its secret, with what they are good for.</summary>
internal sealed record Credential
{
    internal const long Never = -1;

    public required string ConsumerKey { get; init; }

    /// <summary>On disk in a sealed column of its own.</summary>
    [JsonIgnore]
    public string ConsumerSecret { get; init; } = "";
    public string Status { get; init; } = Approval.Approved;
    public long IssuedAt { get; init; }

    /// <summary>Epoch milliseconds, or <see cref="Never"/>.</summary>
    public long ExpiresAt { get; init; } = Never;
    public CredentialProduct[] ApiProducts { get; init; } = [];
    public string[] Scopes { get; init; } = [];
    public EntityAttribute[] Attributes { get; init; } = [];

    internal bool IsExpired(long nowMs) => ExpiresAt != Never && ExpiresAt <= nowMs;
}

/// <summary>A product that a credential is for, and whether it may be used yet.</summary>
internal sealed record CredentialProduct(string Apiproduct, string Status);

/// <summary>What is offered to developers: proxies, environments and resources, with a quota (contract gateway.md 3.7).</summary>
internal sealed record ApiProduct
{
    internal const string Automatic = "auto";
    internal const string Manual = "manual";

    public required string Name { get; init; }
    public string DisplayName { get; init; } = "";
    public string Description { get; init; } = "";
    public string ApprovalType { get; init; } = Automatic;
    public string[] Proxies { get; init; } = [];
    public string[] Environments { get; init; } = [];
    public string[] ApiResources { get; init; } = [];

    /// <summary>Operations by proxy, as newer clients write products; absent in older ones.</summary>
    public JsonElement? OperationGroup { get; init; }
    public string? Quota { get; init; }
    public string? QuotaInterval { get; init; }
    public string? QuotaTimeUnit { get; init; }
    public string[] Scopes { get; init; } = [];
    public EntityAttribute[] Attributes { get; init; } = [];
    public long CreatedAt { get; init; }
    public string CreatedBy { get; init; } = "";
    public long LastModifiedAt { get; init; }
    public string LastModifiedBy { get; init; } = "";
}

/// <summary>How these entities are written, on disk and to clients alike.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Developer))]
[JsonSerializable(typeof(DeveloperApp))]
[JsonSerializable(typeof(Credential))]
[JsonSerializable(typeof(ApiProduct))]
[JsonSerializable(typeof(EntityAttribute[]))]
internal sealed partial class ConsumerJson : JsonSerializerContext;
