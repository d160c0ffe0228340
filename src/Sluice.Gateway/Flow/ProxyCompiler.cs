using System.Collections.Frozen;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Policies;
using Sluice.Gateway.Targets;

namespace Sluice.Gateway.Flow;

/// <summary>Makes a plan of a bundle for one environment: binds steps to policies and routes to targets, parses conditions and templates, and finds everything that is wrong at once.</summary>
internal sealed class ProxyCompiler
{
    private readonly CompileContext _context;
    private readonly StepCompiler _steps;
    private readonly BundleFaults _faults;

    private ProxyCompiler(CompileContext context)
    {
        _context = context;
        _faults = context.Faults;
        _steps = new StepCompiler(context);
    }

    /// <summary>The plan, or null when <see cref="CompileContext.Faults"/> has faults.</summary>
    internal static ProxyPlan? Compile(CompileContext context, string applicationBasePath)
    {
        var compiler = new ProxyCompiler(context);
        var bundle = context.Bundle;
        compiler._steps.CompileAll();
        var targets = bundle.TargetEndpoints.ToDictionary(one => one.Name, compiler.Target);
        ProxyEndpointPlan[] endpoints = [.. bundle.ProxyEndpoints.Select(one => compiler.Proxy(one, targets, applicationBasePath))];
        compiler._steps.CheckAttachments();
        foreach (var endpoint in endpoints.Concat<EndpointPlan>(targets.Values))
            TellCaches(endpoint);
        return context.Faults.Any ? null : new ProxyPlan
        {
            Organization = context.Environment.Organization,
            Environment = context.Environment.Name,
            Name = bundle.Name,
            Revision = context.Revision,
            ApplicationBasePath = applicationBasePath,
            Endpoints = endpoints,
            Targets = targets.ToFrozenDictionary(StringComparer.Ordinal),
            PropertySets = PropertySets.Read(bundle),
            CacheNames = context.CacheNames,
            ResponseCaches = compiler._steps.ResponseCaches,
            Counts = context.Services.Counts.OfProxy(bundle.Name),
            Warnings = [.. context.Faults.Warnings],
        };
    }

    private static void TellCaches(EndpointPlan endpoint)
    {
        foreach (var step in endpoint.PreResponse.Concat(endpoint.Flows.SelectMany(flow => flow.Response)).Concat(endpoint.PostResponse))
        {
            if (step.Policy is ResponseCache cache)
                cache.ResponseEndpoint = endpoint;
        }
    }

    /// <summary>The plan of a shared flow, or null when there are faults.</summary>
    internal static SharedFlowPlan? CompileShared(CompileContext context)
    {
        var compiler = new ProxyCompiler(context);
        compiler._steps.CompileAll();
        var flow = context.Bundle.SharedFlows[0];
        var steps = compiler._steps.Steps(flow.Xml, Attachment.Shared, flow.Name);
        return context.Faults.Any ? null : new SharedFlowPlan
        {
            Name = context.Bundle.Name,
            Revision = context.Revision,
            Steps = steps,
            PropertySets = PropertySets.Read(context.Bundle),
            CacheNames = context.CacheNames,
        };
    }

    private ProxyEndpointPlan Proxy(EndpointElement source, Dictionary<string, TargetPlan> targets, string applicationBasePath)
    {
        var xml = source.Xml;
        var connection = xml.Child("HTTPProxyConnection");
        var properties = Properties(connection);
        var basePath = BasePathOf(connection, source, applicationBasePath);
        _context.WarnOfUnknown(xml, "FaultRules", "DefaultFaultRule", "PreFlow", "Flows", "PostFlow", "PostClientFlow", "HTTPProxyConnection", "RouteRule");
        return new ProxyEndpointPlan
        {
            Name = source.Name,
            BasePath = basePath,
            PreRequest = _steps.Pipeline(xml.Child("PreFlow"), isRequest: true, source.Name),
            PreResponse = _steps.Pipeline(xml.Child("PreFlow"), isRequest: false, source.Name),
            Flows = Flows(xml, source.Name),
            PostRequest = _steps.Pipeline(xml.Child("PostFlow"), isRequest: true, source.Name),
            PostResponse = _steps.Pipeline(xml.Child("PostFlow"), isRequest: false, source.Name),
            PostClient = _steps.Pipeline(xml.Child("PostClientFlow"), isRequest: false, source.Name, Attachment.PostClient),
            FaultRules = [.. FaultRules(xml, source.Name).AsEnumerable().Reverse()],
            DefaultFaultRule = DefaultFaultRule(xml, source.Name),
            Properties = properties,
            Routes = [.. xml.All("RouteRule").Select(rule => Route(rule, targets))],
            StreamsRequest = BundleElement.ReadFlag(properties.GetValueOrDefault("request.streaming.enabled"), false),
            StreamsResponse = BundleElement.ReadFlag(properties.GetValueOrDefault("response.streaming.enabled"), false),
        };
    }

    private TargetPlan Target(EndpointElement source)
    {
        var xml = source.Xml;
        _context.WarnOfUnknown(xml, "FaultRules", "DefaultFaultRule", "PreFlow", "Flows", "PostFlow", "HTTPTargetConnection", "LocalTargetConnection", "WebSocketTargetConnection");
        return new TargetPlan
        {
            Name = source.Name,
            PreRequest = _steps.Pipeline(xml.Child("PreFlow"), isRequest: true, source.Name),
            PreResponse = _steps.Pipeline(xml.Child("PreFlow"), isRequest: false, source.Name),
            Flows = Flows(xml, source.Name),
            PostRequest = _steps.Pipeline(xml.Child("PostFlow"), isRequest: true, source.Name),
            PostResponse = _steps.Pipeline(xml.Child("PostFlow"), isRequest: false, source.Name),
            FaultRules = FaultRules(xml, source.Name),
            DefaultFaultRule = DefaultFaultRule(xml, source.Name),
            Properties = Properties(xml.Child("HTTPTargetConnection") ?? xml.Child("WebSocketTargetConnection")),
            Connection = TargetConnection.Compile(source, _context),
        };
    }

    private string BasePathOf(BundleElement? connection, EndpointElement source, string applicationBasePath)
    {
        var own = connection?.ChildText("BasePath") ?? "/";
        var path = BasePaths.Join(applicationBasePath, own);
        if (!BasePaths.IsValid(path))
            _faults.Add("InvalidBasePath", $"'{path}' is no base path: it begins with /, has no //, ? or #, and at most {BasePaths.MaxCharacters} characters", connection?.Child("BasePath")?.Spot ?? source.Xml.Spot);
        return path;
    }

    private RouteRule Route(BundleElement rule, Dictionary<string, TargetPlan> targets)
    {
        var condition = _context.Condition(rule.Child("Condition"));
        var name = rule.Attribute("name") ?? "default";
        if (rule.ChildText("TargetEndpoint") is { } target)
        {
            if (targets.TryGetValue(target, out var plan))
                return new RouteRule(name, condition, plan);
            _faults.Add("TargetEndpointDoesNotExist", $"Route rule '{name}' names the target endpoint '{target}', which the bundle does not have (PD001)", rule.Spot);
        }
        else if (rule.Child("URL") is { Text: not null } url)
            return new RouteRule(name, condition, TargetConnection.PlanOfUrl(name, url, _context));
        return new RouteRule(name, condition, null);
    }

    private ConditionalFlow[] Flows(BundleElement xml, string endpoint)
    {
        BundleElement[] flows = [.. xml.Child("Flows")?.All("Flow") ?? []];
        for (var index = 0; index < flows.Length - 1; index++)
        {
            if (flows[index].ChildText("Condition") is null)
                _faults.Warn("UnreachableFlow", $"Flow '{flows[index].Attribute("name")}' has no condition, so none behind it ever runs (FL001)", flows[index].Spot);
        }
        return
        [
            .. flows.Select(flow => new ConditionalFlow(
                flow.Attribute("name") ?? "", flow.ChildText("Description"), _context.Condition(flow.Child("Condition")),
                _steps.Pipeline(flow, isRequest: true, endpoint), _steps.Pipeline(flow, isRequest: false, endpoint))),
        ];
    }

    private FaultRule[] FaultRules(BundleElement xml, string endpoint) =>
        [.. (xml.Child("FaultRules")?.All("FaultRule") ?? []).Select(rule => FaultRule(rule, endpoint))];

    private FaultRule? DefaultFaultRule(BundleElement xml, string endpoint) => xml.Child("DefaultFaultRule") is { } rule ? FaultRule(rule, endpoint) : null;

    private FaultRule FaultRule(BundleElement rule, string endpoint) => new(
        rule.Attribute("name") ?? rule.Name, _context.Condition(rule.Child("Condition")), _steps.Steps(rule, Attachment.Fault, endpoint), rule.Flag("AlwaysEnforce", false));

    private static FrozenDictionary<string, string> Properties(BundleElement? connection)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in connection?.Child("Properties")?.All("Property") ?? [])
        {
            if (property.Attribute("name") is { } name)
                properties[name] = property.Text ?? "";
        }
        return properties.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
