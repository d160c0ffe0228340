using Sluice.Gateway.Flow;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Conditions;

/// <summary>A condition, parsed and ready to be asked (contract gateway.md 4). Immutable; asking it changes nothing and never throws.</summary>
internal abstract class Condition
{
    /// <summary>As it was written; of a part of another, nothing.</summary>
    internal string Text { get; set; } = "";

    /// <summary>Whether it holds, noted when somebody watches the flow.</summary>
    internal bool Holds(FlowContext flow) => flow.Trace is { } trace ? trace.Ask(flow, this) : IsTrue(flow);

    /// <summary>Whether it holds.</summary>
    internal abstract bool IsTrue(FlowContext flow);

    /// <summary>Whether it looks at what came back.</summary>
    internal abstract bool ReadsResponse { get; }

    /// <summary>Every variable it reads, in the order of the text.</summary>
    internal abstract IEnumerable<VariableRef> Variables { get; }
}

/// <summary><c>a and b</c>: the right side is asked only when the left side holds.</summary>
internal sealed class AndCondition(Condition left, Condition right) : Condition
{
    internal override bool IsTrue(FlowContext flow) => left.IsTrue(flow) && right.IsTrue(flow);

    internal override bool ReadsResponse => left.ReadsResponse || right.ReadsResponse;

    internal override IEnumerable<VariableRef> Variables => left.Variables.Concat(right.Variables);
}

/// <summary><c>a or b</c>: the right side is asked only when the left side does not hold.</summary>
internal sealed class OrCondition(Condition left, Condition right) : Condition
{
    internal override bool IsTrue(FlowContext flow) => left.IsTrue(flow) || right.IsTrue(flow);

    internal override bool ReadsResponse => left.ReadsResponse || right.ReadsResponse;

    internal override IEnumerable<VariableRef> Variables => left.Variables.Concat(right.Variables);
}

/// <summary><c>not a</c>, also before an infix word.</summary>
internal sealed class NotCondition(Condition inner) : Condition
{
    internal override bool IsTrue(FlowContext flow) => !inner.IsTrue(flow);

    internal override bool ReadsResponse => inner.ReadsResponse;

    internal override IEnumerable<VariableRef> Variables => inner.Variables;
}

/// <summary>A variable by itself: true, or the text <c>true</c>.</summary>
internal sealed class BareCondition(VariableRef variable) : Condition
{
    internal override bool IsTrue(FlowContext flow) => variable.Get(flow) switch
    {
        bool value => value,
        string text => text.Equals("true", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    internal override bool ReadsResponse => variable.ReadsResponse;

    internal override IEnumerable<VariableRef> Variables => [variable];
}

/// <summary>A variable compared with a literal or another variable.</summary>
internal sealed class ComparisonCondition(VariableRef left, Comparison comparison, object? literal, VariableRef? right) : Condition
{
    internal override bool IsTrue(FlowContext flow) => ValueComparer.Holds(comparison, left.Get(flow), right is null ? literal : right.Get(flow));

    internal override bool ReadsResponse => left.ReadsResponse || right is { ReadsResponse: true };

    internal override IEnumerable<VariableRef> Variables => right is null ? [left] : [left, right];
}

/// <summary>A variable held against a pattern: glob, expression or path.</summary>
internal sealed class PatternCondition(VariableRef left, TextPattern pattern) : Condition
{
    internal override bool IsTrue(FlowContext flow) => left.GetText(flow) is { } text && pattern.Matches(text);

    internal override bool ReadsResponse => left.ReadsResponse;

    internal override IEnumerable<VariableRef> Variables => [left];
}

/// <summary>Operators that compare two values (contract gateway.md 4.1).</summary>
internal enum Comparison
{
    Equals,
    NotEquals,
    EqualsCaseInsensitive,
    Greater,
    GreaterOrEquals,
    Lesser,
    LesserOrEquals,
    StartsWith,
}
