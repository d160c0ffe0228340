using System.Globalization;
using System.Text;

namespace Sluice.Profiles.Rules.Patterns;

/// <summary>Rewrites a Java regular expression as one of .NET that is found in the same texts. One instance reads one.</summary>
/// <remarks>
/// What differs: \d \w \s are ASCII; a character beyond U+FFFF is one; five line ends, not one, for '.', '^' and '$';
/// classes with unions and intersections; possessive quantifiers; named groups are numbered with the others; (?i) without
/// (?u) is for ASCII only. '\b' keeps .NET's idea of a word. All characters that are not ASCII letters or digits are
/// written as escapes, so the marks of <see cref="LineAnchors"/> cannot be mistaken for text.
/// </remarks>
internal sealed class PatternTranslator
{
    // Sets of thousands of characters grow when written out; a pattern that outgrows this is refused.
    private const int LongestResult = 64 * 1024;
    private const int NoAtom = -1;

    private readonly PatternReader _reader;
    private readonly StringBuilder _result = new();
    private readonly Stack<OpenGroup> _open = new();
    private readonly Dictionary<string, int> _names = [];
    private readonly bool _withPairs;
    private PatternFlags _flags;
    private int _alternatives;
    private int _groups;

    // Where what a quantifier would repeat begins.
    private int _atom = NoAtom;

    private PatternTranslator(string source, bool withPairs)
    {
        _reader = new PatternReader(source);
        _withPairs = withPairs;
    }

    /// <summary>The pattern for .NET, with the marks of <see cref="LineAnchors"/> for '$'.</summary>
    /// <param name="source">The pattern of Java.</param>
    /// <param name="withPairs">Whether characters beyond U+FFFF are to be found; without, the pattern is simpler.</param>
    /// <param name="alternatives">The most alternatives that one set took.</param>
    /// <exception cref="PatternException">Java refuses the pattern, or it cannot be translated.</exception>
    public static string Translate(string source, bool withPairs, out int alternatives)
    {
        var translator = new PatternTranslator(source, withPairs);
        translator.TranslateAll();
        alternatives = translator._alternatives;
        return translator._result.ToString();
    }

    private void TranslateAll()
    {
        while (true)
        {
            _reader.FollowQuotes();
            if (_flags.HasFlag(PatternFlags.Comments))
                _reader.SkipComments();
            if (_reader.IsAtEnd)
                break;
            if (_reader.IsQuoting)
                AppendCharacter(_reader.ReadLiteral());
            else if (_reader.Peek != '\\' || _reader.PeekAt(1) != 'Q')
                TranslateNext();
            if (_result.Length > LongestResult)
                throw _reader.Fault("takes too much room");
        }

        if (_open.Count > 0)
            throw _reader.Fault("has a group without its closing parenthesis");
    }

    private void TranslateNext()
    {
        char c = _reader.Peek;
        switch (c)
        {
            case '(':
                _reader.Skip();
                OpenAGroup();
                break;
            case ')':
                _reader.Skip();
                CloseAGroup();
                break;
            case '|':
                _reader.Skip();
                _result.Append('|');
                _atom = NoAtom;
                break;
            case '[':
                _reader.Skip();
                AppendSet(new ClassReader(_reader, _flags.HasFlag(PatternFlags.Comments), Fold).Read());
                break;
            case '.':
                _reader.Skip();
                AppendSet(Dot());
                break;
            case '^':
                _reader.Skip();
                AppendAtom(LineAnchors.Start(_flags));
                break;
            case '$':
                _reader.Skip();
                AppendAtom(LineAnchors.End(_flags));
                break;
            case '*' or '+' or '?' or '{':
                AppendQuantifier();
                break;
            case '\\':
                _reader.Skip();
                TranslateEscape();
                break;
            default:
                AppendCharacter(_reader.ReadLiteral());
                break;
        }
    }

    private void TranslateEscape()
    {
        char c = _reader.Peek;
        if (c is >= '1' and <= '9')
        {
            AppendReference();
        }
        else if (c is 'A' or 'z' or 'b' or 'B' or 'G' or 'Z' or 'R' or 'k' or 'X')
        {
            _reader.Skip();
            TranslateBoundary(c);
        }
        else if (SetEscape.Read(_reader) is { } set)
        {
            AppendSet(Fold(set));
        }
        else
        {
            AppendCharacter(_reader.ReadEscapedCharacter());
        }
    }

    private void TranslateBoundary(char c)
    {
        if (c == 'b' && _reader.TrySkip("{g}"))
            throw _reader.Fault("has \\b{g}, which is not supported");
        switch (c)
        {
            case 'G': // one search begins where the text does
                AppendAtom("\\A");
                break;
            case 'Z':
                AppendAtom(LineAnchors.End(_flags & ~PatternFlags.Multiline));
                break;
            case 'R':
                AppendAtom("(?:\\r\\n|[\\n-\\r\\u0085\\u2028\\u2029])");
                break;
            case 'X':
                throw _reader.Fault("has \\X, which is not supported");
            case 'k':
                AppendNamedReference();
                break;
            default:
                AppendAtom($"\\{c}");
                break;
        }
    }

    private void OpenAGroup()
    {
        _open.Push(new OpenGroup(_result.Length, _flags));
        _atom = NoAtom;
        if (!_reader.TrySkip("?"))
        {
            OpenCapture();
            return;
        }

        foreach (string plain in (ReadOnlySpan<string>)[":", "=", "!", "<=", "<!", ">"])
        {
            if (_reader.TrySkip(plain))
            {
                _result.Append("(?").Append(plain);
                return;
            }
        }

        if (_reader.TrySkip("<"))
            OpenNamedGroup();
        else
            ReadFlags();
    }

    private void OpenCapture() => _result.Append(CultureInfo.InvariantCulture, $"(?<{++_groups}>");

    private void OpenNamedGroup()
    {
        string name = _reader.ReadUntil('>', "the name of a group");
        if (name.Length == 0 || !char.IsAsciiLetter(name[0]) || !name.All(char.IsAsciiLetterOrDigit))
            throw _reader.Fault("has a group whose name is not a letter and then letters or digits");
        OpenCapture();
        if (!_names.TryAdd(name, _groups))
            throw _reader.Fault($"has two groups named {name}");
    }

    // (?i-s) for the rest of the group around it, (?i-s: for the group it opens.
    private void ReadFlags()
    {
        var flags = _flags;
        bool isOn = true;
        while (true)
        {
            char c = _reader.Peek;
            if (c is ':' or ')')
                break;
            if (c == '-' && isOn)
            {
                isOn = false;
            }
            else
            {
                var flag = c switch
                {
                    'i' => PatternFlags.IgnoreCase,
                    'd' => PatternFlags.UnixLines,
                    'm' => PatternFlags.Multiline,
                    's' => PatternFlags.DotAll,
                    'u' => PatternFlags.UnicodeCase,
                    'x' => PatternFlags.Comments,
                    'U' => throw _reader.Fault("has the flag U, which is not supported"),
                    _ => throw _reader.Fault("has an unknown kind of group or flag after '(?'"),
                };
                flags = isOn ? flags | flag : flags & ~flag;
            }

            _reader.Skip();
        }

        _flags = flags;
        bool opens = _reader.Peek == ':';
        _reader.Skip();
        if (opens)
            _result.Append("(?:");
        else
            _open.Pop();
    }

    private void CloseAGroup()
    {
        if (!_open.TryPop(out var group))
            throw _reader.Fault("has a ')' that closes no group");
        _result.Append(')');
        _flags = group.Flags;
        _atom = group.Start;
    }

    private void AppendQuantifier()
    {
        char c = _reader.Peek;
        if (_atom == NoAtom)
            throw _reader.Fault($"has a '{c}' with nothing before it to repeat");

        _reader.Skip();
        string quantifier = c == '{' ? ReadBraces() : c.ToString();
        if (_reader.TrySkip("+"))
            _result.Insert(_atom, "(?>").Append(quantifier).Append(')'); // possessive: never given back
        else
            _result.Append(quantifier).Append(_reader.TrySkip("?") ? "?" : "");
        _atom = NoAtom;
    }

    private string ReadBraces()
    {
        string[] bounds = _reader.ReadUntil('}', "a '{'").Split(',');
        int most = int.MaxValue;
        if (bounds.Length > 2 || !TryReadCount(bounds[0], out int least)
            || (bounds.Length == 2 && bounds[1].Length > 0 && !TryReadCount(bounds[1], out most)) || least > most)
            throw _reader.Fault("has a '{' that is not a repetition such as {2}, {2,} or {2,5}; write \\{ for the character");
        return $"{{{string.Join(',', bounds)}}}";
    }

    private static bool TryReadCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);

    // \11 is group 11 where there are so many before it, else group 1 and the character 1.
    private void AppendReference()
    {
        int group = _reader.Peek - '0';
        _reader.Skip();
        while (char.IsAsciiDigit(_reader.Peek) && (group * 10) + (_reader.Peek - '0') <= _groups)
        {
            group = (group * 10) + (_reader.Peek - '0');
            _reader.Skip();
        }

        if (group > _groups)
            throw _reader.Fault($"refers to group {group}, which does not begin before it");
        AppendReferenceTo(group);
    }

    private void AppendNamedReference()
    {
        string name = _reader.TrySkip("<") ? _reader.ReadUntil('>', "\\k<") : throw _reader.Fault("has \\k without <name>");
        AppendReferenceTo(_names.TryGetValue(name, out int group) ? group : throw _reader.Fault("has \\k with a name that no group before it has"));
    }

    private void AppendReferenceTo(int group) =>
        AppendAtom(string.Create(CultureInfo.InvariantCulture, $"(?{(_flags.HasFlag(PatternFlags.IgnoreCase) ? "i" : "")}:\\k<{group}>)"));

    private void AppendCharacter(int codePoint)
    {
        if (codePoint is >= 0xD800 and <= 0xDFFF)
            throw _reader.Fault("has half a surrogate pair");
        AppendSet(Fold(CodePointSet.Of((codePoint, codePoint))));
    }

    private void AppendSet(CodePointSet set)
    {
        AppendAtom(set.Write(_withPairs, out int alternatives));
        _alternatives = Math.Max(_alternatives, alternatives);
    }

    private void AppendAtom(string atom)
    {
        _atom = _result.Length;
        _result.Append(atom);
    }

    private CodePointSet Dot() =>
        _flags.HasFlag(PatternFlags.DotAll) ? NamedSets.All
        : _flags.HasFlag(PatternFlags.UnixLines) ? NamedSets.LineFeed.Complement()
        : NamedSets.LineEnds.Complement();

    private CodePointSet Fold(CodePointSet set) => CaseFolding.Fold(set, _flags);

    private readonly record struct OpenGroup(int Start, PatternFlags Flags);
}
