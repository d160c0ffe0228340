using Sluice.Profiles.Rules.Patterns;
using Sluice.Profiles.Rules.Text;
using Sluice.Profiles.Rules.Tree;

namespace Sluice.Profiles.Rules.Evaluate;

/// <summary>A comparison made ready: it holds when any value of its key satisfies it, and never without one (audience contract, section 4.1).</summary>
internal sealed class ComparisonTest
{
    private readonly string _key;
    private readonly ComparisonOperator _operator;
    private readonly string _value;
    private readonly bool _isBareNumber;
    private readonly JavaPattern? _pattern;
    private readonly string[] _words = [];
    private readonly StringComparison _comparison;

    public ComparisonTest(RuleNode.Comparison node, TextCase textCase)
    {
        Node = node;
        _key = node.Key;
        _operator = node.Operator;
        _value = node.Value;
        _isBareNumber = node.IsBareNumber;
        _pattern = node.Pattern;
        _comparison = textCase == TextCase.Ignored ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (_operator == ComparisonOperator.MatchesWords)
            _words = Words(_value);
    }

    public RuleNode.Comparison Node { get; }

    public bool IsTrue(Signals signals, ref int givenUp)
    {
        for (int at = signals.Find(_key); at != Signals.None;)
        {
            var entry = signals.At(at);
            if (HasKey(entry) && IsTrue(entry.Value, ref givenUp))
                return true;
            at = entry.Next;
        }

        return false;
    }

    /// <summary>The same, with what can be said of why; never a value, since private keys are not to be written anywhere.</summary>
    public ComparisonOutcome Explain(Signals signals, ref int givenUp)
    {
        int before = givenUp;
        bool isTrue = IsTrue(signals, ref givenUp);
        bool hasKey = false;
        for (int at = signals.Find(_key); at != Signals.None && !hasKey; at = signals.At(at).Next)
            hasKey = HasKey(signals.At(at));
        return new ComparisonOutcome(Node.Place, RulePrinter.Print(Node), isTrue, hasKey, givenUp > before);
    }

    private bool HasKey(Signals.Entry entry) =>
        _comparison == StringComparison.OrdinalIgnoreCase || string.Equals(entry.Key, _key, StringComparison.Ordinal);

    private bool IsTrue(string value, ref int givenUp) => _operator switch
    {
        ComparisonOperator.Equal => AreEqual(value),
        ComparisonOperator.NotEqual => !AreEqual(value),
        ComparisonOperator.Contains => value.Contains(_value, _comparison),
        ComparisonOperator.StartsWith => value.StartsWith(_value, _comparison),
        ComparisonOperator.EndsWith => value.EndsWith(_value, _comparison),
        ComparisonOperator.MatchesWords => WholeWords.Match(_words, value, _comparison),
        ComparisonOperator.MatchesRegex => Matches(value, ref givenUp),
        _ => TryOrder(value, out int order) && _operator.Holds(order),
    };

    private bool AreEqual(string value) =>
        value.Equals(_value, _comparison) || (_isBareNumber && TryOrder(value, out int order) && order == 0);

    private bool TryOrder(string value, out int order)
    {
        order = 0;
        if (!DecimalText.TryRead(value, out var left) || !DecimalText.TryRead(_value, out var right))
            return false;
        order = left.CompareTo(right);
        return true;
    }

    private bool Matches(string value, ref int givenUp)
    {
        bool found = _pattern!.IsFound(value, out bool gaveUp);
        if (gaveUp)
            givenUp++;
        return found;
    }

    private static string[] Words(string value)
    {
        var found = new List<string>();
        for (var words = WholeWords.In(value); words.MoveNext();)
            found.Add(words.Current.ToString());
        return [.. found];
    }
}
