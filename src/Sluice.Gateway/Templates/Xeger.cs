using System.Security.Cryptography;
using System.Text;

namespace Sluice.Gateway.Templates;

/// <summary>Makes a random text that a regular expression matches: letters, escapes, classes, groups, alternatives and repeats; anchors add nothing.</summary>
internal sealed class Xeger
{
    private const int MaxCharacters = 10_000;
    private const int MaxDepth = 32;
    private const int MaxSteps = 200_000; // repeats of repeats of nothing make nothing, for ever
    private const int MostOfEndless = 10; // for * and +

    private const string Printable = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    private const string Digits = "0123456789";
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

    private readonly string _pattern;
    private readonly StringBuilder _made = new();
    private int _at;
    private int _steps;
    private bool _isWrong;

    private Xeger(string pattern) => _pattern = pattern;

    /// <summary>A text for the expression; empty when it cannot be read.</summary>
    internal static string Make(string pattern)
    {
        var xeger = new Xeger(pattern);
        xeger.Alternatives(0, makes: true);
        return xeger._isWrong || xeger._at < pattern.Length ? "" : xeger._made.ToString();
    }

    // Every alternative is read; the one that was drawn is written.
    private void Alternatives(int depth, bool makes)
    {
        if (depth > MaxDepth)
            _isWrong = true;
        var start = _at;
        var count = 1;
        Sequence(depth, makes: false);
        for (; IsNext('|'); count++)
        {
            _at++;
            Sequence(depth, makes: false);
        }
        var end = _at;
        if (!makes || _isWrong)
            return;
        var drawn = RandomNumberGenerator.GetInt32(count);
        _at = start;
        for (var index = 0; index < count; index++)
        {
            Sequence(depth, index == drawn);
            if (index < count - 1)
                _at++;
        }
        _at = end;
    }

    private void Sequence(int depth, bool makes)
    {
        while (!_isWrong && _at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            var start = _at;
            One(depth, makes: false);
            var end = _at;
            var (least, most) = Repeats();
            var behind = _at;
            var times = makes ? RandomNumberGenerator.GetInt32(least, most + 1) : 0;
            for (; times > 0 && !_isWrong && _made.Length < MaxCharacters; times--)
            {
                _at = start;
                One(depth, makes: true);
                _isWrong |= _at != end;
            }
            _at = behind;
        }
    }

    private void One(int depth, bool makes)
    {
        _isWrong |= ++_steps > MaxSteps;
        switch (_pattern[_at++])
        {
            case '(':
                Group(depth, makes);
                break;
            case '[':
                Draw(Class(), makes);
                break;
            case '.':
                Draw(Printable, makes);
                break;
            case '\\':
                Draw(Escaped(), makes);
                break;
            case '^' or '$':
                break;
            case '*' or '+' or '?' or '{' or ']':
                _isWrong = true;
                break;
            case var letter:
                Draw(letter.ToString(), makes);
                break;
        }
    }

    private void Group(int depth, bool makes)
    {
        if (IsNext('?'))
        {
            // Only groups that are not captured; what looks around cannot be made.
            _isWrong |= _at + 1 >= _pattern.Length || _pattern[_at + 1] != ':';
            _at += 2;
        }
        if (!_isWrong)
            Alternatives(depth + 1, makes);
        _isWrong |= !IsNext(')');
        _at++;
    }

    private (int Least, int Most) Repeats()
    {
        var (least, most) = (1, 1);
        if (IsNext('*') || IsNext('+') || IsNext('?'))
        {
            least = _pattern[_at] == '+' ? 1 : 0;
            most = _pattern[_at] == '?' ? 1 : MostOfEndless;
            _at++;
        }
        else if (IsNext('{'))
        {
            var end = _pattern.IndexOf('}', _at);
            var parts = end < 0 ? [] : _pattern[(_at + 1)..end].Split(',');
            if (parts.Length is < 1 or > 2 || !int.TryParse(parts[0], out least) || least is < 0 or > MaxCharacters)
                _isWrong = true;
            most = parts.Length < 2 ? least : parts[1].Length == 0 ? least + MostOfEndless : int.TryParse(parts[1], out var given) ? Math.Min(given, MaxCharacters) : -1;
            _isWrong |= most < least;
            _at = Math.Max(end + 1, _at);
        }
        else
            return (1, 1);
        if (IsNext('?'))
            _at++;
        return _isWrong ? (0, 0) : (least, most);
    }

    private string Escaped()
    {
        if (_at >= _pattern.Length)
        {
            _isWrong = true;
            return "";
        }
        return _pattern[_at++] switch
        {
            'd' => Digits,
            'w' => Letters,
            's' => " ",
            'D' => Letters[..52],
            'W' => "-+.,;",
            'S' => Letters,
            't' => "\t",
            'n' => "\n",
            'r' => "\r",
            'b' or 'B' or 'A' or 'z' or 'Z' => "",
            var letter => letter.ToString(),
        };
    }

    private string Class()
    {
        var isNot = IsNext('^');
        _at += isNot ? 1 : 0;
        var set = new StringBuilder();
        for (var isFirst = true; _at < _pattern.Length && (isFirst || _pattern[_at] != ']'); isFirst = false)
        {
            if (_pattern[_at] == '\\')
            {
                _at++;
                set.Append(Escaped());
            }
            else if (_at + 2 < _pattern.Length && _pattern[_at + 1] == '-' && _pattern[_at + 2] != ']')
            {
                var (from, to) = (_pattern[_at], _pattern[_at + 2]);
                _isWrong |= to < from;
                for (int letter = from; letter <= to && set.Length < MaxCharacters; letter++)
                    set.Append((char)letter);
                _at += 3;
            }
            else
                set.Append(_pattern[_at++]);
        }
        _isWrong |= !IsNext(']');
        _at++;
        var members = set.ToString();
        return isNot ? string.Concat(Printable.Where(letter => !members.Contains(letter, StringComparison.Ordinal))) : members;
    }

    private void Draw(string letters, bool makes)
    {
        if (makes && letters.Length > 0 && _made.Length < MaxCharacters)
            _made.Append(letters[RandomNumberGenerator.GetInt32(letters.Length)]);
    }

    private bool IsNext(char sign) => _at < _pattern.Length && _pattern[_at] == sign;
}
