using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Templates;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Runs the steps of a shared flow where it stands, in the same flow (contract gateway.md 3.4, 7).</summary>
internal sealed class FlowCallout : Policy
{
    private readonly string _sharedFlow;
    private readonly Parameter[] _parameters;

    internal FlowCallout(PolicyElement source, CompileContext context) : base(source)
    {
        var xml = source.Xml;
        context.WarnOfUnknown(xml, "SharedFlowBundle", "Parameters");
        _sharedFlow = xml.ChildText("SharedFlowBundle") ?? "";
        if (_sharedFlow.Length == 0)
            context.Fault("MissingSharedFlowBundle", $"FlowCallout '{Name}' has no SharedFlowBundle", xml.Spot);
        else if (!context.Environment.SharedFlows.Contains(_sharedFlow))
            context.Fault("SharedFlowNotFound", $"The shared flow '{_sharedFlow}' that FlowCallout '{Name}' calls is not deployed in environment {context.Environment.Name}; it is deployed before its callers", xml.Spot);
        _parameters = [.. (xml.Child("Parameters")?.All("Parameter") ?? []).Select(one => Parameter.Read(one, context)).OfType<Parameter>()];
    }

    internal override string? FailedPrefix => "flowcallout";

    internal override async ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        if (flow.Snapshot.FindSharedFlow(_sharedFlow) is not { } shared)
            return new Fault("flow.SharedFlowNotFound", $"Shared Flow {_sharedFlow} Not Found");
        if (flow.Depth >= FlowRunner.MaxDepth)
            return new Fault("flow.SharedFlowNotFound", $"Shared Flow {_sharedFlow} is called more than {FlowRunner.MaxDepth} deep");
        foreach (var parameter in _parameters)
            parameter.Set(flow);
        return await FlowRunner.SharedAsync(flow, shared);
    }

    /// <summary>A variable that is set before the call: another variable's value, or a text.</summary>
    private sealed record Parameter(VariableRef Target, VariableRef? Source, Template Text)
    {
        internal static Parameter? Read(BundleElement xml, CompileContext context)
        {
            if (xml.Attribute("name") is { } name)
                return new Parameter(VariableRef.Of(name), xml.Ref() is { } source ? VariableRef.Of(source) : null, context.Template(xml.Attribute("value") ?? xml.Text ?? "", xml.Spot));
            context.Fault("MissingName", "A Parameter of FlowCallout has no name", xml.Spot);
            return null;
        }

        internal void Set(FlowContext flow) => Target.TrySet(flow, Source is null ? Text.Fill(flow) : Source.Get(flow));
    }
}
