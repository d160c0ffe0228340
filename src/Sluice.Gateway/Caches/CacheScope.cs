namespace Sluice.Gateway.Caches;

/// <summary>What a cache key begins with where a policy gives no prefix (contract gateway.md 1.4).</summary>
internal enum CacheScope
{
    Exclusive,
    Global,
    Application,
    Proxy,
    Target,
}
