using Sluice.Gateway.Bundles;
using Sluice.Gateway.Caches;
using Sluice.Gateway.Conditions;
using Sluice.Gateway.Deployments;
using Sluice.Gateway.Templates;

namespace Sluice.Gateway.Flow;

/// <summary>What compiling a bundle needs to know about where it is deployed, and where it puts what is wrong.</summary>
internal sealed class CompileContext(ProxyBundle bundle, int revision, EnvironmentFacts environment, GatewayServices services, BundleFaults faults)
{
    private readonly List<Func<CancellationToken, Task>> _seeds = [];
    private readonly HashSet<string> _cacheNames = new(StringComparer.Ordinal);

    internal ProxyBundle Bundle => bundle;

    internal int Revision => revision;

    /// <summary>What exists in the environment by name.</summary>
    internal EnvironmentFacts Environment => environment;

    internal GatewayServices Services => services;

    internal BundleFaults Faults => faults;

    /// <summary>What is done once the bundle is deployed for good, and not for a mere check or at a start: entries that it brings along.</summary>
    internal IReadOnlyList<Func<CancellationToken, Task>> Seeds => _seeds;

    /// <summary>Names of cache resources that policies asked for.</summary>
    internal IReadOnlySet<string> CacheNames => _cacheNames;

    /// <summary>The cache resource of that name; null when the environment lacks it.</summary>
    internal CacheResource? FindCache(string name)
    {
        _cacheNames.Add(name);
        return environment.Caches.GetValueOrDefault(name);
    }

    internal void AtDeploy(Func<CancellationToken, Task> seed) => _seeds.Add(seed);

    internal void Fault(string name, string text, SourceSpot spot) => faults.Add(name, text, spot);

    /// <summary>A condition; null where the element is absent, empty, or wrong, which is then a fault.</summary>
    internal Condition? Condition(BundleElement? element, string faultName = "InvalidCondition")
    {
        if (element?.Text is not { } text)
            return null;
        var condition = ConditionParser.Parse(text, out var fault);
        if (fault is not null)
            faults.Add(faultName, $"The condition cannot be read at character {fault.Position + 1}: {fault.Text}", element.Spot);
        return condition;
    }

    /// <summary>A template of a text.</summary>
    internal Template Template(string text, SourceSpot spot) => Templates.Template.Parse(text, spot, faults);

    /// <summary>Says of each child that is not among <paramref name="known"/> that it is passed over.</summary>
    internal void WarnOfUnknown(BundleElement element, params ReadOnlySpan<string> known)
    {
        foreach (var child in element.Children)
        {
            if (!known.Contains(child.Name) && child.Name is not ("DisplayName" or "Properties" or "FaultRules" or "Description"))
                faults.Warn("UnknownElement", $"<{child.Name}> in <{element.Name}> is not known here and passed over", child.Spot);
        }
    }
}
