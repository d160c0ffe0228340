using System.Buffers;

namespace Sluice.Gateway.Conditions;

/// <summary>What a piece of a condition is.</summary>
internal enum ConditionTokenKind
{
    End,
    Name,
    Text,
    Number,
    Sign,
}

/// <summary>One piece of a condition: a name or word, a text, a number, a sign.</summary>
internal readonly record struct ConditionToken(ConditionTokenKind Kind, string Text, int Position)
{
    // Longest first, so that "=|" is not read as "=" and "==" not as "=" twice.
    private static readonly string[] Signs = ["&&", "||", "==", "=|", "!=", ":=", ">=", "<=", "~~", "~/", "/~", "=", "!", ">", "<", "~", "(", ")"];

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    internal bool Is(string word) => Kind == ConditionTokenKind.Name && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    internal bool IsSign(string sign) => Kind == ConditionTokenKind.Sign && Text == sign;

    internal bool IsOperatorWord => Is("and") || Is("or") || Is("not") || ConditionOperator.Find(this) is not null;

    internal static ConditionToken Read(string text, ref int next, out string? fault)
    {
        fault = null;
        while (next < text.Length && char.IsWhiteSpace(text[next]))
            next++;
        var start = next;
        if (start == text.Length)
            return new ConditionToken(ConditionTokenKind.End, "", start);
        var first = text[start];
        if (first is '"' or '\'')
            return ReadQuoted(text, ref next, first, out fault);
        if (char.IsAsciiDigit(first) || (first == '-' && start + 1 < text.Length && char.IsAsciiDigit(text[start + 1])))
            return ReadNumber(text, ref next, out fault);
        if (char.IsAsciiLetter(first) || first == '_')
        {
            var length = text.AsSpan(start).IndexOfAnyExcept(NameCharacters);
            next = length < 0 ? text.Length : start + length;
            return new ConditionToken(ConditionTokenKind.Name, text[start..next], start);
        }
        foreach (var sign in Signs)
        {
            if (string.CompareOrdinal(text, start, sign, 0, sign.Length) != 0)
                continue;
            next = start + sign.Length;
            // "===" and the like are no operators.
            if (sign is "==" && next < text.Length && text[next] == '=')
                fault = "'===' is no operator";
            return new ConditionToken(ConditionTokenKind.Sign, sign, start);
        }
        fault = $"'{first}' is not expected here";
        next = text.Length;
        return new ConditionToken(ConditionTokenKind.End, "", start);
    }

    // Single quotes hold a variable's name that has signs in it, double quotes a text; neither knows an escape.
    private static ConditionToken ReadQuoted(string text, ref int next, char quote, out string? fault)
    {
        var start = next;
        var end = text.IndexOf(quote, start + 1);
        fault = end < 0 ? "A closing quote is missing" : quote == '\'' && end == start + 1 ? "A variable's name is empty" : null;
        next = end < 0 ? text.Length : end + 1;
        var inside = text[(start + 1)..(end < 0 ? text.Length : end)];
        return new ConditionToken(quote == '"' ? ConditionTokenKind.Text : ConditionTokenKind.Name, inside, start);
    }

    private static ConditionToken ReadNumber(string text, ref int next, out string? fault)
    {
        var start = next++;
        while (next < text.Length && (char.IsAsciiDigit(text[next]) || (text[next] == '.' && next + 1 < text.Length && char.IsAsciiDigit(text[next + 1]))))
            next++;
        if (next < text.Length && text[next] is 'f' or 'F' or 'd' or 'D' or 'l' or 'L')
            next++;
        fault = next < text.Length && (char.IsAsciiLetterOrDigit(text[next]) || text[next] is '_' or '.') ? "A number ends with a blank, a sign, or one of f, d, l" : null;
        return new ConditionToken(ConditionTokenKind.Number, text[start..next], start);
    }
}
