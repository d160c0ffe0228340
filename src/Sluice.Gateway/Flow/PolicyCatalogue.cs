using System.Collections.Frozen;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Policies;

namespace Sluice.Gateway.Flow;

/// <summary>Every policy that bundles may use, by the name of its root element.</summary>
internal static class PolicyCatalogue
{
    private static readonly FrozenDictionary<string, Func<PolicyElement, CompileContext, Policy>> All = new Dictionary<string, Func<PolicyElement, CompileContext, Policy>>
    {
        ["AssertCondition"] = (source, context) => new AssertCondition(source, context),
        ["AssignMessage"] = (source, context) => new AssignMessage(source, context),
        ["CORS"] = (source, context) => new Cors(source, context),
        ["ExtractVariables"] = (source, context) => new ExtractVariables(source, context),
        ["FlowCallout"] = (source, context) => new FlowCallout(source, context),
        ["InvalidateCache"] = (source, context) => new InvalidateCache(source, context),
        ["Javascript"] = (source, context) => new Javascript(source, context),
        ["KeyValueMapOperations"] = (source, context) => new KeyValueMapOperations(source, context),
        ["LookupCache"] = (source, context) => new LookupCache(source, context),
        ["MessageLogging"] = (source, context) => new MessageLogging(source, context),
        ["PopulateCache"] = (source, context) => new PopulateCache(source, context),
        ["Quota"] = (source, context) => new Quota(source, context),
        ["RaiseFault"] = (source, context) => new RaiseFault(source, context),
        ["ResponseCache"] = (source, context) => new ResponseCache(source, context),
        ["ServiceCallout"] = (source, context) => new ServiceCallout(source, context),
        ["SpikeArrest"] = (source, context) => new SpikeArrest(source, context),
        ["VerifyAPIKey"] = (source, context) => new VerifyApiKey(source, context),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static IEnumerable<string> Kinds => All.Keys;

    /// <summary>The compiled policy; null when its kind is not known. Settings that are wrong were added to the context's faults.</summary>
    internal static Policy? Compile(PolicyElement source, CompileContext context) => All.GetValueOrDefault(source.Kind)?.Invoke(source, context);
}
