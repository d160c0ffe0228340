using Sluice.Gateway.Bundles;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Takes an entry out of a cache, or everything below a key, also what ResponseCache kept (contract gateway.md 2.3). What is not there is no error.</summary>
internal sealed class InvalidateCache : Policy
{
    private readonly CacheKey _key;
    private readonly CacheResource _cache;
    private readonly bool _purgesChildren;
    private readonly ContextPart[]? _context;

    internal InvalidateCache(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(xml, "CacheKey", "Scope", "CacheResource", "CacheContext", "PurgeChildEntries");
        _key = CacheKey.Read(xml, context);
        _cache = CacheReference.Read(xml, context);
        _purgesChildren = xml.Flag("PurgeChildEntries", byDefault: false);
        _context = xml.Child("CacheContext") is { HasChildren: true } other
            ? [ContextPart.Read(other, "APIProxyName"), ContextPart.Read(other, "ProxyName"), ContextPart.Read(other, "TargetName")]
            : null;
    }

    internal override async ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        var use = flow.Caches.For(this);
        use.HasKey = _context is null
            ? _key.TryMake(flow, use)
            : _key.TryMake(flow, use, new CacheContext(_context[0].Get(flow), _context[1].Get(flow), _context[2].Get(flow)));
        use.Identify(_cache.Name);
        flow.SetOwn($"invalidatecache.{Name}.cachename", _cache.Name);
        flow.SetOwn($"invalidatecache.{Name}.cachekey", use.KeyText);
        if (use.HasKey)
            await flow.Snapshot.Services.Caches.RemoveAsync(use, _cache.Name, _purgesChildren, flow.Cancellation);
        return null;
    }

    /// <summary>A name of the context: a variable's value, else a text; null for the flow's own.</summary>
    private readonly record struct ContextPart(VariableRef? Variable, string? Text)
    {
        internal static ContextPart Read(BundleElement context, string name) =>
            context.Child(name) is { } part ? new ContextPart(part.Ref() is { } variable ? VariableRef.Of(variable) : null, part.Text) : default;

        internal string? Get(FlowContext flow) => Variable?.GetText(flow) is { Length: > 0 } value ? value : Text;
    }
}
