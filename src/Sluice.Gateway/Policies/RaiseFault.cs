using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Policies;

/// <summary>Ends the normal flow with a fault of the author's own (contract gateway.md 7).</summary>
internal sealed class RaiseFault : Policy
{
    private readonly MessageActions? _actions;
    private readonly MessageActions? _outer;
    private readonly bool _ignoresUnresolved;

    internal RaiseFault(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(xml, "FaultResponse", "IgnoreUnresolvedVariables", "ShortFaultReason", "AssignVariable");
        _ignoresUnresolved = xml.Flag("IgnoreUnresolvedVariables", byDefault: true);
        _actions = xml.Child("FaultResponse") is { } response ? MessageActions.Read(response, context) : null;
        _outer = xml.Child("AssignVariable") is null ? null : MessageActions.Read(xml, context);
    }

    internal override string? FailedPrefix => "raisefault";

    internal override ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        var fault = new Fault("steps.raisefault.RaiseFault", "Raising fault. Fault name : " + Name) { IsRaised = true };
        var answer = flow.NewMessage(isRequest: false);
        answer.Status = fault.Status;
        var problem = _outer?.Apply(flow, answer, _ignoresUnresolved) ?? _actions?.Apply(flow, answer, _ignoresUnresolved);
        if (problem is MessageActions.Problem.Unresolved missing)
            return new(new Fault("steps.raisefault.UnresolvedVariable", $"RaiseFault[{Name}]: unable to resolve variable {missing.Variable}"));
        // Where the policy says nothing of the body, the default one is sent.
        if (answer.IsEmpty && _actions is null)
        {
            answer.Headers.Set("Content-Type", "application/json");
            answer.Content = FaultRunner.DefaultBody(fault);
        }
        return new(fault with { Status = answer.Status, Reason = answer.Reason, Answer = answer });
    }
}
