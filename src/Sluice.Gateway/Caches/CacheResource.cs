namespace Sluice.Gateway.Caches;

/// <summary>A named cache of an environment (contract gateway.md 2.4): what of its settings has an effect here.</summary>
/// <param name="Name">By which policies refer to it.</param>
/// <param name="TimeoutSeconds">Lifetime of entries whose policy gives none; null for none.</param>
/// <param name="TimeOfDay">Or the time of day at which they end.</param>
/// <param name="ExpiryDate">Or the day.</param>
/// <param name="SkipAboveKb">Larger bodies are not stored; null for the gateway's own limit.</param>
internal sealed record CacheResource(string Name, string? TimeoutSeconds, string? TimeOfDay, string? ExpiryDate, int? SkipAboveKb)
{
    internal static CacheResource Shared(string organization, string environment) => new($"{organization}__{environment}__default", null, null, null, null);

    /// <summary>When an entry of a policy without a lifetime of its own ends; null when this cache has none either.</summary>
    internal DateTimeOffset? ExpiryFrom(DateTimeOffset now, TimeZoneInfo zone) => CacheExpiry.Of(TimeoutSeconds, TimeOfDay, ExpiryDate, now, zone);
}
