using System.Text.Json;
using Sluice.Profiles.Rules.Text;

namespace Sluice.Profiles.Rules.Tree;

/// <summary>
/// Reads an expression tree into the text of its rule. The text is then parsed as any other, so that a tree can say nothing
/// that a text could not.
/// </summary>
internal static class ExpressionTreeReader
{
    // Deeper than a rule within the bounds can be written: one level for each pair.
    private const int JsonDepth = 2 * RuleLimits.TextBytes;

    public static bool TryRead(ReadOnlyMemory<byte> utf8Json, bool ofTraits, out string text, out IReadOnlyList<RuleProblem> problems)
    {
        text = "";
        problems = [];
        try
        {
            if (utf8Json.Length > RuleLimits.ExpressionTreeBytes)
                throw new FormatException($"is longer than {RuleLimits.ExpressionTreeBytes} bytes");
            using var document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { MaxDepth = JsonDepth, AllowDuplicateProperties = false });
            text = RulePrinter.Print(Read(document.RootElement, ofTraits, depth: 0));
            return true;
        }
        catch (JsonException)
        {
            problems = [Problem("is not JSON, names a member twice or nests too deep")];
        }
        catch (InvalidOperationException)
        {
            problems = [Problem("holds text that is not Unicode")]; // half a surrogate pair in an escape
        }
        catch (FormatException fault)
        {
            problems = [Problem(fault.Message)];
        }

        return false;
    }

    private static RuleNode Read(JsonElement node, bool ofTraits, int depth)
    {
        if (depth > RuleLimits.TreeDepth)
            throw new FormatException($"has more than {RuleLimits.TreeDepth} nodes inside each other");
        if (node.ValueKind != JsonValueKind.Object)
            throw new FormatException("has a node that is not an object");
        if (!ofTraits && node.TryGetProperty(ExpressionTreeNames.Sid, out var sid))
            return new RuleNode.Trait(Long(sid, ExpressionTreeNames.Sid), default);

        string name = Text(node, ExpressionTreeNames.Expression);
        return name switch
        {
            ExpressionTreeNames.And or ExpressionTreeNames.Or => ReadJoin(node, name, ofTraits, depth),
            ExpressionTreeNames.Not => new RuleNode.Not(Read(Member(node, ExpressionTreeNames.Operand), ofTraits, depth + 1), default),
            _ when ofTraits => ReadComparison(node, name),
            _ => ReadFrequency(node, name),
        };
    }

    // Pairs of one kind are gathered without recursion: all of them when they are more than the builder draws, else along
    // the left side, as they are written.
    private static RuleNode.Join ReadJoin(JsonElement node, string name, bool ofTraits, int depth)
    {
        var all = Gather(node, name, leftOnly: false);
        var elements = all.Count > RuleLimits.TermsInBuilder ? all : Gather(node, name, leftOnly: true);
        return new RuleNode.Join(name == ExpressionTreeNames.And, elements.ConvertAll(one => Read(one, ofTraits, depth + 1)), default);
    }

    private static List<JsonElement> Gather(JsonElement node, string name, bool leftOnly)
    {
        var found = new List<JsonElement>();
        var left = new Stack<(JsonElement Node, bool Opens)>([(node, true)]);
        while (left.TryPop(out var next))
        {
            if (next.Opens && IsPair(next.Node, name))
            {
                left.Push((Member(next.Node, ExpressionTreeNames.Second), !leftOnly));
                left.Push((Member(next.Node, ExpressionTreeNames.First), true));
            }
            else
            {
                found.Add(next.Node);
            }
        }

        return found;
    }

    private static bool IsPair(JsonElement node, string name) =>
        node.ValueKind == JsonValueKind.Object && node.TryGetProperty(ExpressionTreeNames.Expression, out var found)
        && found.ValueKind == JsonValueKind.String && found.ValueEquals(name);

    private static RuleNode.Comparison ReadComparison(JsonElement node, string name)
    {
        bool isBare = node.TryGetProperty(ExpressionTreeNames.Bare, out var bare) && bare.ValueKind == JsonValueKind.True;
        string value = Text(node, ExpressionTreeNames.Value);
        return new RuleNode.Comparison(
            Text(node, ExpressionTreeNames.Name), Operator(name), value, isBare && RuleLexer.IsWord(value), Pattern: null, default);
    }

    private static RuleNode.Frequency ReadFrequency(JsonElement node, string name)
    {
        var frequency = Member(node, ExpressionTreeNames.Frequency);
        if (frequency.ValueKind != JsonValueKind.Object)
            throw new FormatException($"has a {ExpressionTreeNames.Frequency} that is not an object");
        var list = Member(frequency, ExpressionTreeNames.List);
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            throw new FormatException($"has a {ExpressionTreeNames.Frequency} without a {ExpressionTreeNames.List} of traits");

        int? days = null;
        bool isSince = false;
        if (frequency.TryGetProperty(ExpressionTreeNames.Recency, out _))
        {
            if (Text(frequency, ExpressionTreeNames.Units) != ExpressionTreeNames.Days)
                throw new FormatException($"counts recency in other {ExpressionTreeNames.Units} than {ExpressionTreeNames.Days}");
            string side = Text(frequency, ExpressionTreeNames.Recency);
            if (side is not ("<=" or ">="))
                throw new FormatException($"has the {ExpressionTreeNames.Recency} '{Short(side)}' where only <= and >= can stand");
            (days, isSince) = (Int(frequency, ExpressionTreeNames.Value), side == "<=");
        }

        return new RuleNode.Frequency(
            [.. list.EnumerateArray().Select(sid => Long(sid, ExpressionTreeNames.List))], days, isSince, Operator(name), Int(node, ExpressionTreeNames.Value), default);
    }

    private static ComparisonOperator Operator(string name) =>
        OperatorNames.TryFind(name, out var found) ? found : throw new FormatException($"has the unknown {ExpressionTreeNames.Expression} '{Short(name)}'");

    private static JsonElement Member(JsonElement node, string name) =>
        node.TryGetProperty(name, out var member) ? member : throw new FormatException($"has a node without '{name}'");

    private static string Text(JsonElement node, string name) =>
        Member(node, name) is { ValueKind: JsonValueKind.String } member
            ? member.GetString()!
            : throw new FormatException($"has a '{name}' that is not a string");

    private static int Int(JsonElement node, string name) =>
        Member(node, name) is { ValueKind: JsonValueKind.Number } member && member.TryGetInt32(out int number)
            ? number
            : throw new FormatException($"has a '{name}' that is not a whole number");

    private static long Long(JsonElement member, string name) =>
        member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out long number) && number >= 0
            ? number
            : throw new FormatException($"has a '{name}' that is not a trait's number");

    private static string Short(string name) => new ProblemList(name).Describe(new RuleSpan(0, name.Length));

    private static RuleProblem Problem(string phrase) =>
        new(RuleProblemKind.BadExpressionTree, default, 1, 1, "", [], $"The expression tree {phrase}.");
}
