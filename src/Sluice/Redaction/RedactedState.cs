using System.Collections;
using System.Globalization;

namespace Sluice.Redaction;

/// <summary>A log entry's or scope's parameters and text without their secrets; every formatter reads it like the original.</summary>
internal sealed class RedactedState : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly List<KeyValuePair<string, object?>> _pairs = [];
    private readonly string _text;

    internal RedactedState(object? state, string text)
    {
        if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            foreach (var (name, value) in pairs)
                _pairs.Add(new(name, Redact(name, value, ref text)));
        }
        _text = Redactor.Redact(text);
    }

    public int Count => _pairs.Count;

    public KeyValuePair<string, object?> this[int index] => _pairs[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _pairs.GetEnumerator();

    public override string ToString() => _text;

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>What a scope shows without its secrets: parameters as parameters, anything else as text.</summary>
    internal static object? OfScope(object? scope) => scope switch
    {
        null => null,
        IEnumerable<KeyValuePair<string, object?>> => new RedactedState(scope, scope.ToString() ?? ""),
        _ => Redactor.Redact(TextOf(scope)),
    };

    // Numbers, times and truths stay what they are; anything else becomes text here, so that no formatter finds more in it than was looked at.
    private static object? Redact(string name, object? value, ref string text)
    {
        if (value is null || (value is not string && Convert.GetTypeCode(value) != TypeCode.Object) || value is Guid or TimeSpan or DateTimeOffset)
            return value;
        var shown = TextOf(value);
        if (SecretNames.Of(name) == Secrecy.None)
            return Redactor.Redact(shown);
        if (shown.Length > 0)
            text = text.Replace(shown, Redactor.Mask, StringComparison.Ordinal); // the message has it without its name
        return Redactor.Mask;
    }

    private static string TextOf(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
