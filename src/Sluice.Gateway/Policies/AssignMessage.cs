using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Changes or makes a message and sets variables (contract gateway.md 7).</summary>
internal sealed class AssignMessage : Policy
{
    private readonly MessageActions _actions;
    private readonly bool _ignoresUnresolved;
    private readonly bool _createsNew;
    private readonly bool? _isRequest;
    private readonly VariableRef? _target;

    internal AssignMessage(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(xml, "Copy", "Remove", "Add", "Set", "AssignVariable", "AssignTo", "IgnoreUnresolvedVariables", "Condition");
        _actions = MessageActions.Read(xml, context);
        _ignoresUnresolved = xml.Flag("IgnoreUnresolvedVariables", byDefault: false);
        if (xml.Child("AssignTo") is not { } target)
            return;
        _createsNew = target.FlagAttribute("createNew", byDefault: false);
        _isRequest = target.Attribute("type") is { } type ? type.Equals("request", StringComparison.OrdinalIgnoreCase) : null;
        _target = target.Text is { } name ? VariableRef.Of(name) : null;
    }

    internal override string? FailedPrefix => "assignmessage";

    internal override ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        if (Target(flow) is not { } message)
            return new(new Fault("steps.assignmessage.VariableOfNonMsgType", $"AssignMessage[{Name}]: value of variable {_target!.Name} is not of type Message"));
        return new(FaultOf(_actions.Apply(flow, message, _ignoresUnresolved), "steps.assignmessage", "AssignMessage"));
    }

    /// <summary>The fault that a problem of the actions is.</summary>
    internal Fault? FaultOf(MessageActions.Problem? problem, string prefix, string kind) => problem switch
    {
        null => null,
        MessageActions.Problem.Unresolved one => new Fault($"{prefix}.UnresolvedVariable", $"{kind}[{Name}]: unable to resolve variable {one.Variable}"),
        MessageActions.Problem.NoMessage one => new Fault($"{prefix}.VariableOfNonMsgType", $"{kind}[{Name}]: value of variable {one.Variable} is not of type Message"),
        MessageActions.Problem.NotWritable one => new Fault($"{prefix}.SetVariableFailed", $"{kind}[{Name}]: failed to set variable {one.Variable}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private Message? Target(FlowContext flow)
    {
        if (_target is null)
        {
            var standard = _isRequest switch { true => flow.Request, false when flow.Direction != Direction.Error => flow.Response, _ => flow.Current };
            if (_createsNew)
                standard.Clear(standard.IsRequest);
            return standard;
        }
        if (!_createsNew && _target.Get(flow) is { } known)
            return known as Message;
        if (_target.Get(flow) is Message own && _target is MessageVariable)
        {
            own.Clear(own.IsRequest);
            return own;
        }
        // What does not exist is made, whether the policy says so or not.
        var made = flow.NewMessage(_isRequest ?? true);
        _target.TrySet(flow, made);
        return made;
    }
}
