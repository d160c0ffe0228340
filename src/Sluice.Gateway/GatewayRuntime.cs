using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Sluice.Access;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Logging;
using Sluice.Gateway.Targets;
using Sluice.Storage;

namespace Sluice.Gateway;

/// <summary>The gateway of an installation: its revisions, and every environment with what it serves.</summary>
public sealed class GatewayRuntime : IAsyncDisposable
{
    private readonly Installation _installation;
    private readonly TimeProvider _clock;
    private readonly ILogger<GatewayRuntime> _log;
    private GatewayEnvironment[] _environments = [];
    private GatewayHosts? _hosts;

    /// <summary>Says what it is made of; <see cref="StartAsync"/> opens it.</summary>
    /// <param name="installation">Where things are kept.</param>
    /// <param name="access">Whose organisation it is: its <c>tenantId</c> is the organization's name.</param>
    /// <param name="options">The settings.</param>
    /// <param name="clock">What time it is.</param>
    /// <param name="log">Gets what operators should know.</param>
    public GatewayRuntime(Installation installation, AccessRuntime access, GatewayOptions options, TimeProvider clock, ILogger<GatewayRuntime> log)
    {
        (_installation, _clock, _log) = (installation, clock, log);
        (Options, Organization) = (options, access.Organisation.TenantId);
        Bundles = new BundleStore(installation.Sql, clock);
    }

    internal GatewayOptions Options { get; }

    /// <summary>The organization's name on the management paths.</summary>
    internal string Organization { get; }

    internal BundleStore Bundles { get; }

    internal IReadOnlyList<GatewayEnvironment> Environments => _environments;

    internal GatewayHosts Hosts => _hosts ?? throw new InvalidOperationException("The gateway has not been opened.");

    /// <summary>Migrates the databases, opens the key ring, and serves what is deployed.</summary>
    /// <exception cref="StoreUnavailableException">A database cannot be reached.</exception>
    /// <exception cref="InvalidOperationException">A setting names an environment that does not exist.</exception>
    internal async Task StartAsync(IDataProtectionProvider protection, CancellationToken cancellation)
    {
        var assembly = typeof(GatewayRuntime).Assembly;
        await _installation.Sql.MigrateAsync([new MigrationSet("gateway-org", assembly)], _clock, cancellation);
        var cipher = new CacheCipher(await KeyRing.OpenAsync(_installation.Sql, protection, _clock, cancellation));
        var zone = Options.TimeZone is { Length: > 0 } id ? TimeZoneInfo.FindSystemTimeZoneById(id) : TimeZoneInfo.Local;
        var environments = new List<GatewayEnvironment>();
        foreach (var storage in _installation.Environments)
        {
            await storage.Sql.MigrateAsync([new MigrationSet("gateway", assembly)], _clock, cancellation);
            await storage.Cache.MigrateAsync([new MigrationSet("gateway-cache", assembly)], _clock, cancellation);
            var services = new GatewayServices
            {
                Clock = _clock,
                Zone = zone,
                Options = Options,
                Caches = new CacheStore(storage.Cache, cipher, Options, _clock, _log),
                Targets = new TargetForwarder(Options),
                Syslog = new SyslogSender(Options, _log),
                Log = _log,
            };
            var environment = new GatewayEnvironment(storage, Organization, Bundles, services);
            environments.Add(environment);
            await environment.OpenAsync(
                (row, fault) => _log.CannotRedeploy(storage.Name.Value, row.Kind, row.Name, (int)row.Revision, fault), cancellation);
        }
        _environments = [.. environments];
        _hosts = new GatewayHosts(_environments, Organization, Options);
    }

    internal GatewayEnvironment? FindEnvironment(string name) => Hosts.Find(name);

    /// <summary>Lets go of caches and connections.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var environment in _environments)
            await environment.DisposeAsync();
    }
}
