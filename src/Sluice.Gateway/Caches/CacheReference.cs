using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Caches;

/// <summary>Reads which cache a policy means, and how long it waits for it (contract gateway.md 1.2, 1.9).</summary>
internal static class CacheReference
{
    private const int MaxLookupSeconds = 600;

    /// <summary>The cache of a policy: the environment's shared one where it names none.</summary>
    internal static CacheResource Read(BundleElement policy, CompileContext context)
    {
        var environment = context.Environment;
        if (policy.Child("CacheResource") is not { Text: { } name } element)
            return CacheResource.Shared(environment.Organization, environment.Name);
        if (context.FindCache(name) is { } cache)
            return cache;
        if (!context.Services.Options.CachesAutoCreate)
            context.Fault(
                "InvalidCacheResourceReference",
                $"Invalid cache resource reference {name} in Step definition {policy.Attribute("name")}. Context Revision:{context.Revision.ToString(CultureInfo.InvariantCulture)};APIProxy:{context.Bundle.Name};Organization:{environment.Organization};Environment:{environment.Name}",
                element.Spot);
        return new CacheResource(name, null, null, null, null);
    }

    internal static TimeSpan LookupTimeout(BundleElement policy, CompileContext context, int byDefault)
    {
        var seconds = policy.Number("CacheLookupTimeoutInSeconds", byDefault);
        if (seconds is null or < 0)
            context.Fault(
                "InvalidTimeout", $"CacheLookupTimeoutInSeconds {policy.ChildText("CacheLookupTimeoutInSeconds")} value should be greater than zero.", policy.Child("CacheLookupTimeoutInSeconds")!.Spot);
        return TimeSpan.FromSeconds(Math.Clamp(seconds ?? byDefault, 0, MaxLookupSeconds));
    }
}
