using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The open door: knows the organisation, signs tokens, recognises callers. One per installation.</summary>
public sealed class AccessRuntime : IDisposable
{
    private readonly Installation _installation;
    private readonly TokenSigner _signer;
    private readonly AccessOptions _options;

    private AccessRuntime(Installation installation, Organisation organisation, TokenSigner signer, AccessOptions options)
    {
        _installation = installation;
        Organisation = organisation;
        _signer = signer;
        _options = options;
    }

    /// <summary>Whose installation this is.</summary>
    public Organisation Organisation { get; }

    /// <summary>The path of <c>credentials.json</c> when this start wrote it, else null.</summary>
    public string? NewCredentialsPath { get; private init; }

    /// <summary>Migrates the installation's store, makes the first credentials when there are none, and loads the signing key.</summary>
    /// <exception cref="InvalidOperationException">A setting or the bootstrap file is refused; the message says which and why.</exception>
    public static async Task<AccessRuntime> OpenAsync(
        Installation installation, AccessOptions options, string? bootstrapFile, TimeProvider clock, CancellationToken cancellation)
    {
        if (options.Fault is { } fault)
            throw new InvalidOperationException(fault);

        await installation.Sql.MigrateAsync([new MigrationSet("access", typeof(AccessRuntime).Assembly)], clock, cancellation);
        var written = await FirstStart.RunAsync(installation, bootstrapFile, clock, cancellation);
        var organisation = (await OrganisationStore.FindAsync(installation.Sql, cancellation))!;
        var signer = await TokenSigner.OpenAsync(installation.Sql, clock, cancellation);
        return new AccessRuntime(installation, organisation, signer, options) { NewCredentialsPath = written };
    }

    /// <summary>Tells who presents a token, or null when it is not valid (any more).</summary>
    public Task<Caller?> FindCallerAsync(string token) => _signer.ReadAsync(token);

    /// <summary>Reads the token a request carries, with or without the word <c>Bearer</c>; null when there is none.</summary>
    public static string? FindToken(HttpRequest request) => BearerToken.Find(request);

    internal bool IsImsHost(string host) => _options.ImsHosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    internal Task<bool> IsClientAsync(string clientId, CancellationToken cancellation) =>
        ClientStore.ExistsAsync(_installation.Sql, clientId, cancellation);

    internal Task<bool> AcceptsAsync(string clientId, string clientSecret, CancellationToken cancellation) =>
        ClientStore.AcceptsAsync(_installation.Sql, ClientKind.Api, clientId, clientSecret, cancellation);

    internal TokenGranted Grant(string clientId, string scope) => new(
        _signer.Sign(clientId, Organisation.OrgId, scope, _options.TokenLifetime), "bearer", (long)_options.TokenLifetime.TotalSeconds);

    /// <summary>Forgets the signing key.</summary>
    public void Dispose() => _signer.Dispose();
}
