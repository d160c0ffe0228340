using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Sluice.Access;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Consumers;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Limits;
using Sluice.Gateway.Logging;
using Sluice.Gateway.Maps;
using Sluice.Gateway.Sealing;
using Sluice.Gateway.Targets;
using Sluice.Gateway.Trace;
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
    private ConsumerDirectory? _consumers;
    private MapStore? _maps;
    private long _seenChange;

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
        Sockets = new OpenSockets(options.MaxWebSockets);
    }

    internal GatewayOptions Options { get; }

    /// <summary>The organization's name on the management paths.</summary>
    internal string Organization { get; }

    internal BundleStore Bundles { get; }

    /// <summary>The WebSockets of all environments.</summary>
    internal OpenSockets Sockets { get; }

    internal IReadOnlyList<GatewayEnvironment> Environments => _environments;

    internal GatewayHosts Hosts => _hosts ?? throw new InvalidOperationException("The gateway has not been opened.");

    /// <summary>The developers, apps and API products of the organization.</summary>
    internal ConsumerDirectory Consumers => _consumers ?? throw new InvalidOperationException("The gateway has not been opened.");

    /// <summary>The key value maps of the organization and of its proxies.</summary>
    internal MapStore Maps => _maps ?? throw new InvalidOperationException("The gateway has not been opened.");

    internal long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Migrates the databases, opens the key ring, and serves what is deployed.</summary>
    /// <exception cref="StoreUnavailableException">A database cannot be reached.</exception>
    /// <exception cref="InvalidOperationException">A setting names an environment that does not exist.</exception>
    internal async Task StartAsync(IDataProtectionProvider protection, CancellationToken cancellation)
    {
        var assembly = typeof(GatewayRuntime).Assembly;
        await _installation.Sql.MigrateAsync([new MigrationSet("gateway-org", assembly)], _clock, cancellation);
        var sealer = new Sealer(await KeyRing.OpenAsync(_installation.Sql, protection, _clock, cancellation));
        _seenChange = await ChangeLog.LastAsync(_installation.Sql, cancellation);
        _consumers = new ConsumerDirectory(_installation.Sql, sealer, _clock);
        await _consumers.OpenAsync(cancellation);
        _maps = new MapStore(_installation.Sql, sealer, _clock);
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
                Caches = new CacheStore(storage.Cache, sealer, Options, _clock, _log),
                Targets = new TargetForwarder(Options, Sockets),
                Syslog = new SyslogSender(Options, _log),
                Consumers = _consumers,
                OrganizationMaps = _maps,
                Maps = new MapStore(storage.Sql, sealer, _clock),
                Limits = new LimitStore(storage.Sql, sealer, _log),
                Counts = new GatewayCounts(),
                Debug = new DebugSessions(_clock),
                Sealer = sealer,
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

    /// <summary>Learns what other nodes changed of the organization.</summary>
    internal async Task FollowAsync(CancellationToken cancellation)
    {
        var changes = await ChangeLog.ReadAfterAsync(_installation.Sql, _seenChange, cancellation);
        if (changes is { Count: 0 })
            return;
        var seen = changes is null ? await ChangeLog.LastAsync(_installation.Sql, cancellation) : changes[^1].Seq;
        await Consumers.FollowAsync(changes, cancellation);
        Maps.Follow(changes);
        _seenChange = seen;
    }

    /// <summary>Lets go of caches and connections.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var environment in _environments)
            await environment.DisposeAsync();
        _consumers?.Dispose();
        Sockets.Dispose();
    }
}
