using System.Globalization;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Policies;

/// <summary>Whom a limit counts a call for, and how much the call counts (contract gateway.md 7).</summary>
internal sealed class LimitSubject
{
    internal const string Everybody = "_default";

    private readonly VariableRef? _identifier;
    private readonly VariableRef? _weight;
    private readonly long _literalWeight;

    internal LimitSubject(BundleElement policy, CompileContext context)
    {
        _identifier = policy.Child("Identifier")?.Ref() is { } name ? VariableRef.Of(name) : null;
        var weight = policy.Child("MessageWeight");
        _weight = weight?.Ref() is { } variable ? VariableRef.Of(variable) : null;
        _literalWeight = 1;
        if (weight?.Text is { } text && !TryRead(text, out _literalWeight))
            context.Fault("InvalidMessageWeight", $"MessageWeight is '{text}'; it is a whole number, 0 or more", weight.Spot);
    }

    /// <summary>The identifier; one for everybody where none is named, or its variable has no value.</summary>
    internal string IdentifierOf(FlowContext flow) => _identifier?.GetText(flow) is { Length: > 0 } text ? text : Everybody;

    /// <summary>The weight; 1 where its variable has no value. The fault when that is no weight.</summary>
    internal Fault? WeightOf(FlowContext flow, out long weight)
    {
        weight = _literalWeight;
        if (_weight?.GetText(flow) is not { Length: > 0 } text || TryRead(text, out weight))
            return null;
        return new Fault("policies.ratelimit.InvalidMessageWeight", $"Invalid message weight value {text}");
    }

    // More would only overflow when it is multiplied.
    private static bool TryRead(string text, out long weight) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out weight) && weight <= 1_000_000_000;
}
