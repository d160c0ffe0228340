using Sluice.Gateway.Bundles;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Gives a variable the value that PopulateCache kept under the same key (contract gateway.md 2.2). A miss leaves the variable as it is; nothing fails.</summary>
internal sealed class LookupCache : Policy
{
    internal const int DefaultLookupSeconds = 12;

    private readonly CacheKey _key;
    private readonly CacheResource _cache;
    private readonly TimeSpan _patience;
    private readonly VariableRef? _target;
    private readonly (string Cache, string Key, string Hit, string Target) _variables;

    internal LookupCache(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(xml, "CacheKey", "Scope", "CacheResource", "CacheLookupTimeoutInSeconds", "AssignTo");
        _key = CacheKey.Read(xml, context);
        _cache = CacheReference.Read(xml, context);
        _patience = CacheReference.LookupTimeout(xml, context, DefaultLookupSeconds);
        if (xml.ChildText("AssignTo") is { } name)
            _target = VariableRef.Of(name);
        else
            context.Fault("MissingAssignTo", $"LookupCache '{Name}' has no AssignTo", xml.Spot);
        _variables = ($"lookupcache.{Name}.cachename", $"lookupcache.{Name}.cachekey", $"lookupcache.{Name}.cachehit", $"lookupcache.{Name}.assignto");
    }

    internal override async ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        var use = flow.Caches.For(this);
        use.HasKey = _key.TryMake(flow, use);
        use.Identify(_cache.Name);
        flow.SetOwn(_variables.Cache, _cache.Name);
        flow.SetOwn(_variables.Key, use.KeyText);
        flow.SetOwn(_variables.Target, _target!.Name);
        var entry = use.HasKey ? await FindAsync(flow, use) : null;
        var isHit = entry is not null && entry.IsFresh(flow.Clock.GetUtcNow().ToUnixTimeMilliseconds()) && _target.TrySet(flow, CacheValue.Read(flow, entry));
        flow.SetOwn(_variables.Hit, ValueText.Of(isHit));
        flow.Trace?.Tell("sluice.cache", _cache.Name);
        flow.Trace?.Tell("sluice.cache.result", isHit ? "HIT" : use.HasKey ? "MISS: there is no entry of this key" : $"MISS: the key is longer than {CacheKey.MaxBytes} bytes");
        return null;
    }

    private async ValueTask<CachedResponse?> FindAsync(FlowContext flow, CacheUse use)
    {
        var store = flow.Snapshot.Services.Caches;
        if (store.FindInMemory(use) is { } entry)
            return entry;
        if (_patience == TimeSpan.Zero)
            return null;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(flow.Cancellation);
        late.CancelAfter(_patience);
        try
        {
            return (await store.FindStoredAsync(use, _cache.Name, late.Token)).Entry;
        }
        catch (OperationCanceledException) when (!flow.Cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
