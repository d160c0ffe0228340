using System.Runtime.CompilerServices;
using Sluice.Schemas.Model;
using Sluice.Schemas.Text;

namespace Sluice.Schemas.Validate;

/// <summary>What a schema demands of numbers.</summary>
internal static class NumberCheck<TMode>
    where TMode : struct, IWalkMode
{
    // 18 digits always fit a 64-bit integer.
    private const int ShortDigits = 18;

    /// <summary>Checks the number at a position. Anything that cannot start a number ends the walk.</summary>
    public static int Check(ref Walker<TMode> walk, SchemaNode node, int position)
    {
        var json = walk.Json;
        int at = position;
        bool negative = json[at] == (byte)'-';
        if (negative)
            at++;

        int firstDigit = at;
        long value = 0;
        for (uint digit; (uint)at < (uint)json.Length && (digit = (uint)(json[at] - '0')) <= 9; at++)
            value = unchecked(value * 10 + digit);

        int digits = at - firstDigit;
        if (digits == 0)
            return Walker<TMode>.Stop;

        bool isWhole = (uint)at >= (uint)json.Length || json[at] is not ((byte)'.' or (byte)'e' or (byte)'E');
        var kind = JsonTypes.Integer;
        if (!isWhole)
        {
            at = SkipFraction(json, at);
            kind = !walk.Limits.WholeByForm && (node.Types & JsonTypes.Number) == JsonTypes.Integer && JsonNumber.Parse(json[position..at]).IsInteger
                ? JsonTypes.Integer
                : JsonTypes.Fraction;
        }

        if ((node.Types & kind) == 0)
            return walk.RefuseType(node, position, kind);
        if (node.Numbers is not { } rules)
            return at;

        bool isShort = isWhole && digits <= ShortDigits;
        if (negative)
            value = -value;
        if (isShort && value >= rules.Easy.From && value <= rules.Easy.To)
            return at;
        return CheckRules(ref walk, rules, node.Location, json[position..at], isShort, value)
            ? at
            : Walker<TMode>.Stop;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool CheckRules(
        ref Walker<TMode> walk, NumberRules rules, string location, ReadOnlySpan<byte> number, bool isShort, long value)
    {
        if (rules.Minimum is { } minimum && minimum.Compare(number, isShort, value) < 0
            && !(TMode.Collects && walk.Report!.Add(walk.Json, "minimum", ViolationText.Below(number, minimum.Text), location)))
            return false;
        if (rules.Maximum is { } maximum && maximum.Compare(number, isShort, value) > 0
            && !(TMode.Collects && walk.Report!.Add(walk.Json, "maximum", ViolationText.Above(number, maximum.Text), location)))
            return false;
        if (rules.ExclusiveMinimum is { } above && above.Compare(number, isShort, value) <= 0
            && !(TMode.Collects && walk.Report!.Add(walk.Json, "exclusiveMinimum", ViolationText.NotGreater(number, above.Text), location)))
            return false;
        if (rules.ExclusiveMaximum is { } below && below.Compare(number, isShort, value) >= 0
            && !(TMode.Collects && walk.Report!.Add(walk.Json, "exclusiveMaximum", ViolationText.NotLess(number, below.Text), location)))
            return false;
        return rules.MultipleOf is not { } divisor
            || JsonNumber.Parse(number).IsMultipleOf(rules.DivisorSignificand, rules.DivisorPower)
            || (TMode.Collects && walk.Report!.Add(walk.Json, "multipleOf", ViolationText.NotMultiple(number, divisor.Text), location));
    }

    private static int SkipFraction(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length
            && json[at] is (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'e' or (byte)'E' or (byte)'+' or (byte)'-')
            at++;
        return at;
    }
}
