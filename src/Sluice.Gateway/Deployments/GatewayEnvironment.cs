using Sluice.Gateway.Bundles;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Targets;
using Sluice.Storage;

namespace Sluice.Gateway.Deployments;

/// <summary>One environment of the gateway: what it serves now, and the only way to change that.</summary>
/// <remarks>
/// Threading: <see cref="Snapshot"/> is read by every request; changes take turns. A change is in the database before it is served, and served
/// before its caller hears of it. A request under way ends with the revision it began with.
/// </remarks>
internal sealed class GatewayEnvironment : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly BundleStore _bundles;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, ProxyPlan> _proxies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SharedFlowPlan> _sharedFlows = new(StringComparer.Ordinal);
    private readonly HealthLoops _health;
    private EnvironmentEntities _entities = EnvironmentEntities.None;
    private long _seenChange;

    internal GatewayEnvironment(StorageEnvironment storage, string organization, BundleStore bundles, GatewayServices services)
    {
        (Name, Organization, Storage, _bundles, Services, _clock) = (storage.Name, organization, storage, bundles, services, services.Clock);
        _health = new HealthLoops(storage.Name.Value, services);
        Deployments = new DeploymentStore(storage.Sql, services.Clock);
        Snapshot = new DeploymentSnapshot(services, [], _sharedFlows, _entities);
    }

    internal EnvironmentName Name { get; }

    internal string Organization { get; }

    internal StorageEnvironment Storage { get; }

    internal GatewayServices Services { get; }

    internal DeploymentStore Deployments { get; }

    internal DeploymentSnapshot Snapshot { get; private set; }

    internal EnvironmentEntities Entities => _entities;

    /// <summary>Reads what is deployed and serves it; what no longer compiles is said and left out.</summary>
    internal async Task OpenAsync(Action<DeploymentRow, string> cannot, CancellationToken cancellation)
    {
        _seenChange = await ChangeLog.LastAsync(Storage.Sql, cancellation);
        await ReloadAsync(cannot, cancellation);
    }

    /// <summary>Deploys a revision: compiled first, then kept, then served. The faults say why not.</summary>
    /// <param name="kind">Proxy or shared flow.</param>
    /// <param name="name">Whose revision.</param>
    /// <param name="revision">Which.</param>
    /// <param name="basePath">Put before the proxy's own base paths; null or <c>/</c> for nothing.</param>
    /// <param name="overrides">Whether another revision that is deployed is replaced.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<DeployOutcome> DeployAsync(BundleKind kind, string name, int revision, string? basePath, bool overrides, string by, CancellationToken cancellation)
    {
        if (await _bundles.FindAsync(kind, name, revision, cancellation) is not { } bundle)
            return new DeployOutcome.NoSuchRevision();
        await _turn.WaitAsync(cancellation);
        try
        {
            var now = await Deployments.FindAsync(kind, name, cancellation);
            if (now is not null && now.Revision != revision && !overrides)
                return new DeployOutcome.OtherRevision((int)now.Revision);
            var row = new DeploymentRow
            {
                Kind = kind.Word(),
                Name = name,
                Revision = revision,
                BasePath = basePath is null or "/" ? "" : "/" + basePath.Trim('/'),
                DeployedMs = _clock.GetUtcNow().ToUnixTimeMilliseconds(),
                DeployedBy = by,
            };
            var faults = new BundleFaults();
            var plan = CompileOne(bundle, row, _sharedFlows.Keys, faults, out var seeds);
            if (faults.Any)
                return new DeployOutcome.Refused(faults.Faults, faults.Warnings);
            foreach (var seed in seeds)
                await seed(cancellation);
            await Deployments.SaveAsync(row, cancellation);
            Take(plan!);
            Swap();
            return new DeployOutcome.Deployed(row, faults.Warnings);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes a revision out; false when it was not deployed.</summary>
    internal async Task<bool> UndeployAsync(BundleKind kind, string name, int? revision, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (await Deployments.FindAsync(kind, name, cancellation) is not { } row || (revision is not null && row.Revision != revision))
                return false;
            await Deployments.RemoveAsync(kind, name, cancellation);
            if (kind == BundleKind.Proxy)
                _proxies.Remove(name);
            else
                _sharedFlows.Remove(name);
            Swap();
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Changes caches, target servers or hooks in one transaction, and serves what came of it.</summary>
    internal async Task<T> ChangeEntitiesAsync<T>(Func<SqlSession, Task<T>> change, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var result = await Storage.Sql.WriteAsync(async session =>
            {
                var made = await change(session);
                await ChangeLog.AddAsync(session, DeploymentStore.ChangeKind, "entities", _clock);
                return made;
            }, cancellation);
            await ReloadAsync((_, _) => { }, cancellation);
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Learns what other nodes changed.</summary>
    internal async Task FollowAsync(CancellationToken cancellation)
    {
        var changes = await ChangeLog.ReadAfterAsync(Storage.Sql, _seenChange, cancellation);
        if (changes is { Count: 0 })
            return;
        await _turn.WaitAsync(cancellation);
        try
        {
            Services.Maps.Follow(changes);
            FollowCaches(changes);
            _seenChange = changes is null ? await ChangeLog.LastAsync(Storage.Sql, cancellation) : changes[^1].Seq;
            if (changes is null || changes.Any(change => change.Kind == DeploymentStore.ChangeKind))
                await ReloadAsync((_, _) => { }, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    private void FollowCaches(IReadOnlyList<ChangeEntry>? changes)
    {
        if (changes is null)
            Services.Caches.Forget(null);
        foreach (var cache in (changes ?? []).Where(change => change.Kind == CacheStore.ChangeKind).Select(change => change.Subject).Distinct(StringComparer.Ordinal))
            Services.Caches.Forget(cache);
    }

    /// <summary>What compiling a bundle for this environment finds, without deploying it.</summary>
    internal BundleFaults Check(StoredBundle bundle)
    {
        var faults = new BundleFaults();
        CompileOne(bundle, new DeploymentRow { Kind = bundle.Kind.Word(), Name = bundle.Name, Revision = bundle.Revision }, _sharedFlows.Keys, faults, out _);
        return faults;
    }

    public async ValueTask DisposeAsync()
    {
        await _health.DisposeAsync();
        await Services.Caches.DisposeAsync();
        await Services.Syslog.DisposeAsync();
        Services.Targets.Dispose();
        _turn.Dispose();
    }

    private async Task ReloadAsync(Action<DeploymentRow, string> cannot, CancellationToken cancellation)
    {
        var before = _entities;
        _entities = await EnvironmentEntities.ReadAsync(Storage.Sql, Services.Sealer, cancellation);
        var changed = _entities.ChangedCaches(before);
        var rows = await Deployments.ListAsync(cancellation);
        foreach (var gone in _proxies.Keys.Except(rows.Where(row => row.Kind == BundleKind.Proxy.Word()).Select(row => row.Name)).ToList())
            _proxies.Remove(gone);
        foreach (var gone in _sharedFlows.Keys.Except(rows.Where(row => row.Kind == BundleKind.SharedFlow.Word()).Select(row => row.Name)).ToList())
            _sharedFlows.Remove(gone);
        // Shared flows first: proxies are checked against them. Shared flows that call each other come in any order.
        HashSet<string> sharedFlows = [.. rows.Where(row => row.Kind == BundleKind.SharedFlow.Word()).Select(row => row.Name)];
        foreach (var row in rows.OrderByDescending(row => row.Kind, StringComparer.Ordinal))
        {
            if (IsServed(row, changed))
                continue;
            var faults = new BundleFaults();
            if (await _bundles.FindAsync(BundleKinds.Of(row.Kind), row.Name, (int)row.Revision, cancellation) is not { } bundle)
                cannot(row, "its bundle is gone");
            else if (CompileOne(bundle, row, sharedFlows, faults, out _) is { } plan)
                Take(plan);
            else
                cannot(row, string.Join("; ", faults.Faults));
        }
        Swap();
    }

    // A plan that stays keeps its turns, its failures and its connections.
    private bool IsServed(DeploymentRow row, IReadOnlySet<string> changedCaches) => row.Kind == BundleKind.Proxy.Word()
        ? _proxies.TryGetValue(row.Name, out var plan) && plan.Revision == row.Revision && plan.ApplicationBasePath == row.BasePath && !plan.CacheNames.Overlaps(changedCaches)
        : _sharedFlows.TryGetValue(row.Name, out var shared) && shared.Revision == row.Revision && !shared.CacheNames.Overlaps(changedCaches);

    private object? CompileOne(StoredBundle stored, DeploymentRow row, IEnumerable<string> sharedFlows, BundleFaults faults, out IReadOnlyList<Func<CancellationToken, Task>> seeds)
    {
        seeds = [];
        if (BundleFiles.FromZip(stored.Zip, faults) is not { } files || BundleReader.Read(files, stored.Name, faults) is not { } bundle)
            return null;
        var facts = new EnvironmentFacts
        {
            Organization = Organization,
            Name = Name.Value,
            Caches = _entities.Caches,
            TargetServers = _entities.TargetServers,
            Keystores = _entities.Keystores,
            SharedFlows = sharedFlows.ToHashSet(StringComparer.Ordinal),
        };
        var context = new CompileContext(bundle, (int)row.Revision, facts, Services, faults);
        seeds = context.Seeds;
        if (bundle.IsSharedFlow)
            return ProxyCompiler.CompileShared(context);
        var plan = ProxyCompiler.Compile(context, row.BasePath);
        if (plan is not null)
            CheckBasePaths(plan, bundle, faults);
        return faults.Any ? null : plan;
    }

    private void CheckBasePaths(ProxyPlan plan, ProxyBundle bundle, BundleFaults faults)
    {
        foreach (var endpoint in plan.Endpoints)
        {
            var spot = bundle.ProxyEndpoints.First(one => one.Name == endpoint.Name).Xml.Spot;
            if (Services.Options.Listeners.Length == 0 && BasePaths.FindOwn(endpoint.BasePath) is { } own)
                faults.Add("BasePathReserved", $"The base path {endpoint.BasePath} is under {own}, where this program's own paths are; only with Gateway:Listeners could it be reached", spot);
            foreach (var other in _proxies.Values.Where(proxy => proxy.Name != plan.Name).Append(plan))
            {
                if (other.Endpoints.FirstOrDefault(one => one.BasePath == endpoint.BasePath && one != endpoint) is not null)
                    faults.Add("BasePathConflict", $"The base path {endpoint.BasePath} is that of a deployed endpoint of {other.Name} revision {other.Revision} already", spot);
            }
        }
    }

    private void Take(object plan)
    {
        if (plan is ProxyPlan proxy)
            _proxies[proxy.Name] = proxy;
        else if (plan is SharedFlowPlan shared)
            _sharedFlows[shared.Name] = shared;
    }

    private void Swap()
    {
        Snapshot = new DeploymentSnapshot(
            Services, [.. _proxies.Values], new Dictionary<string, SharedFlowPlan>(_sharedFlows, StringComparer.Ordinal), _entities);
        _health.Follow(Snapshot);
    }
}
