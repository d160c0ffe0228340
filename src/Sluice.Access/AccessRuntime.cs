using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The open door: knows the organisation and everybody in it, grants tokens, recognises callers. One per installation.</summary>
public sealed class AccessRuntime : IAsyncDisposable
{
    private AccessRuntime(Installation installation, Organisation organisation, AccessOptions options, SnapshotSource snapshots, TimeProvider clock)
    {
        (Sql, Organisation, Options, Snapshots, Clock) = (installation.Sql, organisation, options, snapshots, clock);
        Environments = new EnvironmentChoice(installation.Environments.Select(one => one.Name), options);
        EnvironmentNames = [.. installation.Environments.Select(one => one.Name)];
        Cache = new TokenCache(options.CachedTokens);
        Audit = new AuditLog(Sql, clock);
        Bounds = new RequestBounds(options, clock);
        Metrics = new AccessMetrics(Cache, scope: this);
        Passwords = new PasswordCheck(Sql, snapshots, Audit, options, clock);
        var signer = new TokenSigner(organisation, snapshots, clock);
        Tokens = new TokenReader(Sql, organisation, signer, snapshots, Cache, clock);
        Issuer = new TokenIssuer(Sql, signer, options, clock);
        Codes = new AuthorizationCodes(Sql, snapshots, Issuer, Audit, options, clock);
        RefreshTokens = new RefreshTokens(Sql, snapshots, Audit, clock);
        TokenRequests = new TokenRequests(Audit, snapshots, Bounds, Metrics, clock);
        Basic = new BasicCredentials(Passwords, Cache, Tokens, Bounds, Audit, Metrics, clock);
        Changes = new AccessWriter(Sql, snapshots, Audit, clock);
        Sessions = new WebSessions(Sql, snapshots, options, clock);
        PasswordChange = new PasswordChange(Passwords, Changes, snapshots, options);
        Accounts = new Accounts(this);
        Groups = new AccountGroups(this);
    }

    /// <summary>Whose installation this is.</summary>
    public Organisation Organisation { get; }

    /// <summary>The path of <c>credentials.json</c> when this start wrote it, else null.</summary>
    public string? NewCredentialsPath { get; private init; }

    /// <summary>Its users.</summary>
    public Accounts Accounts { get; }

    /// <summary>Its groups, which rights attach to.</summary>
    public AccountGroups Groups { get; }

    /// <summary>The environment that a request without a token is about, by its header or its host; null when it names one that does not exist.</summary>
    public EnvironmentName? FindEnvironment(HttpRequest request) => Environments.Find(request).Found;

    internal SqlStore Sql { get; }

    internal AccessOptions Options { get; }

    internal SnapshotSource Snapshots { get; }

    internal TimeProvider Clock { get; }

    internal EnvironmentChoice Environments { get; }

    internal IReadOnlyList<EnvironmentName> EnvironmentNames { get; }

    internal TokenCache Cache { get; }

    internal AuditLog Audit { get; }

    internal RequestBounds Bounds { get; }

    internal AccessMetrics Metrics { get; }

    internal PasswordCheck Passwords { get; }

    internal TokenReader Tokens { get; }

    internal TokenIssuer Issuer { get; }

    internal AuthorizationCodes Codes { get; }

    internal RefreshTokens RefreshTokens { get; }

    internal TokenRequests TokenRequests { get; }

    internal BasicCredentials Basic { get; }

    internal AccessWriter Changes { get; }

    internal PasswordChange PasswordChange { get; }

    internal WebSessions Sessions { get; }

    /// <summary>Migrates the installation's store, makes the first credentials when there are none, and loads the signing keys.</summary>
    /// <exception cref="InvalidOperationException">A setting or the bootstrap file is refused; the message says which and why.</exception>
    public static async Task<AccessRuntime> OpenAsync(
        Installation installation, AccessOptions options, string? bootstrapFile, TimeProvider clock, CancellationToken cancellation)
    {
        if (options.Fault is { } fault)
            throw new InvalidOperationException(fault);

        await installation.Sql.MigrateAsync([new MigrationSet("access", typeof(AccessRuntime).Assembly)], clock, cancellation);
        var written = await FirstStart.RunAsync(installation, options, bootstrapFile, clock, cancellation);
        var organisation = (await OrganisationStore.FindAsync(installation.Sql, cancellation))!;
        await FirstStart.CompleteAsync(installation.Sql, organisation, clock, cancellation);
        await SigningKeys.EnsureAsync(installation.Sql, clock, cancellation);
        var snapshots = new SnapshotSource(installation.Sql);
        await snapshots.ReloadAsync(cancellation);
        return new AccessRuntime(installation, organisation, options, snapshots, clock) { NewCredentialsPath = written };
    }

    /// <summary>Tells what the token of a request that sends messages is worth; sending needs no management rights. Free of allocation the second time.</summary>
    /// <param name="http">The request.</param>
    /// <param name="environment">Where it sends to.</param>
    public ValueTask<SenderToken> FindSenderAsync(HttpContext http, EnvironmentName environment)
    {
        var token = BearerToken.Find(http.Request);
        if (token.IsEmpty)
            return new(SenderToken.Missing);
        var pending = Tokens.FindAsync(token, http.RequestAborted);
        return pending.IsCompletedSuccessfully ? new(Judge(pending.GetAwaiter().GetResult(), environment)) : JudgeAsync(pending, environment);
    }

    private static async ValueTask<SenderToken> JudgeAsync(ValueTask<CallerFinding> pending, EnvironmentName environment) => Judge(await pending, environment);

    private static SenderToken Judge(CallerFinding finding, EnvironmentName environment) =>
        finding.Caller is { } caller && caller.MayUse(environment) && !caller.IsReadOnly ? SenderToken.Valid : SenderToken.Invalid;

    internal bool IsImsHost(string host) =>
        Options.ImsHosts.Contains(host, StringComparer.OrdinalIgnoreCase)
        || host.StartsWith("aam", StringComparison.OrdinalIgnoreCase) && host.Contains('.', StringComparison.Ordinal);

    /// <summary>Forgets the keys.</summary>
    public ValueTask DisposeAsync()
    {
        Passwords.Dispose();
        Snapshots.Dispose();
        Metrics.Dispose();
        foreach (var key in Snapshots.Current.Keys)
            key.Key.Rsa.Dispose();
        return ValueTask.CompletedTask;
    }
}
