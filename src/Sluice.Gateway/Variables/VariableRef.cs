using System.Collections.Concurrent;
using Sluice.Gateway.Flow;

namespace Sluice.Gateway.Variables;

/// <summary>A flow variable by name, with the way to its value found once (contract gateway.md 5.2, 5.3). What is not set, or out of its scope, reads as null.</summary>
internal abstract class VariableRef(string name)
{
    // Names come from bundles and from scripts; a script that makes them up must not fill the memory.
    private const int MostKept = 20_000;

    private static readonly ConcurrentDictionary<string, VariableRef> Known = new(StringComparer.Ordinal);

    internal string Name { get; } = name;

    /// <summary>Whether it looks at what came back: <c>response.…</c> or <c>message.status…</c>.</summary>
    internal virtual bool ReadsResponse => Name.StartsWith("response.", StringComparison.Ordinal) || Name == "message.status.code";

    /// <summary>The variable of that name.</summary>
    internal static VariableRef Of(string name)
    {
        if (Known.TryGetValue(name, out var known))
            return known;
        var made = VariableCatalogue.Find(name) ?? (VariableRef?)MessageVariable.Find(name) ?? new OwnVariable(name);
        if (Known.Count < MostKept)
            Known[name] = made;
        return made;
    }

    /// <summary>Its value: a string, bool, int, long, double, message or list of strings; null when there is none.</summary>
    internal object? Get(FlowContext flow)
    {
        var value = Read(flow);
        flow.Trace?.Read(Name, value);
        return value;
    }

    /// <summary>Gives it a value, null takes it away; false for one that cannot be written.</summary>
    internal bool TrySet(FlowContext flow, object? value)
    {
        var isDone = Write(flow, value);
        flow.Trace?.Wrote(Name, value, isDone);
        return isDone;
    }

    /// <summary>The way to its value.</summary>
    protected abstract object? Read(FlowContext flow);

    /// <summary>The way to where its value is kept.</summary>
    protected abstract bool Write(FlowContext flow, object? value);

    /// <summary>Appends its value as text; false, and nothing appended, when there is none. Spares the string where the value is part of another.</summary>
    internal virtual bool TryAppend(FlowContext flow, TextBuffer buffer)
    {
        if (Get(flow) is not { } value)
            return false;
        buffer.Append(value is string text ? text : ValueText.Of(value));
        return true;
    }

    /// <summary>Its value as text; null when there is none.</summary>
    internal string? GetText(FlowContext flow) => Get(flow) switch { null => null, string text => text, var other => ValueText.Of(other) };
}

/// <summary>A variable that policies set, or a text that a policy keeps ready: by its name in the flow.</summary>
internal sealed class OwnVariable(string name) : VariableRef(name)
{
    // What a response cache says of itself is not for others to write (contract gateway.md 1.8).
    private readonly bool _isReadOnly = name.StartsWith("responsecache.", StringComparison.Ordinal);

    protected override object? Read(FlowContext flow) => flow.FindOwn(Name) is { } value
        ? value is LateText late ? late.ToString() : value
        : PropertySetOf(flow);

    protected override bool Write(FlowContext flow, object? value) => !_isReadOnly && flow.SetOwn(Name, value);

    private string? PropertySetOf(FlowContext flow) =>
        !Name.StartsWith("propertyset.", StringComparison.Ordinal) ? null
        : flow.SharedFlow?.PropertySets.GetValueOrDefault(Name) ?? flow.Proxy.PropertySets.GetValueOrDefault(Name) ?? flow.Snapshot.PropertySets.GetValueOrDefault(Name);
}

/// <summary>A text that is made when somebody reads it.</summary>
internal abstract class LateText
{
    public abstract override string ToString();
}
