using System.Diagnostics;

namespace Sluice.Profiles.Rules.Tree;

/// <summary>How operators are written: canonically, and in the other ways that are understood.</summary>
internal static class OperatorNames
{
    public static readonly string[] All =
        ["==", "!=", ">", "<", ">=", "<=", "contains", "matcheswords", "startswith", "endswith", "matchesregex"];

    // The docs' table of operators prints => where every example has >=.
    private const string OtherGreaterOrEqual = "=>";

    public static string Of(ComparisonOperator one) => All[(int)one];

    public static bool TryFind(ReadOnlySpan<char> name, out ComparisonOperator found)
    {
        for (int i = 0; i < All.Length; i++)
        {
            if (name.Equals(All[i], StringComparison.OrdinalIgnoreCase))
            {
                found = (ComparisonOperator)i;
                return true;
            }
        }

        found = ComparisonOperator.GreaterOrEqual;
        return name.SequenceEqual(OtherGreaterOrEqual);
    }

    /// <summary>Whether an order of numbers is asked for.</summary>
    public static bool IsOrder(this ComparisonOperator one) =>
        one is ComparisonOperator.Greater or ComparisonOperator.GreaterOrEqual or ComparisonOperator.Less or ComparisonOperator.LessOrEqual;

    /// <summary>Whether two numbers stand in the order asked for.</summary>
    /// <param name="one">==, >=, or any other operator that can be said of numbers.</param>
    /// <param name="order">Below 0 when the first is less, above 0 when it is greater.</param>
    public static bool Holds(this ComparisonOperator one, int order) => one switch
    {
        ComparisonOperator.Equal => order == 0,
        ComparisonOperator.NotEqual => order != 0,
        ComparisonOperator.Greater => order > 0,
        ComparisonOperator.Less => order < 0,
        ComparisonOperator.GreaterOrEqual => order >= 0,
        ComparisonOperator.LessOrEqual => order <= 0,
        _ => throw new UnreachableException(),
    };
}
