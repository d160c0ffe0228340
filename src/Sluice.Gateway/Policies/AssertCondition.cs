using Sluice.Gateway.Bundles;
using Sluice.Gateway.Conditions;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Puts whether a condition holds in a variable that later conditions name (contract gateway.md 4, 5.3).</summary>
internal sealed class AssertCondition : Policy
{
    private readonly Condition? _condition;

    internal AssertCondition(PolicyElement source, CompileContext context) : base(source)
    {
        context.WarnOfUnknown(source.Xml, "Condition");
        if (source.Xml.ChildText("Condition") is null)
            context.Fault("ConditionMissing", $"AssertCondition '{Name}' has no Condition", source.Xml.Spot);
        _condition = context.Condition(source.Xml.Child("Condition"));
    }

    internal override string? FailedPrefix => "assertcondition";

    internal override ValueTask<Fault?> RunAsync(FlowContext flow)
    {
        flow.SetOwn($"assertcondition.{Name}.truthValue", ValueText.Of(_condition!.Holds(flow)));
        return default;
    }
}
