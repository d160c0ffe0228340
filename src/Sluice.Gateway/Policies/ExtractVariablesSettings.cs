using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Gateway.Json;
using Sluice.Gateway.Variables;
using Sluice.Gateway.Xml;

namespace Sluice.Gateway.Policies;

/// <summary>What an ExtractVariables policy says, compiled.</summary>
internal sealed record ExtractVariablesSettings
{
    /// <summary>The message or variable it looks at; null for the current message.</summary>
    internal VariableRef? Source { get; init; }

    internal bool ClearsPayload { get; init; }

    internal bool IgnoresUnresolved { get; init; }

    /// <summary>Whether anything is taken from the source itself, and not from other variables.</summary>
    internal bool NeedsSource { get; init; }

    /// <summary>Variables, each with the patterns that are tried on it in turn.</summary>
    internal required (VariableRef Variable, ExtractPattern[] Patterns)[] Patterns { get; init; }

    internal required (VariableRef Target, JsonPath Path, ExtractedType Type)[] Json { get; init; }

    internal required (VariableRef Target, XPathQuery Query, ExtractedType Type)[] Xml { get; init; }
}

/// <summary>What a value taken from JSON or XML becomes.</summary>
internal enum ExtractedType
{
    String,
    Boolean,
    Integer,
    Long,
    Float,
    Double,
    Nodeset,
}

/// <summary>Makes values of texts.</summary>
internal static class ExtractedTypes
{
    internal static bool TryCast(string text, ExtractedType type, out object value)
    {
        value = text;
        var trimmed = text.AsSpan().Trim();
        switch (type)
        {
            case ExtractedType.Boolean:
                var isTrue = trimmed.Equals("true", StringComparison.OrdinalIgnoreCase);
                value = ValueText.Of(isTrue);
                return isTrue || trimmed.Equals("false", StringComparison.OrdinalIgnoreCase);
            case ExtractedType.Integer:
                var isInteger = int.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer);
                value = integer;
                return isInteger;
            case ExtractedType.Long:
                var isLong = long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
                value = number;
                return isLong;
            case ExtractedType.Float or ExtractedType.Double:
                var isDouble = double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var real);
                value = real;
                return isDouble;
            default:
                return true;
        }
    }
}

/// <summary>A pattern such as <c>/a/{id}</c> or <c>Bearer {token}</c>: what it matches, and the variables that its braces name.</summary>
internal sealed class ExtractPattern
{
    private readonly Regex _regex;
    private readonly VariableRef[] _targets;

    private ExtractPattern(Regex regex, VariableRef[] targets) => (_regex, _targets) = (regex, targets);

    internal bool HasVariable => _targets.Length > 0;

    /// <summary>Reads a pattern; null when its braces do not pair, or hold no name. In paths a variable is one segment, <c>*</c> too, and <c>**</c> is the rest.</summary>
    internal static ExtractPattern? Read(string text, bool isPath, bool ignoresCase, Func<string, VariableRef> name)
    {
        var regex = new StringBuilder("^");
        var targets = new List<VariableRef>();
        for (var at = 0; at < text.Length;)
        {
            switch (text[at])
            {
                case '{':
                    var end = text.IndexOf('}', at);
                    if (end < 0 || text[(at + 1)..end].Trim() is not { Length: > 0 } variable || variable.Contains('{', StringComparison.Ordinal))
                        return null;
                    targets.Add(name(variable));
                    regex.Append(isPath ? "([^/]+)" : "(.*?)");
                    at = end + 1;
                    break;
                case '}':
                    return null;
                case '*' when isPath:
                    var isRest = at + 1 < text.Length && text[at + 1] == '*';
                    regex.Append(isRest ? ".*" : "[^/]+");
                    at += isRest ? 2 : 1;
                    break;
                default:
                    regex.Append(Regex.Escape(text[at].ToString()));
                    at++;
                    break;
            }
        }
        // Text at the end may be followed by nothing more; a path may end in one slash.
        regex.Append(isPath && !text.EndsWith('/') ? "/?\\z" : "\\z");
        var made = new Regex(regex.ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline | (ignoresCase ? RegexOptions.IgnoreCase : RegexOptions.None));
        return new ExtractPattern(made, [.. targets]);
    }

    /// <summary>The variables with their values; null when the text does not match.</summary>
    internal (VariableRef Target, string Value)[]? Match(string text)
    {
        var match = _regex.Match(text);
        return match.Success ? [.. _targets.Select((target, index) => (target, match.Groups[index + 1].Value))] : null;
    }
}
