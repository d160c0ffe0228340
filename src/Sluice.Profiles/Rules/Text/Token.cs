namespace Sluice.Profiles.Rules.Text;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    End,
    Word,
    Quoted,
    Operator,
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,

    /// <summary>Characters that are no token; the parser says why when it meets them.</summary>
    Stray,

    /// <summary>A double quote without its partner, and all that follows it.</summary>
    Unterminated,
}

/// <summary>A piece of a rule's text.</summary>
internal readonly record struct Token(TokenKind Kind, RuleSpan Place);
