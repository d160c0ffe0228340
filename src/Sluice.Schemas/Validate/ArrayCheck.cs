using Sluice.Schemas.Model;
using Sluice.Schemas.Text;

namespace Sluice.Schemas.Validate;

/// <summary>What a schema demands of arrays.</summary>
internal static class ArrayCheck<TMode>
    where TMode : struct, IWalkMode
{
    private const int Stop = Walker<TMode>.Stop;
    private static readonly ArrayRules Free = new();

    /// <summary>Checks the array whose bracket stands at a position.</summary>
    public static int Check(ref Walker<TMode> walk, SchemaNode node, int position)
    {
        var rules = node.Arrays ?? Free;
        if (!walk.TryEnter())
            return Stop;

        var json = walk.Json;
        var mark = walk.Scratch.Marked;
        int count = 0;
        bool contained = rules.Contains is null;
        position = JsonScanner.SkipWhitespace(json, position + 1);
        if ((uint)position >= (uint)json.Length)
            return Stop;

        while (json[position] != (byte)']' || count > 0)
        {
            int start = position;
            if (TMode.Collects)
                walk.Report!.EnterItem(count);
            position = walk.CheckValue(count < rules.First.Length ? rules.First[count] : rules.Others, position);
            if (position < 0)
                return Stop;
            if (TMode.Collects)
                walk.Report!.Leave();

            count++;
            if (rules.UniqueItems)
                AddItem(ref walk, start, position);
            if (!contained)
            {
                contained = walk.TryAgain(position - start) && walk.Matches(rules.Contains!, start);
                if (walk.Overrun != Overrun.None)
                    return Stop;
            }

            position = JsonScanner.SkipWhitespace(json, position);
            if ((uint)position >= (uint)json.Length)
                return Stop;
            if (json[position] == (byte)']')
                break;
            if (json[position] != (byte)',')
                return Stop;
            position = JsonScanner.SkipWhitespace(json, position + 1);
            if ((uint)position >= (uint)json.Length)
                return Stop;
        }

        walk.Leave();
        bool goesOn = CheckCounts(ref walk, rules, node.Location, count, contained)
            && (!rules.UniqueItems || CheckUnique(ref walk, node.Location, mark));
        walk.Scratch.ReturnTo(mark);
        return goesOn ? position + 1 : Stop;
    }

    private static bool CheckCounts(ref Walker<TMode> walk, ArrayRules rules, string location, int count, bool contained)
    {
        if (count < rules.MinItems
            && !(TMode.Collects && walk.Report!.Add(walk.Json, "minItems", ViolationText.TooFewItems(rules.MinItems, count), location)))
            return false;
        if (count > rules.MaxItems
            && !(TMode.Collects && walk.Report!.Add(walk.Json, "maxItems", ViolationText.TooManyItems(rules.MaxItems, count), location)))
            return false;
        return contained || (TMode.Collects && walk.Report!.Add(walk.Json, "contains", ViolationText.NothingContained, location));
    }

    private static void AddItem(ref Walker<TMode> walk, int start, int end)
    {
        int at = start;
        walk.Scratch.AddItem(JsonEquality.Hash(walk.Json, ref at, walk.Scratch), start, end);
    }

    // Equal items have equal hashes, so after ordering by hash only neighbours are compared.
    private static bool CheckUnique(ref Walker<TMode> walk, string location, Scratch.Mark mark)
    {
        walk.Scratch.OrderItems(mark, out var hashes, out var places);
        for (int i = 1; i < hashes.Length; i++)
        {
            if (hashes[i] == hashes[i - 1]
                && JsonEquality.Same(walk.Json, (int)(places[i] >> 32), walk.Json, (int)(places[i - 1] >> 32), walk.Scratch))
                return TMode.Collects && walk.Report!.Add(walk.Json, "uniqueItems", ViolationText.NotUnique, location);
        }

        return true;
    }
}
