using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Templates;

/// <summary>The arguments of one call; null for a variable that is not set.</summary>
internal readonly record struct TemplateCall(string?[] Values, FlowContext Flow)
{
    /// <summary>An argument as text; empty when it is absent or not set.</summary>
    internal string this[int index] => index < Values.Length ? Values[index] ?? "" : "";

    internal bool Has(int index) => index < Values.Length && Values[index] is not null;
}

/// <summary>A function of templates.</summary>
/// <param name="Name">As it is called; the case counts.</param>
/// <param name="Least">The fewest arguments.</param>
/// <param name="Most">The most arguments.</param>
/// <param name="Call">What it answers; never throws.</param>
/// <param name="NeedsValues">Whether a variable that is not set counts as unresolved.</param>
internal sealed record TemplateFunction(string Name, int Least, int Most, Func<TemplateCall, string> Call, bool NeedsValues = true);
