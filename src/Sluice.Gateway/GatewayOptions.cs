namespace Sluice.Gateway;

/// <summary>Settings of the gateway (configuration section <c>Gateway</c>).</summary>
public sealed class GatewayOptions
{
    /// <summary>Host names that go to the proxies of an environment, by the environment's name. Default: none.</summary>
    public Dictionary<string, string[]> Hosts { get; init; } = [];

    /// <summary>The environment whose proxies answer on every other host. Default <c>production</c>.</summary>
    public string DefaultEnvironment { get; init; } = "production";

    /// <summary>Addresses whose requests go to proxies and nowhere else, on every path: <c>http://</c>, <c>https://</c>, or <c>h2c://</c> for HTTP/2 without TLS. Default: none.</summary>
    public string[] Listeners { get; init; } = [];

    /// <summary>Whether targets may be on this machine or on link-local addresses. Default false.</summary>
    public bool AllowLoopbackTargets { get; init; }

    /// <summary>Time zone of TimeOfDay and ExpiryDate, an IANA name. Default: the node's own (contract gateway.md, Ruling 3).</summary>
    public string? TimeZone { get; init; }

    /// <summary>Whether a deployment makes the cache resources its policies name. Default false: a missing one refuses it (contract gateway.md, Ruling 1).</summary>
    public bool CachesAutoCreate { get; init; }

    /// <summary>What <c>ExcludeErrorResponse</c> is where a policy leaves it out. Default false (contract gateway.md 1.6).</summary>
    public bool ExcludeErrorResponseByDefault { get; init; }

    /// <summary>Largest body that a cache keeps, bytes, 1 KiB to 64 MiB. Default 262,144 (contract gateway.md 1.6).</summary>
    public int MaxCachedBytes { get; init; } = 256 << 10;

    /// <summary>Memory that cached entries of an environment may take, bytes, 1 MiB to 64 GiB. Default 256 MiB.</summary>
    public long CacheMemoryBytes { get; init; } = 256L << 20;

    /// <summary>How long memory answers before the database is asked again; null (the default) until the entry expires or is invalidated, 1 s as the original does.</summary>
    public TimeSpan? CacheMemoryLifetime { get; init; }

    /// <summary>Lifetime of entries whose policy and cache give none. Default 300 s (contract gateway.md 1.5).</summary>
    public TimeSpan CacheLifetime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Largest body that is held in memory when it is not streamed, bytes. Default 10 MiB (contract gateway.md 3.3).</summary>
    public int MaxBodyBytes { get; init; } = 10 << 20;

    /// <summary>Most WebSockets that are open at once, 0 to 1,000,000; more get 503. Default 10,000.</summary>
    public int MaxWebSockets { get; init; } = 10_000;

    /// <summary>What the status of a used-up quota is. Default 429; the original once used 500.</summary>
    public int QuotaStatus { get; init; } = 429;

    /// <summary>The first setting that cannot be used, or null.</summary>
    public string? Fault =>
        MaxCachedBytes is < 1 << 10 or > 64 << 20 ? $"Gateway:MaxCachedBytes is {MaxCachedBytes}; it is 1024 to 67108864"
        : CacheMemoryBytes is < 1L << 20 or > 64L << 30 ? $"Gateway:CacheMemoryBytes is {CacheMemoryBytes}; it is 1 MiB to 64 GiB"
        : CacheMemoryLifetime is { } life && life <= TimeSpan.Zero ? "Gateway:CacheMemoryLifetime is to be longer than nothing"
        : CacheLifetime <= TimeSpan.Zero ? "Gateway:CacheLifetime is to be longer than nothing"
        : MaxBodyBytes is < 1 << 10 or > 1 << 30 ? $"Gateway:MaxBodyBytes is {MaxBodyBytes}; it is 1024 to 1073741824"
        : MaxWebSockets is < 0 or > 1_000_000 ? $"Gateway:MaxWebSockets is {MaxWebSockets}; it is 0 to 1000000"
        : QuotaStatus is not (429 or 500) ? $"Gateway:QuotaStatus is {QuotaStatus}; it is 429 or 500"
        : null;
}
