using Sluice.Gateway.Bundles;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Keeps the value of a variable in a cache (contract gateway.md 2.1).</summary>
internal sealed class PopulateCache : Policy
{
    private readonly CacheKey _key;
    private readonly CacheExpiry _expiry;
    private readonly CacheResource _cache;
    private readonly VariableRef? _source;
    private readonly int _maxBytes;

    internal PopulateCache(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(xml, "CacheKey", "Scope", "CacheResource", "ExpirySettings", "Source");
        _key = CacheKey.Read(xml, context);
        _expiry = CacheExpiry.Read(xml, context);
        _cache = CacheReference.Read(xml, context);
        _maxBytes = Math.Min(context.Services.Options.MaxCachedBytes, _cache.SkipAboveKb is { } kb ? kb << 10 : int.MaxValue);
        if (xml.ChildText("Source") is { } name)
            _source = VariableRef.Of(name);
        else
            context.Fault("MissingSource", $"PopulateCache '{Name}' has no Source", xml.Spot);
    }

    internal override string? FailedPrefix => "populatecache";

    internal override async ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        var use = flow.Caches.For(this);
        use.HasKey = _key.TryMake(flow, use);
        use.Identify(_cache.Name);
        flow.SetOwn($"populatecache.{Name}.cachename", _cache.Name);
        flow.SetOwn($"populatecache.{Name}.cachekey", use.KeyText);
        if (!use.HasKey || _source?.Get(flow) is not { } value)
            return null;
        var now = flow.Clock.GetUtcNow();
        var end = _expiry.From(flow, _cache, now);
        if (CacheValue.Make(value, now, end) is not { } entry)
            return new Fault("policies.populatecache.EntryCannotBeCached", $"Entry {_source.Name} can not be cached. Only serializable entries are cached. Policy: {Name}");
        if (end > now && CacheValue.BytesOf(entry) <= _maxBytes)
            await flow.Snapshot.Services.Caches.StoreAsync(use, _cache.Name, entry);
        return null;
    }
}
