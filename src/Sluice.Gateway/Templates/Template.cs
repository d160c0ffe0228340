using System.Text;
using Sluice.Gateway.Bundles;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Templates;

/// <summary>Text with variables and functions in braces, parsed once (contract gateway.md 5.1). Braces that hold no reference stay as they are, so that JSON needs no escape.</summary>
internal sealed class Template
{
    internal const int MaxCharacters = 1 << 20;

    private readonly TemplatePart[] _parts;

    private Template(string source, TemplatePart[] parts) => (Source, _parts) = (source, parts);

    /// <summary>As it was written.</summary>
    internal string Source { get; }

    /// <summary>The text, when it holds no reference; else null.</summary>
    internal string? Literal => _parts is [] ? "" : _parts is [LiteralPart only] ? only.Text : null;

    /// <summary>Parses a text; a function that does not exist is a fault of the bundle.</summary>
    /// <param name="text">The text.</param>
    /// <param name="spot">Where it stands.</param>
    /// <param name="faults">Gets what is wrong.</param>
    /// <param name="open">What a reference begins with.</param>
    /// <param name="close">What it ends with.</param>
    internal static Template Parse(string text, SourceSpot spot, BundleFaults faults, string open = "{", string close = "}")
    {
        var parts = new List<TemplatePart>();
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            if (string.CompareOrdinal(text, at, open, 0, open.Length) == 0
                && TemplateReader.TryRead(text, at + open.Length, close, out var part, out var end, out var unknown))
            {
                if (unknown is not null)
                    faults.Add("entities.UnknownStringFunction", $"There is no function '{unknown}'", spot);
                if (literal.Length > 0)
                    parts.Add(new LiteralPart(literal.ToString()));
                literal.Clear();
                parts.Add(part!);
                at = end;
            }
            else
                literal.Append(text[at++]);
        }
        if (literal.Length > 0)
            parts.Add(new LiteralPart(literal.ToString()));
        return new Template(text, [.. parts]);
    }

    /// <summary>The text for a flow. <paramref name="unresolved"/> names the first variable that had no value and no default; it counts as empty.</summary>
    internal string Fill(FlowContext flow, out string? unresolved)
    {
        unresolved = null;
        if (Literal is { } literal)
            return literal;
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            if (text.Length > MaxCharacters)
                break;
            text.Append(part.Fill(flow, ref unresolved));
        }
        return text.ToString();
    }

    /// <inheritdoc cref="Fill(FlowContext, out string?)"/>
    internal string Fill(FlowContext flow) => Fill(flow, out _);

    /// <summary>A text between double quotes is what is inside; the original takes both.</summary>
    internal static string WithoutQuotes(string text) => text is ['"', .. var inner, '"'] && !inner.Contains('"', StringComparison.Ordinal) ? inner : text;
}

/// <summary>A piece of a template.</summary>
internal abstract class TemplatePart
{
    internal abstract string Fill(FlowContext flow, ref string? unresolved);
}

/// <summary>Text that stays as it is.</summary>
internal sealed class LiteralPart(string text) : TemplatePart
{
    internal string Text => text;

    internal override string Fill(FlowContext flow, ref string? unresolved) => text;
}

/// <summary>A variable, with what stands for it when it is not set.</summary>
internal sealed class VariablePart(VariableRef variable, string? byDefault) : TemplatePart
{
    internal override string Fill(FlowContext flow, ref string? unresolved)
    {
        if (variable.GetText(flow) is { } text)
            return text;
        if (byDefault is null)
            unresolved ??= variable.Name;
        return byDefault ?? "";
    }
}

/// <summary>A function with its arguments: variables, or texts in single quotes.</summary>
internal sealed class FunctionPart(TemplateFunction function, TemplateArgument[] arguments) : TemplatePart
{
    internal override string Fill(FlowContext flow, ref string? unresolved)
    {
        var values = new string?[arguments.Length];
        for (var index = 0; index < arguments.Length; index++)
        {
            values[index] = arguments[index].Get(flow, out var isResolved);
            if (!isResolved && function.NeedsValues)
                unresolved ??= arguments[index].Text;
        }
        return function.Call(new TemplateCall(values, flow));
    }
}

/// <summary>An argument of a function.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Variable">The variable; null for a literal.</param>
internal sealed record TemplateArgument(string Text, VariableRef? Variable)
{
    /// <summary>Its value. A bare number is taken for itself, but counts as a variable that is not set (contract gateway.md 5.1); <c>true</c> and <c>false</c> do not.</summary>
    internal string? Get(FlowContext flow, out bool isResolved)
    {
        var value = Variable is null ? Text : Variable.GetText(flow);
        isResolved = value is not null || Text is "true" or "false";
        return value ?? (isResolved || IsNumber ? Text : null);
    }

    private bool IsNumber => Text.Length > 0 && Text.AsSpan().TrimStart('-').IndexOfAnyExceptInRange('0', '9') < 0;
}
