using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Which token endpoints serve a client: one kind never gets a token from the other's.</summary>
internal enum ClientKind
{
    /// <summary>The <c>/ims</c> paths; tokens are JWTs.</summary>
    Api,

    /// <summary>The <c>/oauth</c> paths; tokens are uuids.</summary>
    Legacy,
}

/// <summary>The ways to a token, by their names in <c>grant_type</c>; <c>implicit</c> is <c>response_type=token</c>.</summary>
internal static class GrantTypes
{
    internal const string ClientCredentials = "client_credentials";
    internal const string Jwt = "jwt";
    internal const string Password = "password";
    internal const string RefreshToken = "refresh_token";
    internal const string AuthorizationCode = "authorization_code";
    internal const string Implicit = "implicit";

    internal static IReadOnlyList<string> PossibleFor(ClientKind kind) => kind == ClientKind.Api
        ? [ClientCredentials, Jwt, AuthorizationCode, RefreshToken]
        : [Password, RefreshToken, AuthorizationCode, Implicit];
}

/// <summary>What of a client is kept as one JSON text.</summary>
internal sealed record ClientDocument
{
    public bool Enabled { get; init; } = true;

    /// <summary>Whether it keeps no secret, as a program in a browser or on a telephone; it must then prove its codes (RFC 7636).</summary>
    public bool Public { get; init; }

    /// <summary>Whether its technical account is an admin.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>Whether users are not asked for consent: a program of the operator's own.</summary>
    public bool Trusted { get; init; }

    /// <summary>Tokens issued to it earlier than this are no longer valid, ms since 1970.</summary>
    public long TokensSinceMs { get; init; }

    public IReadOnlyList<string> GrantTypes { get; init; } = [];
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>The environments it is limited to; empty: all.</summary>
    public IReadOnlyList<string> Environments { get; init; } = [];
}

/// <summary>One of the secrets of a client. Salted SHA-256: secrets are long and random, so a slow hash adds nothing.</summary>
internal sealed record ClientSecret(string SecretId, string Salt, string Hash, long CreatedMs, long? ExpiresMs);

/// <summary>A public key with which a client signs the JWTs it exchanges.</summary>
internal sealed record ClientKey(string KeyId, string PublicKeyPem, long CreatedMs, long? ExpiresMs);

/// <summary>A program that may ask for tokens.</summary>
internal sealed record Client(
    string ClientId, ClientKind Kind, string Name, string TechnicalAccount, ClientDocument Document,
    IReadOnlyList<ClientSecret> Secrets, IReadOnlyList<ClientKey> Keys, long CreatedMs, long UpdatedMs)
{
    internal bool MayUse(EnvironmentName environment) => Document.Environments.Count == 0 || Document.Environments.Contains(environment.Value);

    internal bool Allows(string grantType) => Document.GrantTypes.Contains(grantType);
}
