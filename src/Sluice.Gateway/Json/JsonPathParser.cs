using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sluice.Gateway.Json;

/// <summary>Reads JSONPath (RFC 9535's forms, and the older ones that bundles use: a filter in parentheses, a leading <c>$</c> left out, <c>length()</c>).</summary>
/// <remarks>
/// <c>path = "$" *( ["."] "." ( name / "*" ) / [".."] "[" selector *( "," selector ) "]" ) [".length()"]</c>;
/// <c>selector = "*" / quoted / int / [int] ":" [int] [":" [int]] / "?" expression</c>.
/// </remarks>
internal sealed class JsonPathParser(string text)
{
    private const int MaxSteps = 100;
    private const int MaxSelectors = 100;
    private const int MaxDepth = 16;
    private const int MaxRegexCharacters = 500;

    private int _at;
    private int _depth;

    internal JsonPath? Parse(out string? fault)
    {
        fault = null;
        try
        {
            if (text.Length > JsonPath.MaxCharacters)
                throw Wrong($"it is longer than {JsonPath.MaxCharacters} characters");
            SkipBlanks();
            if (_at == text.Length)
                throw Wrong("it is empty");
            var path = text[_at] == '$' ? PathBehindRoot(isWhole: true) : NamedPath();
            SkipBlanks();
            return _at == text.Length ? path : throw Wrong($"'{text[_at]}' is not expected");
        }
        catch (FormatException wrong)
        {
            fault = wrong.Message;
            return null;
        }
    }

    // "name.rest" is "$.name.rest".
    private JsonPath NamedPath()
    {
        var steps = new List<JsonPathStep> { new(false, [text[_at] == '*' ? Star() : new NameSelector(Name())]) };
        return Steps(steps, isWhole: true);
    }

    private JsonPath PathBehindRoot(bool isWhole)
    {
        _at++;
        return Steps([], isWhole);
    }

    private JsonPath Steps(List<JsonPathStep> steps, bool isWhole)
    {
        while (_at < text.Length && text[_at] is '.' or '[')
        {
            if (steps.Count == MaxSteps)
                throw Wrong($"it has more than {MaxSteps} steps");
            if (IsNext(".length()"))
            {
                _at += ".length()".Length;
                return new JsonPath([.. steps], countsLength: true);
            }
            var isDeep = IsNext("..");
            _at += isDeep ? 2 : text[_at] == '.' ? 1 : 0;
            if (_at == text.Length)
                throw Wrong("a name is missing");
            steps.Add(new JsonPathStep(isDeep, text[_at] == '[' ? Bracket() : [text[_at] == '*' ? Star() : new NameSelector(Name())]));
        }
        return !isWhole || _at == text.Length || char.IsWhiteSpace(text[_at]) ? new JsonPath([.. steps], countsLength: false) : throw Wrong($"'{text[_at]}' is not expected");
    }

    private WildcardSelector Star()
    {
        _at++;
        return new WildcardSelector();
    }

    private string Name()
    {
        var start = _at;
        while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '-' or '$' or ':' or '@' || char.IsSurrogate(text[_at])))
            _at++;
        return _at > start ? text[start.._at] : throw Wrong("a name is missing");
    }

    private JsonPathSelector[] Bracket()
    {
        var selectors = new List<JsonPathSelector>();
        do
        {
            _at++; // "[" or ","
            SkipBlanks();
            if (selectors.Count == MaxSelectors)
                throw Wrong($"brackets hold more than {MaxSelectors} selectors");
            selectors.Add(Selector());
            SkipBlanks();
        }
        while (_at < text.Length && text[_at] == ',');
        Expect(']');
        return [.. selectors];
    }

    private JsonPathSelector Selector()
    {
        var first = _at < text.Length ? text[_at] : '\0';
        if (first == '*')
            return Star();
        if (first is '\'' or '"')
            return new NameSelector(Quoted());
        if (first != '?')
            return IndexOrSlice();
        _at++;
        return new FilterSelector(Or());
    }

    private JsonPathSelector IndexOrSlice()
    {
        var start = Integer();
        SkipBlanks();
        if (_at >= text.Length || text[_at] != ':')
            return new IndexSelector(start ?? throw Wrong("a name in quotes, a number, '*' or '?' is missing"));
        _at++;
        SkipBlanks();
        var end = Integer();
        SkipBlanks();
        var step = 1;
        if (_at < text.Length && text[_at] == ':')
        {
            _at++;
            SkipBlanks();
            step = Integer() ?? 1;
        }
        return step != 0 ? new SliceSelector(start, end, step) : throw Wrong("the step of a slice is 0");
    }

    private int? Integer()
    {
        var start = _at;
        if (_at < text.Length && text[_at] == '-')
            _at++;
        while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            _at++;
        return _at == start ? null
            : int.TryParse(text.AsSpan(start, _at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw Wrong($"'{text[start.._at]}' is no index");
    }

    private string Quoted()
    {
        var quote = text[_at++];
        var value = new StringBuilder();
        for (; _at < text.Length; _at++)
        {
            if (text[_at] == quote)
            {
                _at++;
                return value.ToString();
            }
            if (text[_at] == '\\' && _at + 1 < text.Length)
                _at++;
            value.Append(text[_at]);
        }
        throw Wrong("a quote is not closed");
    }

    private JsonPathExpression Or()
    {
        var left = And();
        for (SkipBlanks(); IsNext("||"); SkipBlanks())
        {
            _at += 2;
            left = new JunctionExpression(left, And(), isOr: true);
        }
        return left;
    }

    private JsonPathExpression And()
    {
        var left = Unary();
        for (SkipBlanks(); IsNext("&&"); SkipBlanks())
        {
            _at += 2;
            left = new JunctionExpression(left, Unary(), isOr: false);
        }
        return left;
    }

    private JsonPathExpression Unary()
    {
        if (++_depth > MaxDepth)
            throw Wrong($"a filter nests deeper than {MaxDepth}");
        SkipBlanks();
        JsonPathExpression expression;
        if (_at < text.Length && text[_at] == '!')
        {
            _at++;
            expression = new NotExpression(Unary());
        }
        else if (_at < text.Length && text[_at] == '(')
        {
            _at++;
            expression = Or();
            Expect(')');
        }
        else
            expression = Comparison();
        _depth--;
        return expression;
    }

    private JsonPathExpression Comparison()
    {
        var left = Operand();
        SkipBlanks();
        if (IsNext("=~"))
        {
            _at += 2;
            return new MatchExpression(left, RegexLiteral());
        }
        var sign = Array.Find(["==", "!=", "<=", ">=", "<", ">"], IsNext);
        if (sign is null)
            return left.IsPath ? new ExistsExpression(left) : throw Wrong("a comparison is missing");
        _at += sign.Length;
        return new ComparisonExpression(left, sign, Operand());
    }

    private JsonPathOperand Operand()
    {
        SkipBlanks();
        switch (_at < text.Length ? text[_at] : '\0')
        {
            case '@' or '$':
                var fromRoot = text[_at] == '$';
                if (++_depth > MaxDepth)
                    throw Wrong($"a filter nests deeper than {MaxDepth}");
                var path = PathBehindRoot(isWhole: false);
                _depth--;
                return new JsonPathOperand(null, path, fromRoot);
            case '\'' or '"':
                return Literal(JsonSerializer.SerializeToElement(Quoted()));
            default:
                var start = _at;
                while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '-' or '+' or '.'))
                    _at++;
                return Literal(Json(text[start.._at]) ?? throw Wrong("a value is missing: @, $, a text in quotes, a number, true, false or null"));
        }

        static JsonPathOperand Literal(JsonElement value) => new(value, null, fromRoot: false);
    }

    private static JsonElement? Json(string word)
    {
        try
        {
            using var document = JsonDocument.Parse(word);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Regex RegexLiteral()
    {
        SkipBlanks();
        Expect('/');
        var start = _at;
        while (_at < text.Length && text[_at] != '/')
            _at += text[_at] == '\\' ? 2 : 1;
        if (_at >= text.Length)
            throw Wrong("a regular expression is not closed");
        var pattern = text[start.._at].Replace("\\/", "/", StringComparison.Ordinal);
        _at++;
        var ignoresCase = _at < text.Length && text[_at] == 'i';
        _at += ignoresCase ? 1 : 0;
        if (pattern.Length > MaxRegexCharacters)
            throw Wrong($"a regular expression is longer than {MaxRegexCharacters} characters");
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (ignoresCase ? RegexOptions.IgnoreCase : RegexOptions.None));
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            throw Wrong($"'{pattern}' is no regular expression that can be run here");
        }
    }

    private bool IsNext(string word) => string.CompareOrdinal(text, _at, word, 0, word.Length) == 0;

    private void Expect(char sign)
    {
        SkipBlanks();
        if (_at >= text.Length || text[_at] != sign)
            throw Wrong($"'{sign}' is missing");
        _at++;
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            _at++;
    }

    // Only thrown and caught inside Parse: every method would have to hand the reason up otherwise.
    private FormatException Wrong(string reason) => new($"at character {Math.Min(_at, text.Length) + 1}: {reason}");
}
