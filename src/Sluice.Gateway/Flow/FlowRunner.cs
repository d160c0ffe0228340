using Sluice.Gateway.Policies;

namespace Sluice.Gateway.Flow;

/// <summary>
/// The main path of the gateway: one request through its proxy, step by step (contract gateway.md 3.4). The numbers are those of the README.
/// </summary>
internal static class FlowRunner
{
    /// <summary>Shared flows and proxies that call each other end here.</summary>
    internal const int MaxDepth = 20;

    /// <summary>Runs everything up to the answer, which is then in <see cref="FlowContext.Response"/>, or in <see cref="FlowContext.Error"/> after a fault.</summary>
    internal static async ValueTask RunAsync(FlowContext flow)
    {
        var fault = await ThereAsync(flow);
        if (fault is null && flow.Answer != Answer.Final)
            fault = await BackAsync(flow);
        if (fault is not null)
            await FaultRunner.RunAsync(flow, fault);
        else
            flow.Direction = Direction.Response;
    }

    private static async ValueTask<Fault?> ThereAsync(FlowContext flow)
    {
        // :: Step 1: the proxy endpoint's request flows
        var proxy = flow.ProxyEndpoint;
        var fault = await HookAsync(flow, flow.Snapshot.Hooks.PreProxy);
        fault ??= await ListAsync(flow, "PreFlow", proxy.PreRequest);
        if (fault is not null || flow.Answer != Answer.None)
            return fault;
        flow.ProxyFlow = proxy.ChooseOnRequest(flow);
        fault = flow.ProxyFlow is { } chosen ? await ListAsync(flow, chosen.Name, chosen.Request) : null;
        if (fault is null && flow.Answer == Answer.None)
            fault = await ListAsync(flow, "PostFlow", proxy.PostRequest);
        if (fault is not null || flow.Answer != Answer.None)
            return fault;

        // :: Step 2: the route; none at all is an answer of its own
        fault = Route(flow);
        if (fault is not null)
            return fault;
        if (flow.Target is not { } target)
        {
            flow.Direction = Direction.Response;
            return null;
        }

        // :: Step 3: the target endpoint's request flows
        flow.Endpoint = target;
        fault = await HookAsync(flow, flow.Snapshot.Hooks.PreTarget);
        fault ??= await ListAsync(flow, "PreFlow", target.PreRequest);
        if (fault is not null || flow.Answer != Answer.None)
            return fault;
        flow.TargetFlow = target.ChooseOnRequest(flow);
        fault = flow.TargetFlow is { } targetFlow ? await ListAsync(flow, targetFlow.Name, targetFlow.Request) : null;
        if (fault is null && flow.Answer == Answer.None)
            fault = await ListAsync(flow, "PostFlow", target.PostRequest);
        if (fault is not null || flow.Answer != Answer.None)
            return fault;

        // :: Step 4: the target
        flow.Trace?.Asks(flow);
        fault = await target.Connection.SendAsync(flow, target);
        flow.Trace?.Answered(flow, fault);
        if ((fault is not null || flow.Response.Status >= 500) && flow.Caches.TryServeStale(flow))
            return null;
        if (fault is not null)
            return fault;
        flow.Direction = Direction.Response;
        if (flow.Socket is not null)
        {
            flow.Answer = Answer.Final; // what the response flows are about never comes
            return null;
        }
        if (target.Connection.IsSuccess(flow.Response.Status))
            return null;
        await PopulateErrorAsync(flow);
        return OfErrorResponse(flow);
    }

    /// <summary>The fault that a target's answer outside its success codes is: the answer itself is the error message (contract gateway.md 3.6).</summary>
    internal static Fault OfErrorResponse(FlowContext flow)
    {
        var answer = flow.NewMessage(isRequest: false);
        answer.CopyFrom(flow.Response);
        return Fault.ErrorResponse with { Text = $"Received {answer.Status} Response", Status = answer.Status, Answer = answer };
    }

    private static async ValueTask<Fault?> BackAsync(FlowContext flow)
    {
        flow.Direction = Direction.Response;
        var from = flow.Hit is { } hit ? ResumePoint.Find(flow, hit) : new ResumePoint(flow.Target is null ? ResponseStage.ProxyPreFlow : ResponseStage.TargetPreFlow, 0);
        // A stored answer that was no success is a fault again (contract gateway.md 1.6).
        if (flow.Hit is not null && flow.Caches.Find(flow.Hit) is { Entry.IsErrorResponse: true })
        {
            flow.Endpoint = flow.Target ?? flow.Endpoint;
            return OfErrorResponse(flow);
        }

        // :: Step 5: the response flows, the target endpoint's first
        for (var stage = from.Stage; stage <= ResponseStage.PostProxyHook; stage++)
        {
            var fault = stage switch
            {
                ResponseStage.PostTargetHook when flow.Target is not null => await HookAsync(flow, flow.Snapshot.Hooks.PostTarget),
                ResponseStage.PostProxyHook => await HookAsync(flow, flow.Snapshot.Hooks.PostProxy),
                _ => await StageAsync(flow, stage, stage == from.Stage ? from.Step : 0),
            };
            if (fault is not null)
                return fault;
            if (flow.Answer == Answer.Final)
                return null;
        }
        return null;
    }

    private static ValueTask<Fault?> StageAsync(FlowContext flow, ResponseStage stage, int from)
    {
        if (stage is ResponseStage.ProxyPreFlow)
            flow.Endpoint = flow.ProxyEndpoint;
        if (stage is ResponseStage.TargetFlow)
            flow.TargetFlow ??= flow.Target?.ChooseOnResponse(flow);
        if (stage is ResponseStage.ProxyFlow)
            flow.ProxyFlow ??= flow.ProxyEndpoint.ChooseOnResponse(flow);
        var steps = ResumePoint.StepsOf(flow, stage);
        return steps.Length == from ? default : ListAsync(flow, ResumePoint.NameOf(flow, stage), steps, from);
    }

    /// <summary>Runs a list of steps; returns the fault that ends the normal flow.</summary>
    internal static async ValueTask<Fault?> ListAsync(FlowContext flow, string name, Step[] steps, int from = 0)
    {
        flow.FlowName = name;
        for (var index = from; index < steps.Length; index++)
        {
            var step = steps[index];
            var policy = step.Policy;
            if (!policy.IsEnabled || (step.Condition is { } condition && !condition.Holds(flow)))
            {
                flow.Trace?.Skipped(flow, step);
                continue;
            }
            var hadAnswer = flow.Answer;
            flow.Trace?.Enter(flow, step);
            var fault = await policy.RunAsync(flow);
            flow.Trace?.Leave(fault);
            if (fault is not null)
            {
                Failures.Note(flow, policy, fault);
                if (!policy.ContinuesOnError)
                    return fault;
            }
            if (flow.Answer != hadAnswer)
                return null;
        }
        return null;
    }

    private static async ValueTask<Fault?> HookAsync(FlowContext flow, FlowHook? hook)
    {
        if (hook is null || flow.Snapshot.FindSharedFlow(hook.SharedFlow) is not { } shared)
            return null;
        var fault = await SharedAsync(flow, shared);
        return hook.ContinueOnError ? null : fault;
    }

    /// <summary>Runs the steps of a shared flow in the caller's place; its property sets are seen while they run.</summary>
    internal static async ValueTask<Fault?> SharedAsync(FlowContext flow, SharedFlowPlan shared)
    {
        var (caller, name) = (flow.SharedFlow, flow.FlowName);
        flow.SharedFlow = shared;
        flow.Depth++;
        var fault = await ListAsync(flow, shared.Name, shared.Steps);
        flow.Depth--;
        (flow.SharedFlow, flow.FlowName) = (caller, name);
        return fault;
    }

    /// <summary>Chooses the target as the route rules have it now (contract gateway.md 3.2).</summary>
    internal static Fault? Route(FlowContext flow)
    {
        foreach (var rule in flow.ProxyEndpoint.Routes)
        {
            if (rule.Condition is not null && !rule.Condition.Holds(flow))
                continue;
            (flow.RouteName, flow.Target) = (rule.Name, rule.Target);
            return null;
        }
        return flow.ProxyEndpoint.Routes.Length == 0 ? null
            : new Fault("messaging.runtime.RouteFailed", $"Unable to route the message to a TargetEndpoint for {flow.ProxyEndpoint.Name}");
    }

    // With ExcludeErrorResponse off, what the target itself answered is stored although the error state begins (contract gateway.md 1.6, Ruling 4).
    private static async ValueTask PopulateErrorAsync(FlowContext flow)
    {
        for (var stage = ResponseStage.TargetPreFlow; stage <= ResponseStage.ProxyPostFlow; stage++)
        {
            foreach (var step in ResumePoint.StepsOf(flow, stage))
            {
                if (step.Policy is ResponseCache { IsEnabled: true } cache && (step.Condition is null || step.Condition.Holds(flow)))
                    await cache.PopulateAsync(flow, isErrorResponse: true);
            }
        }
    }
}
