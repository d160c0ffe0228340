using System.Runtime.CompilerServices;
using Sluice.Schemas.Model;

namespace Sluice.Schemas.Validate;

/// <summary>What a schema demands of a value whatever its kind: values of a set, and schemas applied to the same value.</summary>
internal static class CombinationCheck<TMode>
    where TMode : struct, IWalkMode
{
    private const int Stop = Walker<TMode>.Stop;

    /// <summary>Checks a value against its schema's rules by kind, then against the rest.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Check(ref Walker<TMode> walk, SchemaNode node, int position)
    {
        int end = walk.CheckKind(node, position);
        if (end < 0)
            return Stop;
        if (node.IsNever)
            return TMode.Collects && walk.Report!.Add(walk.Json, "false", ViolationText.Never, node.Location) ? end : Stop;

        foreach (var values in node.Values)
        {
            if (!values.Contains(walk.Json, position, end, walk.Scratch) && !RefuseValue(ref walk, values, position, end))
                return Stop;
        }

        foreach (var combination in node.Combinations)
        {
            bool goesOn = combination.Kind switch
            {
                CombinationKind.AllOf => CheckAll(ref walk, combination, position, end),
                CombinationKind.AnyOf => CheckAny(ref walk, combination, position, end),
                CombinationKind.OneOf => CheckOne(ref walk, combination, position, end),
                _ => CheckNot(ref walk, combination, position, end),
            };
            if (!goesOn || walk.Overrun != Overrun.None)
                return Stop;
        }

        return end;
    }

    private static bool RefuseValue(ref Walker<TMode> walk, ValueSet values, int position, int end)
    {
        if (!TMode.Collects)
            return false;
        string message = values.Keyword == "enum" ? ViolationText.NotInEnum(walk.Json[position..end]) : ViolationText.NotConstant;
        return walk.Report!.Add(walk.Json, values.Keyword, message, values.Location);
    }

    // The violations of the members stand for themselves; the keyword adds no line of its own.
    private static bool CheckAll(ref Walker<TMode> walk, Combination combination, int position, int end)
    {
        foreach (var branch in combination.Branches)
        {
            if (!walk.TryAgain(end - position) || walk.CheckValue(branch, position) < 0)
                return false;
        }

        return true;
    }

    private static bool CheckAny(ref Walker<TMode> walk, Combination combination, int position, int end)
    {
        foreach (var branch in combination.Branches)
        {
            if (!walk.TryAgain(end - position))
                return false;
            if (walk.Matches(branch, position))
                return true;
        }

        return TMode.Collects && RefuseAll(ref walk, "anyOf", combination, position);
    }

    private static bool CheckOne(ref Walker<TMode> walk, Combination combination, int position, int end)
    {
        int matched = 0;
        foreach (var branch in combination.Branches)
        {
            if (!walk.TryAgain(end - position))
                return false;
            if (walk.Matches(branch, position) && ++matched > 1 && !TMode.Collects)
                return false;
        }

        if (matched == 1)
            return true;
        if (!TMode.Collects)
            return false;
        return matched == 0
            ? RefuseAll(ref walk, "oneOf", combination, position)
            : walk.Report!.Add(walk.Json, "oneOf", ViolationText.NotOne(matched), combination.Location);
    }

    private static bool CheckNot(ref Walker<TMode> walk, Combination combination, int position, int end)
    {
        if (!walk.TryAgain(end - position))
            return false;
        return !walk.Matches(combination.Branches[0], position)
            || (TMode.Collects && walk.Report!.Add(walk.Json, "not", ViolationText.Forbidden(combination.Text), combination.Location));
    }

    // Nothing matched: each branch is walked once more, this time for its reasons.
    private static bool RefuseAll(ref Walker<TMode> walk, string keyword, Combination combination, int position)
    {
        var causes = new List<SchemaViolation>();
        foreach (var branch in combination.Branches)
        {
            var aside = walk.Report!.Aside();
            var mark = walk.Scratch.Marked;
            var inner = new Walker<Collecting>(walk.Json, walk.Limits, walk.Scratch, aside);
            inner.Resume(walk.Depth, walk.EffortLeft);
            inner.CheckValue(branch, position);
            walk.Scratch.ReturnTo(mark);
            walk.Resume(walk.Depth, inner.EffortLeft);
            causes.AddRange(aside.Found);
        }

        string message = keyword == "anyOf" ? ViolationText.NotAny(combination.Branches.Length) : ViolationText.NotOne(0);
        return walk.Report!.Add(walk.Json, keyword, message, combination.Location, causes);
    }
}
