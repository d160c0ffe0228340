using System.Text;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Rules.Text;

/// <summary>
/// What trait and segment rules have in common: terms joined by AND, OR and NOT, with parentheses. After a problem in a term
/// it goes on behind that term; after any other it stops, since what follows would be guesses.
/// </summary>
/// <remarks>
/// or-expr = and-expr , { OR , and-expr }; and-expr = not-expr , { AND , not-expr }; not-expr = [ NOT ] , primary;
/// primary = "(" , or-expr , ")" | term.
/// </remarks>
internal abstract class RuleParser
{
    private const string And = "AND";
    private const string Or = "OR";
    private const string Not = "NOT";
    private const string End = "the end of the rule";

    private readonly RuleLexer _lexer;
    private int _nesting;
    private bool _stopped;

    protected RuleParser(string text)
    {
        _lexer = new RuleLexer(text);
        Problems = new ProblemList(text);
    }

    public ProblemList Problems { get; }

    /// <summary>Characters that the lexer looked at.</summary>
    public long Steps => _lexer.Steps;

    protected string Text => _lexer.Text;

    protected Token Current { get; private set; }

    protected ReadOnlySpan<char> CurrentText => TextOf(Current);

    /// <summary>What a term can begin with, for people.</summary>
    protected abstract IReadOnlyList<string> TermStarts { get; }

    /// <summary>Reads the whole rule; null exactly when there are problems.</summary>
    public RuleNode? ParseWhole()
    {
        if (Text.Length > RuleLimits.TextBytes || Encoding.UTF8.GetByteCount(Text) > RuleLimits.TextBytes)
        {
            Problems.Add(RuleProblemKind.TextTooLong, default, $"The rule is longer than {RuleLimits.TextBytes} bytes.");
            return null;
        }

        Advance();
        if (Current.Kind == TokenKind.End)
        {
            Problems.Add(RuleProblemKind.EmptyRule, Current.Place, "The rule is empty.", TermStarts);
            return null;
        }

        var root = ParseJoin(isAnd: false);
        if (Current.Kind == TokenKind.Close)
            Stop(RuleProblemKind.UnbalancedParenthesis, "This parenthesis closes none that is open.", And, Or, End);
        else if (Current.Kind != TokenKind.End)
            StopAtToken(RuleProblemKind.UnexpectedToken, And, Or, End);
        return Problems.Found.Count == 0 && root is not null ? TreeShape.Normalise(root) : null;
    }

    /// <summary>Reads one term. After a problem it is reported and the answer is null.</summary>
    protected abstract RuleNode? ParseTerm();

    protected ReadOnlySpan<char> TextOf(Token token) => Text.AsSpan(token.Place.Start, token.Place.Length);

    protected string Unquote(Token quoted) => _lexer.Unquote(quoted);

    protected void Advance() => Current = _stopped ? EndToken() : _lexer.Read(Current.Place.End);

    /// <summary>The token after the current one.</summary>
    protected Token PeekNext() => _lexer.Read(Current.Place.End);

    protected static bool IsJoint(ReadOnlySpan<char> word) => IsWord(word, And) || IsWord(word, Or);

    protected static bool IsKeyword(ReadOnlySpan<char> word) => IsJoint(word) || IsWord(word, Not);

    protected bool IsAtOr => IsAt(Or);

    /// <summary>Reports that the current token is not what was expected; a token that is none at all is reported as that.</summary>
    protected void Refuse(RuleProblemKind kind, string? sentence, params IReadOnlyList<string> expected)
    {
        if (_stopped)
            return;
        if (Current.Kind == TokenKind.Stray)
            Problems.Add(RuleProblemKind.UnexpectedCharacter, Current.Place, StrayText.Explain(CurrentText), expected);
        else if (Current.Kind == TokenKind.Unterminated)
            Problems.Add(RuleProblemKind.UnterminatedString, Current.Place, "This double quote is never closed.", "\"");
        else
            Problems.Add(kind, Current.Place, sentence ?? $"Expected {Listed(expected)}, found {Problems.Describe(Current.Place)}.", expected);
    }

    // or-expr and and-expr in one: the levels of the grammar are what nesting costs in stack.
    private RuleNode? ParseJoin(bool isAnd)
    {
        string word = isAnd ? And : Or;
        var first = isAnd ? ParseNot() : ParseJoin(isAnd: true);
        if (!IsAt(word))
            return first;

        var operands = new List<RuleNode>();
        if (first is not null)
            operands.Add(first);
        while (IsAt(word))
        {
            Advance();
            if ((isAnd ? ParseNot() : ParseJoin(isAnd: true)) is { } next)
                operands.Add(next);
        }

        return operands.Count == 0 ? null : new RuleNode.Join(isAnd, operands, operands[0].Place.To(operands[^1].Place));
    }

    private RuleNode? ParseNot()
    {
        if (!IsAt(Not))
            return ParsePrimary();

        var place = Current.Place;
        Advance();
        if (IsAt(Not))
        {
            Stop(RuleProblemKind.UnexpectedToken, "NOT cannot stand twice; put what the first one is for in parentheses.", TermStarts);
            return null;
        }

        return ParsePrimary() is { } operand ? new RuleNode.Not(operand, place.To(operand.Place)) : null;
    }

    private RuleNode? ParsePrimary()
    {
        if (Current.Kind != TokenKind.Open)
        {
            var term = ParseTerm();
            if (term is null)
                SkipToJoint();
            return term;
        }

        if (_nesting == RuleLimits.Nesting)
        {
            Stop(RuleProblemKind.TooDeep, $"More than {RuleLimits.Nesting} parentheses are open here.");
            return null;
        }

        var opening = Current.Place;
        _nesting++;
        Advance();
        var inner = ParseJoin(isAnd: false);
        _nesting--;
        if (Current.Kind == TokenKind.Close)
        {
            Advance();
            return inner;
        }

        if (Current.Kind == TokenKind.End && !_stopped)
            Problems.Add(RuleProblemKind.UnbalancedParenthesis, opening, "This parenthesis is never closed.", ")");
        else
            StopAtToken(RuleProblemKind.UnexpectedToken, And, Or, ")");
        _stopped = true;
        return null;
    }

    private bool IsAt(string word) => Current.Kind == TokenKind.Word && IsWord(CurrentText, word);

    // To the joint, the closing parenthesis or the end that follows a bad term; over parentheses that were opened in it.
    private void SkipToJoint()
    {
        if (Problems.IsFull)
            _stopped = true;
        int open = 0;
        while (Current.Kind != TokenKind.End)
        {
            if (open == 0 && (Current.Kind == TokenKind.Close || (Current.Kind == TokenKind.Word && IsJoint(CurrentText))))
                return;
            if (Current.Kind == TokenKind.Open)
                open++;
            else if (Current.Kind == TokenKind.Close)
                open--;
            Advance();
        }
    }

    private void Stop(RuleProblemKind kind, string sentence, params IReadOnlyList<string> expected)
    {
        if (!_stopped)
            Problems.Add(kind, Current.Place, sentence, expected);
        EndHere();
    }

    private void StopAtToken(RuleProblemKind kind, params IReadOnlyList<string> expected)
    {
        Refuse(kind, sentence: null, expected);
        EndHere();
    }

    private void EndHere()
    {
        _stopped = true;
        Current = EndToken();
    }

    private Token EndToken() => new(TokenKind.End, new RuleSpan(Text.Length, 0));

    private static bool IsWord(ReadOnlySpan<char> one, string word) => one.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static string Listed(IReadOnlyList<string> expected) =>
        expected.Count == 1 ? expected[0] : $"{string.Join(", ", expected.SkipLast(1))} or {expected[^1]}";
}
