using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sluice.Gateway.Json;

/// <summary>What stands in a filter: comparisons of values below <c>@</c> or <c>$</c>, joined by <c>&amp;&amp;</c>, <c>||</c> and <c>!</c>.</summary>
internal abstract class JsonPathExpression
{
    internal abstract bool IsTrue(JsonElement current, JsonPathWalk walk);
}

/// <summary>Both sides hold; or with <paramref name="isOr"/> one of them.</summary>
internal sealed class JunctionExpression(JsonPathExpression left, JsonPathExpression right, bool isOr) : JsonPathExpression
{
    internal override bool IsTrue(JsonElement current, JsonPathWalk walk) =>
        isOr ? left.IsTrue(current, walk) || right.IsTrue(current, walk) : left.IsTrue(current, walk) && right.IsTrue(current, walk);
}

/// <summary>The inner one does not hold.</summary>
internal sealed class NotExpression(JsonPathExpression inner) : JsonPathExpression
{
    internal override bool IsTrue(JsonElement current, JsonPathWalk walk) => !inner.IsTrue(current, walk);
}

/// <summary>A path by itself: there is such a value.</summary>
internal sealed class ExistsExpression(JsonPathOperand operand) : JsonPathExpression
{
    internal override bool IsTrue(JsonElement current, JsonPathWalk walk) => operand.Get(current, walk) is not null;
}

/// <summary>Two values, and how they are to compare. A value that is missing equals nothing.</summary>
internal sealed class ComparisonExpression(JsonPathOperand left, string sign, JsonPathOperand right) : JsonPathExpression
{
    internal override bool IsTrue(JsonElement current, JsonPathWalk walk)
    {
        if (left.Get(current, walk) is not { } one || right.Get(current, walk) is not { } other)
            return sign == "!=";
        return sign switch
        {
            "==" => IsSame(one, other),
            "!=" => !IsSame(one, other),
            _ => Order(one, other) is { } order && sign switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 },
        };
    }

    private static bool IsSame(JsonElement one, JsonElement other) =>
        one.ValueKind == JsonValueKind.Number && other.ValueKind == JsonValueKind.Number ? Order(one, other) == 0 : JsonElement.DeepEquals(one, other);

    private static int? Order(JsonElement one, JsonElement other) => (one.ValueKind, other.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => one.TryGetDecimal(out var left) && other.TryGetDecimal(out var right)
            ? left.CompareTo(right)
            : one.GetDouble().CompareTo(other.GetDouble()),
        (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(one.GetString(), other.GetString()),
        _ => null,
    };
}

/// <summary><c>=~ /expression/i</c>: a text that the expression is found in.</summary>
internal sealed class MatchExpression(JsonPathOperand operand, Regex regex) : JsonPathExpression
{
    internal override bool IsTrue(JsonElement current, JsonPathWalk walk) =>
        operand.Get(current, walk) is { ValueKind: JsonValueKind.String } text && regex.IsMatch(text.GetString()!);
}

/// <summary>One side of a comparison: a literal, or the first value that a path finds from the current value or the root.</summary>
internal sealed class JsonPathOperand(JsonElement? literal, JsonPath? path, bool fromRoot)
{
    internal bool IsPath => path is not null;

    internal JsonElement? Get(JsonElement current, JsonPathWalk walk)
    {
        if (path is null)
            return literal;
        var found = path.Find(fromRoot ? walk.Root : current, walk);
        return found.Count == 0 ? null : found[0];
    }
}
