using System.Globalization;
using System.Text;

namespace Sluice.Schemas.Patterns;

/// <summary>
/// Rewrites a regular expression of ECMA-262, with Unicode semantics, as one of .NET. One instance reads one pattern.
/// </summary>
/// <remarks>
/// What differs: \d \w \s are ASCII or ECMA sets, the dot stops at four line ends, '$' does not see past a line feed, a code
/// point beyond U+FFFF is one character, unknown escapes of letters are errors. '\b' keeps .NET's idea of a word.
/// </remarks>
internal sealed class PatternTranslator
{
    private readonly string _source;
    private readonly StringBuilder _result = new();
    private readonly List<SimpleItem> _items = [];
    private bool _isSimple;
    private int _at;

    private PatternTranslator(string source)
    {
        _source = source;
        _isSimple = source is ['^', .., '$'];
    }

    /// <summary>The pattern for .NET, and the same as a sequence of ASCII sets where it is nothing more.</summary>
    /// <exception cref="FormatException">The pattern is not one.</exception>
    public static (string Pattern, SimplePattern? Simple) Translate(string source)
    {
        var translator = new PatternTranslator(source);
        while (translator._at < source.Length)
            translator.TranslateTerm();
        return (translator._result.ToString(), translator._isSimple ? SimplePattern.TryCreate(translator._items) : null);
    }

    private void TranslateTerm()
    {
        char c = _source[_at++];
        switch (c)
        {
            case '\\':
                TranslateEscape();
                break;
            case '[':
                AppendSet(ReadClass());
                break;
            case '.':
                AppendSet(CodePointSet.LineEnds.Complement());
                break;
            case '^':
                _isSimple &= _at == 1;
                _result.Append('^');
                break;
            case '$':
                _isSimple &= _at == _source.Length;
                _result.Append("\\z");
                break;
            case '(':
                _isSimple = false;
                AppendGroupStart();
                break;
            case ')' or '|':
                _isSimple = false;
                _result.Append(c);
                break;
            case '*' or '+' or '?':
                AppendQuantifier(c.ToString(), c == '+' ? 1 : 0, c == '?' ? 1 : int.MaxValue);
                break;
            case '{' when TryReadBraces(out string braces, out int min, out int max):
                AppendQuantifier(braces, min, max);
                break;
            default:
                _at--;
                AppendLiteral(ReadCodePoint());
                break;
        }
    }

    private void TranslateEscape()
    {
        if (_at >= _source.Length)
            throw new FormatException("ends in a backslash");

        char c = _source[_at];
        if (c is 'b' or 'B' or (>= '1' and <= '9') || (c == 'k' && _source.AsSpan(_at).StartsWith("k<")))
        {
            _isSimple = false;
            _result.Append('\\').Append(c);
            _at++;
        }
        else if (TryReadSetEscape(out var set))
        {
            AppendSet(set);
        }
        else
        {
            AppendLiteral(ReadCharacterEscape());
        }
    }

    // \d and its like, after the backslash.
    private bool TryReadSetEscape(out CodePointSet set)
    {
        CodePointSet? found = _source[_at] switch
        {
            'd' => CodePointSet.Digits,
            'D' => CodePointSet.Digits.Complement(),
            'w' => CodePointSet.Words,
            'W' => CodePointSet.Words.Complement(),
            's' => CodePointSet.Spaces,
            'S' => CodePointSet.Spaces.Complement(),
            'p' or 'P' => ReadCategory(),
            _ => null,
        };
        set = found ?? CodePointSet.Digits;
        if (found is null)
            return false;

        _at++;
        return true;
    }

    // \p{Name} or \p{General_Category=Name}; leaves _at on the closing brace.
    private CodePointSet ReadCategory()
    {
        char kind = _source[_at];
        int end = _source.IndexOf('}', _at);
        if (end < 0 || _at + 1 >= _source.Length || _source[_at + 1] != '{')
            throw new FormatException($"has \\{kind} without a category in braces");

        string name = _source[(_at + 2)..end];
        string category = name[(name.IndexOf('=') + 1)..];
        _at = end;
        var set = new CodePointSet();
        set.Categories.Add($"\\{kind}{{{UnicodeCategories.ShortName(category)}}}");
        return set;
    }

    // One character, after the backslash.
    private int ReadCharacterEscape()
    {
        char c = _source[_at++];
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'v': return '\v';
            case 'f': return '\f';
            case 'r': return '\r';
            case '0': return 0;
            case 'c' when _at < _source.Length && char.IsAsciiLetter(_source[_at]): return _source[_at++] % 32;
            case 'x': return ReadHex(2);
            case 'u': return ReadUnicodeEscape();
            default:
                if (char.IsLetterOrDigit(c))
                    throw new FormatException($"has the unknown escape \\{c}");
                return c;
        }
    }

    private int ReadUnicodeEscape()
    {
        if (_at < _source.Length && _source[_at] == '{')
        {
            int end = _source.IndexOf('}', _at);
            _at++;
            int codePoint = ReadHex(Math.Max(0, end - _at));
            _at++;
            return codePoint <= 0x10FFFF ? codePoint : throw new FormatException("has a code point above 10FFFF");
        }

        int unit = ReadHex(4);
        if (!char.IsHighSurrogate((char)unit) || !_source.AsSpan(_at).StartsWith("\\u"))
            return unit;

        int before = _at;
        _at += 2;
        int low = ReadHex(4);
        if (char.IsLowSurrogate((char)low))
            return char.ConvertToUtf32((char)unit, (char)low);
        _at = before;
        return unit;
    }

    private int ReadHex(int digits)
    {
        if (digits is 0 or > 6 || _at + digits > _source.Length
            || !int.TryParse(_source.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
            throw new FormatException("has an escape without its hex digits");
        _at += digits;
        return value;
    }

    private int ReadCodePoint()
    {
        char c = _source[_at++];
        return char.IsHighSurrogate(c) && _at < _source.Length && char.IsLowSurrogate(_source[_at])
            ? char.ConvertToUtf32(c, _source[_at++])
            : c;
    }

    // After the opening bracket. An empty class matches nothing, its complement everything, as in ECMA-262.
    private CodePointSet ReadClass()
    {
        bool negated = _at < _source.Length && _source[_at] == '^';
        if (negated)
            _at++;

        var set = new CodePointSet();
        while (true)
        {
            if (_at >= _source.Length)
                throw new FormatException("has a class without its closing bracket");
            if (_source[_at] == ']')
                break;

            int first = ReadClassAtom(set);
            if (first < 0 || _at + 1 >= _source.Length || _source[_at] != '-' || _source[_at + 1] == ']')
            {
                if (first >= 0)
                    set.Add(first, first);
                continue;
            }

            _at++;
            int last = ReadClassAtom(set);
            if (last < 0)
            {
                set.Add(first, first);
                set.Add('-', '-');
            }
            else if (last < first)
            {
                throw new FormatException("has a range in reverse order");
            }
            else
            {
                set.Add(first, last);
            }
        }

        _at++;
        return negated ? set.Complement() : set;
    }

    // One character of a class, or -1 when it was a set, which is then added.
    private int ReadClassAtom(CodePointSet set)
    {
        if (_source[_at] != '\\')
            return ReadCodePoint();
        if (++_at >= _source.Length)
            throw new FormatException("ends in a backslash");
        if (TryReadSetEscape(out var escaped))
        {
            set.Add(escaped);
            return -1;
        }

        if (_source[_at] != 'b')
            return ReadCharacterEscape();
        _at++;
        return '\b';
    }

    private void AppendGroupStart()
    {
        _result.Append('(');
        if (_at >= _source.Length || _source[_at] != '?')
            return;

        // (?:  (?=  (?!  (?<=  (?<!  (?<name>  and Java's flags (?i)  (?i:
        int end = _source.AsSpan(_at).IndexOfAny(":=!>)");
        if (end < 0)
            throw new FormatException("has an unfinished group");
        _result.Append(_source, _at, end + 1);
        _at += end + 1;
    }

    private bool TryReadBraces(out string braces, out int min, out int max)
    {
        int end = _source.IndexOf('}', _at);
        braces = "";
        min = max = 0;
        if (end < 0)
            return false;

        string[] bounds = _source[_at..end].Split(',');
        if (bounds.Length > 2 || !int.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out min))
            return false;
        max = min;
        if (bounds.Length == 2 && bounds[1].Length == 0)
            max = int.MaxValue;
        else if (bounds.Length == 2 && !int.TryParse(bounds[1], NumberStyles.None, CultureInfo.InvariantCulture, out max))
            return false;

        braces = _source[(_at - 1)..(end + 1)];
        _at = end + 1;
        return true;
    }

    private void AppendQuantifier(string text, int min, int max)
    {
        _result.Append(text);
        if (_isSimple && _items.Count > 0 && _items[^1] is { IsOnce: true } item && min <= max)
            _items[^1] = new SimpleItem(item.Set, min, max, IsOnce: false);
        else
            _isSimple = false; // a lazy or possessive quantifier follows another one
    }

    private void AppendSet(CodePointSet set)
    {
        _result.Append(set);
        if (set.TryGetAscii(out var bits))
            _items.Add(new SimpleItem(bits, 1, 1, IsOnce: true));
        else
            _isSimple = false;
    }

    private void AppendLiteral(int codePoint)
    {
        if (codePoint <= char.MaxValue)
            _result.Append(CodePointSet.Unit(codePoint));
        else
            _result.Append("(?:").Append(char.ConvertFromUtf32(codePoint)).Append(')');

        if (codePoint <= 0x7F)
            _items.Add(new SimpleItem(UInt128.One << codePoint, 1, 1, IsOnce: true));
        else
            _isSimple = false;
    }
}
