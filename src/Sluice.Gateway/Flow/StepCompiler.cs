using Sluice.Gateway.Bundles;
using Sluice.Gateway.Policies;

namespace Sluice.Gateway.Flow;

/// <summary>In which kind of place a step stands.</summary>
internal enum Attachment
{
    Request,
    Response,
    Fault,
    PostClient,
    Shared,
}

/// <summary>Binds the steps of a bundle to its policies, and keeps count of where the cache's policies stand (contract gateway.md 1.3, 1.9).</summary>
internal sealed class StepCompiler(CompileContext context)
{
    private readonly Dictionary<string, Policy> _policies = new(StringComparer.Ordinal);
    private readonly List<(ResponseCache Policy, Attachment Attachment, string Endpoint, SourceSpot Spot)> _caches = [];

    /// <summary>The response caches among the policies, by name.</summary>
    internal IReadOnlyList<ResponseCache> ResponseCaches => [.. _policies.Values.OfType<ResponseCache>().OrderBy(cache => cache.Name, StringComparer.Ordinal)];

    /// <summary>Compiles every policy, also those no step names, so that all that is wrong is said.</summary>
    internal void CompileAll()
    {
        foreach (var source in context.Bundle.Policies.Values)
        {
            if (PolicyCatalogue.Compile(source, context) is { } policy)
                _policies[source.Name] = policy;
            else
                context.Fault("UnsupportedPolicy", $"{source.Kind} ('{source.Name}') is no policy that this gateway runs (BN011)", source.Xml.Spot);
        }
    }

    /// <summary>The steps of one direction of a flow; none where the flow is absent.</summary>
    internal Step[] Pipeline(BundleElement? flow, bool isRequest, string endpoint, Attachment? attachment = null) =>
        flow?.Child(isRequest ? "Request" : "Response") is { } direction
            ? Steps(direction, attachment ?? (isRequest ? Attachment.Request : Attachment.Response), endpoint)
            : Step.None;

    /// <summary>The steps that stand in an element.</summary>
    internal Step[] Steps(BundleElement parent, Attachment attachment, string endpoint)
    {
        var steps = new List<Step>();
        foreach (var step in parent.All("Step"))
        {
            var condition = context.Condition(step.Child("Condition"));
            if (step.ChildText("Name") is not { } name)
                context.Fault("InvalidStep", "A step has no name", step.Spot);
            else if (_policies.TryGetValue(name, out var policy))
            {
                steps.Add(new Step(policy, condition));
                Note(policy, attachment, endpoint, step.Spot);
            }
            else if (!context.Bundle.Policies.ContainsKey(name))
                context.Fault("PolicyDoesNotExist", $"A step names the policy '{name}', which the bundle does not have (PD006)", step.Spot);
        }
        return [.. steps];
    }

    /// <summary>A response cache stands at most once in each direction of all flows, and in no shared flow.</summary>
    internal void CheckAttachments()
    {
        foreach (var uses in _caches.GroupBy(use => use.Policy))
        {
            Check(uses, Attachment.Request, "ResponseCacheStepAttachmentNotAllowedReq", "request");
            Check(uses, Attachment.Response, "ResponseCacheStepAttachmentNotAllowedResp", "response");
        }
    }

    private void Check(IGrouping<ResponseCache, (ResponseCache Policy, Attachment Attachment, string Endpoint, SourceSpot Spot)> uses, Attachment attachment, string name, string direction)
    {
        foreach (var use in uses.Where(use => use.Attachment == attachment).Skip(1))
            context.Fault(name, $"Response cache step definition {uses.Key.Name} can not be attached more than once in the {direction} path.", use.Spot);
    }

    private void Note(Policy policy, Attachment attachment, string endpoint, SourceSpot spot)
    {
        if (policy is not ResponseCache cache)
            return;
        if (attachment is Attachment.Request or Attachment.Response)
            _caches.Add((cache, attachment, endpoint, spot));
        else
            context.Fault("ResponseCacheNotAllowedHere", $"The response cache '{policy.Name}' stands in the request and the response flows of endpoints only (PO029)", spot);
    }
}
