using System.Globalization;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Conditions;

/// <summary>What is wrong with a condition, and at which character (from 0).</summary>
internal sealed record ConditionFault(int Position, string Text);

/// <summary>Reads the condition language (contract gateway.md 4.2):</summary>
/// <remarks>
/// <code>
/// or      = and { ("or" | "||") and }            and = unary { ("and" | "&amp;&amp;") unary }
/// unary   = ("not" | "!") unary | primary        primary = "(" or ")" | var [ ["not" | "!"] op operand ]
/// operand = string | number | "true" | "false" | "null" | var
/// </code>
/// </remarks>
internal sealed class ConditionParser
{
    internal const int MaxCharacters = 20_000;
    private const int MaxDepth = 200;

    private readonly string _text;
    private ConditionToken _token;
    private int _next;
    private int _depth;
    private ConditionFault? _fault;

    private ConditionParser(string text) => _text = text;

    /// <summary>The condition, or null with what is wrong.</summary>
    internal static Condition? Parse(string text, out ConditionFault? fault)
    {
        if (text.Length > MaxCharacters)
        {
            fault = new ConditionFault(MaxCharacters, $"A condition has at most {MaxCharacters} characters");
            return null;
        }
        var parser = new ConditionParser(text);
        parser.Advance();
        var condition = parser.Or();
        if (condition is not null && parser._token.Kind != ConditionTokenKind.End)
            parser.Fail($"'{parser._token.Text}' is not expected here");
        fault = parser._fault;
        if (fault is not null || condition is null)
            return null;
        condition.Text = text.Trim();
        return condition;
    }

    private Condition? Or()
    {
        var left = And();
        while (left is not null && (_token.Is("or") || _token.IsSign("||")))
        {
            Advance();
            left = And() is { } right ? new OrCondition(left, right) : null;
        }
        return left;
    }

    private Condition? And()
    {
        var left = Unary();
        while (left is not null && (_token.Is("and") || _token.IsSign("&&")))
        {
            Advance();
            left = Unary() is { } right ? new AndCondition(left, right) : null;
        }
        return left;
    }

    private Condition? Unary()
    {
        if (++_depth > MaxDepth)
            return Fail($"A condition nests at most {MaxDepth} deep");
        Condition? found;
        if (_token.Is("not") || _token.IsSign("!"))
        {
            Advance();
            found = Unary() is { } inner ? new NotCondition(inner) : null;
        }
        else if (_token.IsSign("("))
        {
            Advance();
            found = Or();
            if (found is not null && !_token.IsSign(")"))
                return Fail("A closing parenthesis is missing");
            Advance();
        }
        else
            found = Comparison();
        _depth--;
        return found;
    }

    private Condition? Comparison()
    {
        if (_token.Kind != ConditionTokenKind.Name || _token.IsOperatorWord)
            return Fail(_token.Kind == ConditionTokenKind.End ? "The condition ends where a variable is expected" : $"A variable is expected, not '{_token.Text}'");
        var variable = VariableRef.Of(_token.Text);
        Advance();

        var isNegated = (_token.Is("not") || _token.IsSign("!")) && _fault is null;
        if (isNegated)
            Advance();
        if (ConditionOperator.Find(_token) is not { } found)
            return isNegated ? Fail("An operator is expected after 'not'") : Operand() ?? new BareCondition(variable);
        var at = _token;
        Advance();
        // "x is not null" is how people speak.
        if (found.Comparison == Conditions.Comparison.Equals && at.Is("is") && _token.Is("not"))
        {
            isNegated = !isNegated;
            Advance();
        }
        var comparison = found.TakesPattern || found.Comparison == Conditions.Comparison.EqualsCaseInsensitive
            ? WithText(variable, found)
            : WithOperand(variable, found.Comparison!.Value);
        return comparison is not null && isNegated ? new NotCondition(comparison) : comparison;
    }

    // A bare variable must not be followed by something that only looks like an operator.
    private Condition? Operand() => _token.Kind is ConditionTokenKind.Sign && !_token.IsSign(")") && !_token.IsSign("&&") && !_token.IsSign("||")
        ? Fail($"'{_token.Text}' is no operator")
        : null;

    private Condition? WithText(VariableRef variable, ConditionOperator found)
    {
        if (_token.Kind != ConditionTokenKind.Text)
            return Fail($"{found.Name} takes a text in double quotes");
        var text = _token.Text;
        try
        {
            Condition made = found.Make is { } make ? new PatternCondition(variable, make(text)) : new ComparisonCondition(variable, found.Comparison!.Value, text, null);
            Advance();
            return made;
        }
        catch (ArgumentException fault)
        {
            return Fail($"The expression cannot be read: {fault.Message}");
        }
    }

    private ComparisonCondition? WithOperand(VariableRef variable, Comparison comparison)
    {
        var token = _token;
        Advance();
        switch (token.Kind)
        {
            case ConditionTokenKind.Text:
                return new ComparisonCondition(variable, comparison, token.Text, null);
            case ConditionTokenKind.Number when NumberOf(token.Text) is { } number:
                return new ComparisonCondition(variable, comparison, number, null);
            case ConditionTokenKind.Name when token.Is("null"):
                return new ComparisonCondition(variable, comparison, null, null);
            case ConditionTokenKind.Name when token.Is("true") || token.Is("false"):
                return new ComparisonCondition(variable, comparison, ValueText.Of(token.Is("true")), null);
            case ConditionTokenKind.Name when !token.IsOperatorWord:
                return new ComparisonCondition(variable, comparison, null, VariableRef.Of(token.Text));
            default:
                _fault ??= new ConditionFault(token.Position, token.Kind == ConditionTokenKind.End ? "The condition ends where a value is expected" : $"A value is expected, not '{token.Text}'");
                return null;
        }
    }

    private static object? NumberOf(string text)
    {
        var (digits, suffix) = char.IsAsciiLetter(text[^1]) ? (text[..^1], char.ToLowerInvariant(text[^1])) : (text, ' ');
        if (suffix is 'f' or 'd' || digits.Contains('.', StringComparison.Ordinal))
            return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real : null;
        if (suffix != 'l' && int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small))
            return small;
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private void Advance()
    {
        _token = ConditionToken.Read(_text, ref _next, out var fault);
        if (fault is not null)
            _fault ??= new ConditionFault(_token.Position, fault);
    }

    private Condition? Fail(string text)
    {
        _fault ??= new ConditionFault(_token.Position, text);
        return null;
    }
}
