using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Conditions;

/// <summary>Compares two values of variables: null by its table, numbers among themselves, everything with text as text (contract gateway.md 4.3).</summary>
internal static class ValueComparer
{
    internal static bool Holds(Comparison comparison, object? left, object? right)
    {
        if (left is null || right is null)
            return OfNull(comparison, left is null, right is null);
        if (comparison == Comparison.NotEquals)
            return !Holds(Comparison.Equals, left, right);
        if (left is string || right is string)
            return IsSimple(left) && IsSimple(right) && OfTexts(comparison, ValueText.Of(left), ValueText.Of(right));
        if (left is bool a && right is bool b)
            return comparison is Comparison.Equals or Comparison.EqualsCaseInsensitive && a == b;
        if (IsNumber(left) && IsNumber(right))
            return OfNumbers(comparison, left, right);
        return false;
    }

    private static bool OfNull(Comparison comparison, bool isLeftNull, bool isRightNull) => comparison switch
    {
        Comparison.Equals or Comparison.EqualsCaseInsensitive => isLeftNull && isRightNull,
        Comparison.NotEquals => isLeftNull != isRightNull,
        Comparison.Greater or Comparison.Lesser => isLeftNull && !isRightNull, // odd, but so it is
        Comparison.GreaterOrEquals or Comparison.LesserOrEquals => isRightNull,
        _ => false,
    };

    private static bool OfTexts(Comparison comparison, string left, string right) => comparison switch
    {
        Comparison.Equals => left == right,
        Comparison.EqualsCaseInsensitive => left.Equals(right, StringComparison.OrdinalIgnoreCase),
        Comparison.StartsWith => left.StartsWith(right, StringComparison.Ordinal),
        _ => OfOrder(comparison, string.CompareOrdinal(left, right)),
    };

    private static bool OfNumbers(Comparison comparison, object left, object right)
    {
        if (left is double or float || right is double or float)
        {
            var (a, b) = (Convert.ToDouble(left, null), Convert.ToDouble(right, null));
            return comparison is Comparison.Equals or Comparison.EqualsCaseInsensitive ? a.Equals(b)
                : comparison == Comparison.StartsWith ? ValueText.Of(left).StartsWith(ValueText.Of(right), StringComparison.Ordinal)
                : OfOrder(comparison, a.CompareTo(b));
        }
        var (one, other) = (Convert.ToInt64(left, null), Convert.ToInt64(right, null));
        return comparison is Comparison.Equals or Comparison.EqualsCaseInsensitive ? one == other
            : comparison == Comparison.StartsWith ? ValueText.Of(left).StartsWith(ValueText.Of(right), StringComparison.Ordinal)
            : OfOrder(comparison, one.CompareTo(other));
    }

    private static bool OfOrder(Comparison comparison, int order) => comparison switch
    {
        Comparison.Greater => order > 0,
        Comparison.GreaterOrEquals => order >= 0,
        Comparison.Lesser => order < 0,
        Comparison.LesserOrEquals => order <= 0,
        _ => false,
    };

    private static bool IsNumber(object value) => value is int or long or double or float;

    private static bool IsSimple(object value) => value is string or bool || IsNumber(value);
}
