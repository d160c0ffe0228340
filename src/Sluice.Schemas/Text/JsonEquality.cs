using Sluice.Schemas.Validate;

namespace Sluice.Schemas.Text;

/// <summary>
/// Deep equality of two JSON values, and a hash that agrees with it: numbers by value, strings by text, objects whatever
/// the order of their names.
/// </summary>
/// <remarks>Both values are well-formed and no deeper than the caller has checked. For other bytes the answer is arbitrary.</remarks>
internal static class JsonEquality
{
    // Finding each name of one object in the other is quadratic; beyond this the keyed 64-bit hash decides.
    private const int FewMembers = 64;

    /// <summary>Whether the values that start at two positions are equal. White space at the positions is already skipped.</summary>
    public static bool Same(ReadOnlySpan<byte> left, int leftAt, ReadOnlySpan<byte> right, int rightAt, Scratch scratch)
    {
        byte kind = At(left, leftAt);
        if (kind is (byte)'"' or (byte)'{' or (byte)'[' or (byte)'t' or (byte)'f' or (byte)'n')
        {
            if (At(right, rightAt) != kind)
                return false;
        }

        return kind switch
        {
            (byte)'"' => EscapeReader.Same(StringAt(left, leftAt), StringAt(right, rightAt)),
            (byte)'{' => SameObjects(left, leftAt, right, rightAt, scratch),
            (byte)'[' => SameArrays(left, leftAt, right, rightAt, scratch),
            (byte)'t' or (byte)'f' or (byte)'n' => true,
            _ => (At(right, rightAt) is (byte)'-' or (>= (byte)'0' and <= (byte)'9'))
                && JsonNumber.Parse(NumberAt(left, leftAt)).CompareTo(JsonNumber.Parse(NumberAt(right, rightAt))) == 0,
        };
    }

    /// <summary>The hash of the value at a position.</summary>
    /// <param name="position">The value's first byte; afterwards the byte just after the value.</param>
    public static ulong Hash(ReadOnlySpan<byte> json, ref int position, Scratch scratch)
    {
        byte kind = At(json, position);
        switch (kind)
        {
            case (byte)'"':
                var content = StringAt(json, position);
                position += content.Length + 2;
                return KeyHash.Mix(kind, KeyHash.Of(scratch.Resolve(content)));
            case (byte)'{' or (byte)'[':
                return HashContainer(json, ref position, kind, scratch);
            case (byte)'t' or (byte)'f' or (byte)'n':
                position = Math.Min(json.Length, position + (kind == (byte)'f' ? 5 : 4));
                return KeyHash.Mix(kind, kind);
            default:
                var number = NumberAt(json, position);
                position += Math.Max(number.Length, 1);
                return JsonNumber.Parse(number).Hash();
        }
    }

    private static ulong HashContainer(ReadOnlySpan<byte> json, ref int position, byte kind, Scratch scratch)
    {
        bool isObject = kind == (byte)'{';
        ulong hash = kind;
        position = JsonScanner.SkipWhitespace(json, position + 1);
        while (position < json.Length && json[position] is not ((byte)'}' or (byte)']'))
        {
            ulong name = isObject ? Hash(json, ref position, scratch) : 0;
            position = SkipMark(json, position, (byte)':');
            ulong value = Hash(json, ref position, scratch);
            hash = isObject ? hash + KeyHash.Mix(name, value) : KeyHash.Mix(hash, value);
            position = SkipMark(json, position, (byte)',');
        }

        position = Math.Min(json.Length, position + 1);
        return KeyHash.Mix(hash, kind);
    }

    private static bool SameArrays(ReadOnlySpan<byte> left, int leftAt, ReadOnlySpan<byte> right, int rightAt, Scratch scratch)
    {
        leftAt = JsonScanner.SkipWhitespace(left, leftAt + 1);
        rightAt = JsonScanner.SkipWhitespace(right, rightAt + 1);
        while (At(left, leftAt) != (byte)']' && At(right, rightAt) != (byte)']')
        {
            if (!Same(left, leftAt, right, rightAt, scratch) || !TrySkip(left, ref leftAt) || !TrySkip(right, ref rightAt))
                return false;
            leftAt = SkipMark(left, leftAt, (byte)',');
            rightAt = SkipMark(right, rightAt, (byte)',');
        }

        return At(left, leftAt) == At(right, rightAt);
    }

    private static bool SameObjects(ReadOnlySpan<byte> left, int leftAt, ReadOnlySpan<byte> right, int rightAt, Scratch scratch)
    {
        int members = CountMembers(left, leftAt);
        if (members != CountMembers(right, rightAt))
            return false;
        if (members > FewMembers)
            return Hash(left, ref leftAt, scratch) == Hash(right, ref rightAt, scratch);

        int at = JsonScanner.SkipWhitespace(left, leftAt + 1);
        while (At(left, at) == (byte)'"')
        {
            var name = StringAt(left, at);
            at = SkipMark(left, at + name.Length + 2, (byte)':');
            if (!TryFindMember(right, rightAt, name, out int found) || !Same(left, at, right, found, scratch) || !TrySkip(left, ref at))
                return false;
            at = SkipMark(left, at, (byte)',');
        }

        return true;
    }

    private static int CountMembers(ReadOnlySpan<byte> json, int at)
    {
        int count = 0;
        at = JsonScanner.SkipWhitespace(json, at + 1);
        while (At(json, at) == (byte)'"')
        {
            at = SkipMark(json, at + StringAt(json, at).Length + 2, (byte)':');
            if (!TrySkip(json, ref at))
                break;
            at = SkipMark(json, at, (byte)',');
            count++;
        }

        return count;
    }

    private static bool TryFindMember(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> wanted, out int value)
    {
        value = JsonScanner.SkipWhitespace(json, at + 1);
        while (At(json, value) == (byte)'"')
        {
            var name = StringAt(json, value);
            value = SkipMark(json, value + name.Length + 2, (byte)':');
            if (EscapeReader.Same(name, wanted))
                return true;
            if (!TrySkip(json, ref value))
                return false;
            value = SkipMark(json, value, (byte)',');
        }

        return false;
    }

    private static byte At(ReadOnlySpan<byte> json, int position) => (uint)position < (uint)json.Length ? json[position] : (byte)0;

    private static bool TrySkip(ReadOnlySpan<byte> json, ref int position) =>
        JsonScanner.TrySkipValue(json, ref position, JsonScanner.DeepestNesting, out _);

    // Skips one mark if it is there, and the white space around it.
    private static int SkipMark(ReadOnlySpan<byte> json, int position, byte mark)
    {
        position = JsonScanner.SkipWhitespace(json, position);
        return At(json, position) == mark ? JsonScanner.SkipWhitespace(json, position + 1) : position;
    }

    private static ReadOnlySpan<byte> StringAt(ReadOnlySpan<byte> json, int position)
    {
        int end = position;
        return JsonScanner.TrySkipString(json, ref end, out _, out _) ? json[(position + 1)..(end - 1)] : default;
    }

    private static ReadOnlySpan<byte> NumberAt(ReadOnlySpan<byte> json, int position)
    {
        int end = position;
        while (At(json, end) is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'+' or (byte)'.' or (byte)'e' or (byte)'E')
            end++;
        return position < json.Length ? json[position..end] : default;
    }
}
