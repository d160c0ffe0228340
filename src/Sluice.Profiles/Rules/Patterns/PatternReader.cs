using System.Globalization;

namespace Sluice.Profiles.Rules.Patterns;

/// <summary>Walks through a Java regular expression, and reads what means one character in it.</summary>
internal sealed class PatternReader(string source)
{
    private const int LastCodePoint = 0x10FFFF;

    public int Position { get; private set; }

    public bool IsAtEnd => Position >= source.Length;

    /// <summary>The next unit; U+0000, which stands in no rule, at the end.</summary>
    public char Peek => PeekAt(0);

    /// <summary>Whether quoting with \Q is on: every character then means itself.</summary>
    public bool IsQuoting { get; private set; }

    public char PeekAt(int ahead) => Position + ahead < source.Length ? source[Position + ahead] : '\0';

    public void Skip(int units = 1) => Position += units;

    public bool TrySkip(string expected)
    {
        if (!source.AsSpan(Position).StartsWith(expected, StringComparison.Ordinal))
            return false;
        Position += expected.Length;
        return true;
    }

    /// <summary>Goes past any \Q and \E that stand here.</summary>
    public void FollowQuotes()
    {
        while (IsQuoting ? TrySkip("\\E") : TrySkip("\\Q"))
            IsQuoting = !IsQuoting;
    }

    /// <summary>Goes past the white space and comments of the flag x.</summary>
    public void SkipComments()
    {
        while (!IsAtEnd && !IsQuoting)
        {
            if (Peek is ' ' or (>= '\t' and <= '\r'))
                Skip();
            else if (Peek == '#')
                SkipLine();
            else
                return;
        }
    }

    public string ReadUntil(char end, string what)
    {
        int found = source.IndexOf(end, Position);
        if (found < 0)
            throw Fault($"has {what} without its '{end}'");
        string text = source[Position..found];
        Position = found + 1;
        return text;
    }

    /// <summary>The character that stands here, as itself.</summary>
    public int ReadLiteral()
    {
        char c = source[Position++];
        if (char.IsHighSurrogate(c) && char.IsLowSurrogate(Peek))
            return char.ConvertToUtf32(c, source[Position++]);
        return c;
    }

    /// <summary>The character that an escape stands for, after its backslash.</summary>
    public int ReadEscapedCharacter()
    {
        if (IsAtEnd)
            throw Fault("ends in a backslash");
        char c = Peek;
        if (!char.IsAsciiLetterOrDigit(c))
            return ReadLiteral();

        Skip();
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'r': return '\r';
            case 'f': return '\f';
            case 'a': return '\a';
            case 'e': return '\x1B';
            case '0': return ReadOctal();
            case 'x': return Peek == '{' ? ReadBracedHex() : ReadHex(2);
            case 'u': return ReadUnit();
            case 'c':
                if (IsAtEnd)
                    throw Fault("has \\c without its character");
                return source[Position++] ^ 64;
            case 'N': throw Fault("names a character with \\N, which is not supported; write \\x{…}");
            default: throw Fault($"has the unknown escape \\{c}");
        }
    }

    /// <summary>A fault at the place reached.</summary>
    public PatternException Fault(string phrase) => new(string.Create(CultureInfo.InvariantCulture, $"{phrase} (at its character {Position})"));

    private void SkipLine()
    {
        while (!IsAtEnd && Peek is not ('\n' or '\r' or '\u0085' or '\u2028' or '\u2029'))
            Skip();
    }

    // \0n, \0nn, \0mnn with m at most 3.
    private int ReadOctal()
    {
        int value = 0, digits = 0;
        while (digits < 3 && Peek is >= '0' and <= '7' && (value * 8) + (Peek - '0') <= 255)
        {
            value = (value * 8) + (source[Position++] - '0');
            digits++;
        }

        return digits > 0 ? value : throw Fault("has \\0 without octal digits");
    }

    private int ReadBracedHex()
    {
        Skip();
        string digits = ReadUntil('}', "\\x{");
        return digits.Length is > 0 and <= 8
            && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) && value is >= 0 and <= LastCodePoint
            ? value
            : throw Fault("has a \\x{…} that is no character");
    }

    // \uhhhh; two of them may be a surrogate pair.
    private int ReadUnit()
    {
        int unit = ReadHex(4);
        if (!char.IsHighSurrogate((char)unit) || !source.AsSpan(Position).StartsWith("\\u", StringComparison.Ordinal))
            return unit;

        int before = Position;
        Skip(2);
        int low = ReadHex(4);
        if (char.IsLowSurrogate((char)low))
            return char.ConvertToUtf32((char)unit, (char)low);
        Position = before;
        return unit;
    }

    private int ReadHex(int digits)
    {
        if (Position + digits > source.Length
            || !int.TryParse(source.AsSpan(Position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
            throw Fault($"has an escape without its {digits} hexadecimal digits");
        Skip(digits);
        return value;
    }
}
