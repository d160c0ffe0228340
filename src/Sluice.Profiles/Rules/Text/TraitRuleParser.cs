using System.Buffers;
using Sluice.Profiles.Rules.Check;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Rules.Text;

/// <summary>Reads trait rules: terms are comparisons (audience contract, section 4.1).</summary>
/// <remarks>
/// comparison = key , op , value. The contract ranks '==' and '!=' below the other operators; since a comparison's sides
/// are never comparisons themselves, that rank can be observed nowhere, and the grammar has none.
/// </remarks>
internal sealed class TraitRuleParser(string text) : RuleParser(text)
{
    // At least one of these makes a word a key: 123 is none.
    private static readonly SearchValues<char> KeyMakers =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-");

    private readonly List<RuleProblem> _warnings = [];
    private int _patternRoom = RuleLimits.PatternsTranslated;

    public IReadOnlyList<RuleProblem> Warnings => _warnings;

    protected override IReadOnlyList<string> TermStarts { get; } = ["a key", "(", "NOT"];

    /// <summary>Whether a key can be written without quotes.</summary>
    public static bool IsBareKey(string key) =>
        RuleLexer.IsWord(key) && key.AsSpan().ContainsAny(KeyMakers) && !IsKeyword(key) && !OperatorNames.TryFind(key, out _);

    protected override RuleNode? ParseTerm()
    {
        var keyToken = Current;
        if (!TryReadKey(out string key))
            return null;

        if (!TryReadOperator(out var op))
        {
            Refuse(RuleProblemKind.MissingOperator, sentence: null, OperatorNames.All);
            return null;
        }

        var valueToken = Current;
        if (valueToken.Kind is not (TokenKind.Word or TokenKind.Quoted) || (valueToken.Kind == TokenKind.Word && IsKeyword(CurrentText)))
        {
            Refuse(RuleProblemKind.MissingValue, sentence: null, "a value");
            return null;
        }

        string value = valueToken.Kind == TokenKind.Quoted ? Unquote(valueToken) : CurrentText.ToString();
        Advance();
        var check = new ComparisonCheck(Problems, keyToken.Place, valueToken.Place);
        if (check.WarningFor(key, Text) is { } warning)
            _warnings.Add(warning);
        return check.Make(key, op, value, isQuoted: valueToken.Kind == TokenKind.Quoted, ref _patternRoom);
    }

    private bool TryReadKey(out string key)
    {
        key = "";
        if (Current.Kind == TokenKind.Operator || (Current.Kind == TokenKind.Word && OperatorNames.TryFind(CurrentText, out _) && !IsOperator(PeekNext())))
        {
            Refuse(RuleProblemKind.MissingKey, sentence: null, "a key");
            return false;
        }

        if (Current.Kind is not (TokenKind.Word or TokenKind.Quoted) || (Current.Kind == TokenKind.Word && IsKeyword(CurrentText)))
        {
            Refuse(RuleProblemKind.UnexpectedToken, sentence: null, TermStarts);
            return false;
        }

        if (Current.Kind == TokenKind.Word && !CurrentText.ContainsAny(KeyMakers))
            Problems.Add(RuleProblemKind.BadKey, Current.Place, "A key outside double quotes needs a letter, '_' or '-'.");
        key = Current.Kind == TokenKind.Quoted ? Unquote(Current) : CurrentText.ToString();
        Advance();
        return true;
    }

    private bool TryReadOperator(out ComparisonOperator op)
    {
        op = ComparisonOperator.Equal;
        if (!IsOperator(Current) || !OperatorNames.TryFind(CurrentText, out op))
            return false;
        Advance();
        return true;
    }

    private bool IsOperator(Token token) =>
        token.Kind == TokenKind.Operator || (token.Kind == TokenKind.Word && OperatorNames.TryFind(TextOf(token), out _));
}
