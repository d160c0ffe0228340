using System.Buffers;

namespace Sluice.Profiles.Rules.Text;

/// <summary>Cuts the text of a rule into tokens; trait and segment rules have the same ones.</summary>
internal sealed class RuleLexer(string text)
{
    // What a key or a value outside quotes is made of. Dots are tolerated: analytics data has dotted keys.
    private static readonly SearchValues<char> WordCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    private static readonly SearchValues<char> Delimiters = SearchValues.Create("()[],\"=!<> \t\r\n");

    public string Text => text;

    /// <summary>Characters looked at so far, again or for the first time: what a test holds against the length of the text.</summary>
    public long Steps { get; private set; }

    /// <summary>The first token at or after a place. Changes nothing that another call would see.</summary>
    public Token Read(int from)
    {
        int start = from;
        while (start < text.Length && char.IsWhiteSpace(text[start]))
            start++;
        var token = ReadAt(start);
        Steps += token.Place.End - from + 1;
        return token;
    }

    /// <summary>The text inside double quotes, where a quote is written twice.</summary>
    public string Unquote(Token quoted)
    {
        var inside = text.AsSpan(quoted.Place.Start + 1, quoted.Place.Length - 2);
        return inside.Contains('"') ? inside.ToString().Replace("\"\"", "\"", StringComparison.Ordinal) : inside.ToString();
    }

    /// <summary>Whether text can stand as a word, and so needs no quotes.</summary>
    public static bool IsWord(ReadOnlySpan<char> one) => one.Length > 0 && !one.ContainsAnyExcept(WordCharacters);

    /// <summary>Where a run of characters stops being a word.</summary>
    public static int FirstOddCharacter(ReadOnlySpan<char> run) => run.IndexOfAnyExcept(WordCharacters);

    private Token ReadAt(int start)
    {
        if (start >= text.Length)
            return Make(TokenKind.End, start, 0);

        char next = start + 1 < text.Length ? text[start + 1] : '\0';
        switch (text[start])
        {
            case '(': return Make(TokenKind.Open, start, 1);
            case ')': return Make(TokenKind.Close, start, 1);
            case '[': return Make(TokenKind.OpenList, start, 1);
            case ']': return Make(TokenKind.CloseList, start, 1);
            case ',': return Make(TokenKind.Comma, start, 1);
            case '"': return ReadQuoted(start);
            case '=': return next is '=' or '>' ? Make(TokenKind.Operator, start, 2) : Make(TokenKind.Stray, start, 1);
            case '!': return next == '=' ? Make(TokenKind.Operator, start, 2) : Make(TokenKind.Stray, start, 1);
            case '<' or '>': return Make(TokenKind.Operator, start, next == '=' ? 2 : 1);
            default: return ReadRun(start);
        }
    }

    private Token ReadQuoted(int start)
    {
        int at = start + 1;
        while (true)
        {
            int quote = text.AsSpan(at).IndexOf('"');
            if (quote < 0)
                return Make(TokenKind.Unterminated, start, text.Length - start);
            at += quote + 1;
            if (at >= text.Length || text[at] != '"')
                return Make(TokenKind.Quoted, start, at - start);
            at++;
        }
    }

    private Token ReadRun(int start)
    {
        int end = start;
        while (end < text.Length && !Delimiters.Contains(text[end]) && !char.IsWhiteSpace(text[end]))
            end++;
        return Make(IsWord(text.AsSpan(start, end - start)) ? TokenKind.Word : TokenKind.Stray, start, end - start);
    }

    private static Token Make(TokenKind kind, int start, int length) => new(kind, new RuleSpan(start, length));
}
