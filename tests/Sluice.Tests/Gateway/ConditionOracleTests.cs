using System.Globalization;
using Sluice.Gateway.Conditions;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Holds the compiled conditions against a naive interpreter that was written from the contract alone: random expressions over random values.</summary>
public sealed class ConditionOracleTests
{
    private const int Rounds = 100_000;

    private static readonly string[] Names = ["a", "b", "c.d", "response-code", "e_f"];

    private static readonly object?[] Values = [null, "", "x", "X", "xy", "10", "9", "true", "false", "a/b", "/a/b", true, false, 0, 9, 10, 404, 5_000_000_000L, 2.5, 10.0];

    [Fact]
    [Contract("gateway 4.2", "gateway 4.3")]
    public void A_hundred_thousand_random_conditions_mean_what_a_naive_reading_says()
    {
        var random = new Random(20_261_122);
        for (var round = 0; round < Rounds; round++)
        {
            var values = Names.ToDictionary(name => name, _ => Values[random.Next(Values.Length)]);
            var flow = ConditionTests.Flow([.. values.Where(one => one.Value is not null).Select(one => (one.Key, one.Value!))]);
            var (text, meaning) = Make(random, values, depth: random.Next(5));

            var condition = ConditionParser.Parse(text, out var fault);

            Assert.True(fault is null, $"{text}: {fault}");
            Assert.True(condition!.IsTrue(flow) == meaning, $"{text} with {string.Join(", ", values)} is {meaning}");
        }
    }

    private static (string Text, bool Meaning) Make(Random random, Dictionary<string, object?> values, int depth)
    {
        if (depth == 0)
            return Leaf(random, values);
        // Both sides are in parentheses unless they need none: an "and" under an "or".
        switch (random.Next(4))
        {
            case 0:
                var inner = Make(random, values, depth - 1);
                return ($"{Pick(random, "!", "not ", "NOT ")}({inner.Text})", !inner.Meaning);
            case 1:
                var (left, right) = (Leaf(random, values), Leaf(random, values));
                var third = Leaf(random, values);
                return ($"{left.Text} or {right.Text} {Pick(random, "and", "&&")} {third.Text}", left.Meaning || (right.Meaning && third.Meaning));
            case 2:
                var (one, other) = (Make(random, values, depth - 1), Make(random, values, depth - 1));
                return ($"({one.Text}) {Pick(random, "and", "&&", "AND")} ({other.Text})", one.Meaning && other.Meaning);
            default:
                var (first, second) = (Make(random, values, depth - 1), Make(random, values, depth - 1));
                return ($"({first.Text})\n {Pick(random, "or", "||", "Or")} ({second.Text})", first.Meaning || second.Meaning);
        }
    }

    private static (string Text, bool Meaning) Leaf(Random random, Dictionary<string, object?> values)
    {
        var name = Names[random.Next(Names.Length)];
        var value = values[name];
        if (random.Next(10) == 0)
            return (name, value is true || (value is string text && string.Equals(text, "true", StringComparison.OrdinalIgnoreCase)));
        if (random.Next(6) == 0)
        {
            var glob = Pick(random, "*", "x*", "*y", "1?", "a/b", "*/*", "");
            return ($"{name} ~ \"{glob}\"", value is not null && Glob(glob, Show(value)));
        }
        var (operandText, operand) = Operand(random, values);
        var (sign, holds) = random.Next(7) switch
        {
            0 => (Pick(random, "=", "==", "Equals"), Same(value, operand)),
            1 => (Pick(random, "!=", "NotEquals"), !Same(value, operand)),
            2 => (Pick(random, ">", "GreaterThan"), Ordered(value, operand, leftNull: true, rightNull: false, bothNull: false, order => order > 0)),
            3 => (Pick(random, ">=", "GreaterThanOrEquals"), Ordered(value, operand, leftNull: false, rightNull: true, bothNull: true, order => order >= 0)),
            4 => (Pick(random, "<", "LesserThan"), Ordered(value, operand, leftNull: true, rightNull: false, bothNull: false, order => order < 0)),
            5 => (Pick(random, "<=", "LesserThanOrEquals"), Ordered(value, operand, leftNull: false, rightNull: true, bothNull: true, order => order <= 0)),
            _ => ("StartsWith", value is string || operand is string ? value is not null && operand is not null && Show(value).StartsWith(Show(operand), StringComparison.Ordinal)
                : IsNumber(value) && IsNumber(operand) && Show(value!).StartsWith(Show(operand!), StringComparison.Ordinal)),
        };
        return ($"{name} {sign} {operandText}", holds);
    }

    private static (string Text, object? Value) Operand(Random random, Dictionary<string, object?> values)
    {
        if (random.Next(3) == 0)
        {
            var name = Names[random.Next(Names.Length)];
            return (name, values[name]);
        }
        return Values[random.Next(Values.Length)] switch
        {
            null => ("null", null),
            string text => ($"\"{text}\"", text),
            bool flag => (flag ? "true" : "false", flag),
            long number => (number.ToString(CultureInfo.InvariantCulture) + Pick(random, "", "L"), number),
            double number => (number.ToString("0.0", CultureInfo.InvariantCulture) + Pick(random, "", "f", "d"), number),
            var number => (((int)number).ToString(CultureInfo.InvariantCulture), number),
        };
    }

    private static bool Same(object? left, object? right) =>
        left is null || right is null ? left is null && right is null
        : left is string || right is string ? Show(left) == Show(right)
        : IsNumber(left) && IsNumber(right) ? Number(left) == Number(right)
        : left is bool && right is bool && left.Equals(right);

    private static bool Ordered(object? left, object? right, bool leftNull, bool rightNull, bool bothNull, Func<int, bool> holds) =>
        left is null ? right is null ? bothNull : leftNull
        : right is null ? rightNull
        : left is string || right is string ? holds(string.CompareOrdinal(Show(left), Show(right)))
        : IsNumber(left) && IsNumber(right) && holds(Number(left).CompareTo(Number(right)));

    private static bool IsNumber(object? value) => value is int or long or double;

    private static decimal Number(object value) => Convert.ToDecimal(value, CultureInfo.InvariantCulture);

    private static string Show(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static bool Glob(string pattern, string text) =>
        pattern.Length == 0 ? text.Length == 0
        : pattern[0] == '*' ? Enumerable.Range(0, text.Length + 1).Any(from => Glob(pattern[1..], text[from..]))
        : text.Length > 0 && text[0] == pattern[0] && Glob(pattern[1..], text[1..]);

    private static string Pick(Random random, params string[] choices) => choices[random.Next(choices.Length)];
}
