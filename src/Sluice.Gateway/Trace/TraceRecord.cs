using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Trace;

/// <summary>What happened to one watched request, step by step.</summary>
internal sealed class TraceRecord
{
    private readonly List<TraceStep> _steps = [];

    internal IReadOnlyList<TraceStep> Steps => _steps;

    internal void Skipped(FlowContext flow, Step step, bool isDisabled) =>
        _steps.Add(new TraceStep(flow.FlowName, flow.Direction, step.Policy.Name, isDisabled ? "disabled" : "condition is false", null));

    internal void Ran(FlowContext flow, Step step, Fault? fault) =>
        _steps.Add(new TraceStep(flow.FlowName, flow.Direction, step.Policy.Name, "ran", fault?.Code));
}

/// <summary>One step of a watched request.</summary>
internal sealed record TraceStep(string Flow, Direction Direction, string Policy, string Outcome, string? Fault);
