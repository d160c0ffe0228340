using System.Globalization;
using Jint;
using Jint.Native;
using Jint.Runtime;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Scripts;

/// <summary>Values of flow variables in scripts, and back.</summary>
internal static class ScriptValue
{
    internal static JsValue Of(object? value) => value switch
    {
        null => JsValue.Null,
        string text => new JsValue(text),
        bool flag => flag ? JsValue.True : JsValue.False,
        int number => new JsValue(number),
        long number => new JsValue(number),
        double number => new JsValue(number),
        _ => new JsValue(ValueText.Of(value)),
    };

    internal static JsValue OfText(string? value) => value is null ? JsValue.Undefined : new JsValue(value);

    /// <summary>What a variable is set to; null takes it away.</summary>
    internal static object? Read(JsValue value)
    {
        if (value.IsUndefined() || value.IsNull())
            return null;
        if (value.IsBoolean())
            return ValueText.Of(value.AsBoolean());
        if (!value.IsNumber())
            return TypeConverter.ToString(value);
        var number = value.AsNumber();
        return number == Math.Floor(number) && Math.Abs(number) < 9e15
            ? Math.Abs(number) <= int.MaxValue ? ValueText.Box((int)number) : (long)number
            : number;
    }

    internal static string Text(JsValue value) => value.IsUndefined() || value.IsNull() ? "" : TypeConverter.ToString(value);

    internal static JsValue At(JsValue[] arguments, int index) => index < arguments.Length ? arguments[index] : JsValue.Undefined;

    /// <summary>A text as an object with members of its own, as <c>content.asJSON</c> and <c>status.code</c> need it.</summary>
    internal static JsValue Boxed(Engine engine, string text, params ReadOnlySpan<(string Name, JsValue Value)> members)
    {
        var boxed = engine.String.Construct([new JsValue(text)]);
        foreach (var (name, value) in members)
            boxed.FastAddProperty(name, value, true, false, true);
        return new JsValue(boxed);
    }

    internal static JsValue BoxedNumber(Engine engine, int number, string message)
    {
        var boxed = engine.Number.Construct([new JsValue(number)]);
        boxed.FastAddProperty("code", new JsValue(number), true, false, true);
        boxed.FastAddProperty("message", new JsValue(message), true, false, true);
        return new JsValue(boxed);
    }

    internal static int? Status(JsValue value) =>
        int.TryParse(Text(value), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 999 ? status : null;
}
