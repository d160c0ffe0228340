using System.Text.Json.Serialization;

namespace Sluice.Access;

/// <summary>A client as the administration API shows it. Times are ms since 1970; a secret is shown once, when it is made.</summary>
internal sealed record ClientView(
    string ClientId, string Name, string Kind, bool Enabled, bool Public, bool Trusted, bool IsAdmin, string? TechnicalAccount, long? UserId,
    IReadOnlyList<string> GrantTypes, IReadOnlyList<string> RedirectUris, IReadOnlyList<string> Environments, IReadOnlyList<long> Groups,
    IReadOnlyList<ClientSecretView> Secrets, IReadOnlyList<ClientKeyView> Keys, long CreatedAt, long UpdatedAt)
{
    internal static ClientView Of(Client client, AccessSnapshot snapshot)
    {
        var account = snapshot.FindTechnicalAccount(client.ClientId);
        return new(
            client.ClientId, client.Name, client.Kind == ClientKind.Api ? "api" : "legacy", client.Document.Enabled, client.Document.Public,
            client.Document.Trusted, account?.IsAdmin ?? client.Document.IsAdmin, client.TechnicalAccount.Length == 0 ? null : client.TechnicalAccount,
            account?.UserId, client.Document.GrantTypes, client.Document.RedirectUris, client.Document.Environments,
            account is null ? [] : snapshot.GroupsOf(account.UserId),
            [.. client.Secrets.Select(secret => new ClientSecretView(secret.SecretId, secret.CreatedMs, secret.ExpiresMs, null))],
            [.. client.Keys.Select(key => new ClientKeyView(key.KeyId, key.CreatedMs, key.ExpiresMs))], client.CreatedMs, client.UpdatedMs);
    }
}

/// <summary>A secret of a client; <paramref name="ClientSecret"/> is set in the answer that made it, and never again.</summary>
internal sealed record ClientSecretView(string SecretId, long CreatedAt, long? ExpiresAt, string? ClientSecret);

/// <summary>A public key of a client.</summary>
internal sealed record ClientKeyView(string KeyId, long CreatedAt, long? ExpiresAt);

/// <summary>A client that was made, with its first secret (none for a public one).</summary>
internal sealed record ClientMade(ClientView Client, string? ClientSecret);

/// <summary>What to make of a client, or to change; a member left out keeps its value, or gets the default of a new client.</summary>
internal sealed record ClientWish
{
    public string? Name { get; init; }

    /// <summary><c>api</c> (default) or <c>legacy</c>; never changes.</summary>
    public string? Kind { get; init; }

    public bool? Enabled { get; init; }
    public bool? Public { get; init; }
    public bool? Trusted { get; init; }
    public bool? IsAdmin { get; init; }
    public IReadOnlyList<string>? GrantTypes { get; init; }
    public IReadOnlyList<string>? RedirectUris { get; init; }
    public IReadOnlyList<string>? Environments { get; init; }

    /// <summary>Groups of its technical account: API clients only.</summary>
    public IReadOnlyList<long>? Groups { get; init; }
}

/// <summary>A secret to make; <c>expiresIn</c> counts seconds.</summary>
internal sealed record SecretWish
{
    public long? ExpiresIn { get; init; }
}

/// <summary>A public key or certificate to register, as PEM; <c>expiresIn</c> counts seconds.</summary>
internal sealed record KeyWish
{
    public string? PublicKey { get; init; }
    public long? ExpiresIn { get; init; }
}

/// <summary>How clients look to the administration API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Page<ClientView>))]
[JsonSerializable(typeof(ClientMade))]
[JsonSerializable(typeof(ClientWish))]
[JsonSerializable(typeof(SecretWish))]
[JsonSerializable(typeof(KeyWish))]
internal sealed partial class ClientJson : JsonSerializerContext;
