namespace Sluice.Profiles.Rules.Tree;

/// <summary>The members of an expression tree (audience contract, section 3.4), for those who write it and those who read it.</summary>
internal static class ExpressionTreeNames
{
    public const string Expression = "expressionName";
    public const string And = "and";
    public const string Or = "or";
    public const string Not = "not";
    public const string Operand = "expr";
    public const string First = "expr1";
    public const string Second = "expr2";
    public const string Name = "name";
    public const string Value = "value";
    public const string Bare = "bare";
    public const string Sid = "sid";
    public const string Frequency = "frequency";
    public const string List = "list";
    public const string Recency = "op";
    public const string Units = "units";
    public const string Days = "D";
}
