using Sluice.Storage;

namespace Sluice.Access;

/// <summary>What a client may be: bounds, and which members go together.</summary>
internal static class ClientRules
{
    internal const int MaxClients = 1_000;
    internal const int MaxSecrets = 10;
    internal const int MaxKeys = 10;
    private const int MaxNameCharacters = 255;
    private const int MaxRedirectUris = 20;
    private const int MaxUriCharacters = 2_000;

    /// <summary>Lays a wish over a client; the fault says which member is wrong.</summary>
    internal static (Client Client, string? Fault) Apply(ClientWish wish, Client client, AccessSnapshot snapshot, IReadOnlyList<EnvironmentName> environments)
    {
        var document = client.Document with
        {
            Enabled = wish.Enabled ?? client.Document.Enabled,
            Public = wish.Public ?? client.Document.Public,
            Trusted = wish.Trusted ?? client.Document.Trusted,
            IsAdmin = wish.IsAdmin ?? client.Document.IsAdmin,
            RedirectUris = wish.RedirectUris ?? client.Document.RedirectUris,
            GrantTypes = wish.GrantTypes ?? client.Document.GrantTypes,
            Environments = [.. (wish.Environments ?? client.Document.Environments).Select(Canonical)],
        };
        var wished = client with { Name = wish.Name?.Trim() ?? client.Name, Document = document };
        return (wished, FindFault(wish, wished, snapshot, environments));
    }

    /// <summary>The grants of a new client when its wish names none: those that need nothing more of its kind.</summary>
    internal static IReadOnlyList<string> DefaultGrants(ClientKind kind, bool isPublic) => isPublic
        ? [GrantTypes.AuthorizationCode, GrantTypes.RefreshToken]
        : GrantTypes.PossibleFor(kind);

    /// <summary>Why the address is no place to send a user to, or null.</summary>
    internal static string? FaultOfRedirect(string uri)
    {
        if (uri.Length > MaxUriCharacters || !Uri.TryCreate(uri, UriKind.Absolute, out var read) || uri.Any(one => one is <= ' ' or >= '\x7f'))
            return $"redirectUris: [{(uri.Length > 100 ? uri[..100] : uri)}] is not an absolute address";
        return uri.Contains('#', StringComparison.Ordinal) ? $"redirectUris: [{uri}] has a fragment"
            : read.UserInfo.Length > 0 ? $"redirectUris: [{uri}] has a user name"
            : read.Scheme == "https" || read.Scheme == "http" && read.IsLoopback || read.Scheme.Contains('.', StringComparison.Ordinal) ? null
            : $"redirectUris: [{uri}] must be https, http on this machine, or a scheme of an app such as com.example.app";
    }

    private static string? FindFault(ClientWish wish, Client client, AccessSnapshot snapshot, IReadOnlyList<EnvironmentName> environments)
    {
        var document = client.Document;
        return client.Name.Length is 0 or > MaxNameCharacters ? $"name must have 1 to {MaxNameCharacters} characters"
            : document.GrantTypes.FirstOrDefault(grant => !GrantTypes.PossibleFor(client.Kind).Contains(grant)) is { } grant
                ? $"grantTypes: [{grant}] is not one of {string.Join(", ", GrantTypes.PossibleFor(client.Kind))}"
            : document.Public && document.GrantTypes.Any(one => one is GrantTypes.ClientCredentials or GrantTypes.Password or GrantTypes.Jwt)
                ? "grantTypes: a public client keeps no secret and may use authorization_code and refresh_token only"
            : document.Public && document.IsAdmin ? "isAdmin: a public client cannot be an admin by itself"
            : client.Kind == ClientKind.Legacy && document.IsAdmin ? "isAdmin: a legacy client acts for users only"
            : client.Kind == ClientKind.Legacy && wish.Groups?.Count > 0 ? "groups: a legacy client acts for users only, who have groups of their own"
            : wish.Groups?.Where(group => !snapshot.Groups.ContainsKey(group)).Select(group => $"groups: there is no group {group}").FirstOrDefault() is { } noGroup
                ? noGroup
            : document.RedirectUris.Count > MaxRedirectUris ? $"redirectUris: at most {MaxRedirectUris}"
            : document.RedirectUris.Select(FaultOfRedirect).FirstOrDefault(fault => fault is not null)
            ?? FaultOfEnvironments(document.Environments, environments);
    }

    /// <summary>Why a list of environments cannot be used, or null.</summary>
    internal static string? FaultOfEnvironments(IReadOnlyList<string> wanted, IReadOnlyList<EnvironmentName> environments) =>
        wanted.FirstOrDefault(name => environments.All(one => one.Value != name)) is { } unknown
            ? $"environments: there is no environment [{unknown}]; there are {string.Join(", ", environments)}"
            : null;

    /// <summary><c>prod</c> is <c>production</c>.</summary>
    internal static string Canonical(string environment) => EnvironmentName.TryParse(environment, out var name) ? name.Value : environment;
}
