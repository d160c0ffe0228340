using Sluice.Gateway.Policies;

namespace Sluice.Gateway.Flow;

/// <summary>The stages of the way back, in their order.</summary>
internal enum ResponseStage
{
    TargetPreFlow,
    TargetFlow,
    TargetPostFlow,
    PostTargetHook,
    ProxyPreFlow,
    ProxyFlow,
    ProxyPostFlow,
    PostProxyHook,
}

/// <summary>Where a flow goes on after a cache answered: behind the step of the same policy on the way back (contract gateway.md 1.3).</summary>
internal readonly record struct ResumePoint(ResponseStage Stage, int Step)
{
    internal static ResumePoint Find(FlowContext flow, ResponseCache policy)
    {
        if (policy.ResponseEndpoint is null)
            return new ResumePoint(ResponseStage.ProxyPreFlow, 0);
        // It may stand in the target endpoint, which then must be known without asking it.
        if (flow.Target is null && policy.ResponseEndpoint is TargetPlan)
            FlowRunner.Route(flow);
        if (flow.Target is { } target && flow.TargetFlow is null && policy.ResponseEndpoint == target)
            flow.TargetFlow = target.ChooseOnRequest(flow);
        flow.ProxyFlow ??= flow.ProxyEndpoint.ChooseOnRequest(flow);
        for (var stage = ResponseStage.TargetPreFlow; stage < ResponseStage.PostProxyHook; stage++)
        {
            var steps = StepsOf(flow, stage);
            for (var index = 0; index < steps.Length; index++)
            {
                if (steps[index].Policy == policy)
                    return new ResumePoint(stage, index + 1);
            }
        }
        return Unreachable(flow, policy);
    }

    internal static Step[] StepsOf(FlowContext flow, ResponseStage stage) => stage switch
    {
        ResponseStage.TargetPreFlow => flow.Target?.PreResponse,
        ResponseStage.TargetFlow => flow.TargetFlow?.Response,
        ResponseStage.TargetPostFlow => flow.Target?.PostResponse,
        ResponseStage.ProxyPreFlow => flow.ProxyEndpoint.PreResponse,
        ResponseStage.ProxyFlow => flow.ProxyFlow?.Response,
        ResponseStage.ProxyPostFlow => flow.ProxyEndpoint.PostResponse,
        _ => null,
    } ?? Flow.Step.None;

    internal static string NameOf(FlowContext flow, ResponseStage stage) => stage switch
    {
        ResponseStage.TargetFlow => flow.TargetFlow?.Name ?? "",
        ResponseStage.ProxyFlow => flow.ProxyFlow?.Name ?? "",
        ResponseStage.TargetPreFlow or ResponseStage.ProxyPreFlow => "PreFlow",
        _ => "PostFlow",
    };

    // In a conditional flow that is not the one: that endpoint's remaining phases. In a target that is not the one: the proxy's.
    private static ResumePoint Unreachable(FlowContext flow, ResponseCache policy) =>
        policy.ResponseEndpoint == flow.ProxyEndpoint ? new ResumePoint(ResponseStage.ProxyPostFlow, 0)
        : policy.ResponseEndpoint == flow.Target ? new ResumePoint(ResponseStage.TargetPostFlow, 0)
        : new ResumePoint(ResponseStage.ProxyPreFlow, 0);
}
