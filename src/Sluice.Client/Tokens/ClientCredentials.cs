namespace Sluice.Client;

/// <summary>Who a program is to the server, and where it gets its tokens.</summary>
public sealed class ClientCredentials
{
    /// <summary>The client's id.</summary>
    public required string ClientId { get; init; }

    /// <summary>Its secret. It goes to <see cref="TokenAddress"/> and nowhere else.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>The organisation, sent as <c>x-gw-ims-org-id</c>; null to leave it to the server.</summary>
    public string? OrganisationId { get; init; }

    /// <summary>Where tokens are asked for, such as <c>https://sluice.example/ims/token/v3</c>.</summary>
    public required Uri TokenAddress { get; init; }

    /// <summary>A file that keeps the token between runs, encrypted under the secret; null for none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Says who, not with what secret.</summary>
    public override string ToString() => ClientId;
}
