using System.Runtime.CompilerServices;
using Sluice.Schemas.Text;

namespace Sluice.Schemas;

/// <summary>
/// Checks JSON text against the grammar of RFC 8259, byte by byte, and finds where a value ends.
/// </summary>
/// <remarks>
/// Guarantees: never allocates, never throws, never reads outside the span, takes linear time and constant stack.
/// UTF-8 validity is not checked here: callers check the whole body once with <see cref="System.Text.Unicode.Utf8.IsValid"/>.
/// Lone surrogates in escapes ("\ud800") are accepted, as the grammar accepts them.
/// </remarks>
public static class JsonScanner
{
    /// <summary>The deepest nesting that can be asked for; a larger <c>maxDepth</c> means this one.</summary>
    public const int DeepestNesting = 2048;

    private const int BitsPerWord = 64;

    /// <summary>Skips one value, and the white space before it.</summary>
    /// <param name="json">The whole text.</param>
    /// <param name="position">Where to start; afterwards the byte just after the value, or the byte at fault.</param>
    /// <param name="maxDepth">Objects and arrays that may be open at once, 0 to <see cref="DeepestNesting"/>.</param>
    /// <param name="error">Why the text was refused, or <see cref="JsonScanError.None"/>.</param>
    /// <returns>Whether a whole, well-formed value stands there.</returns>
    public static bool TrySkipValue(ReadOnlySpan<byte> json, ref int position, int maxDepth, out JsonScanError error)
    {
        // One bit for each open container: set for an object. 256 bytes.
        Span<ulong> objects = stackalloc ulong[DeepestNesting / BitsPerWord];
        int depth = 0;
        bool inObject = false;
        maxDepth = Math.Min(maxDepth, DeepestNesting);
        position = SkipWhitespace(json, Math.Max(position, 0));

        while (true)
        {
            // A value, with its name before it when inside an object.
            if (inObject && !TrySkipName(json, ref position, out error))
                return false;
            if ((uint)position >= (uint)json.Length)
                return Fail(JsonScanError.UnexpectedEnd, out error);

            byte first = json[position];
            if (first is (byte)'{' or (byte)'[')
            {
                if (depth >= maxDepth)
                    return Fail(JsonScanError.TooDeep, out error);

                bool opensObject = first == (byte)'{';
                position = SkipWhitespace(json, position + 1);
                if ((uint)position < (uint)json.Length && json[position] == first + 2) // '}' is '{' + 2, ']' is '[' + 2
                {
                    position++;
                }
                else
                {
                    inObject = opensObject;
                    SetKind(objects, depth++, opensObject);
                    continue;
                }
            }
            else if (first == (byte)'"')
            {
                if (!TrySkipString(json, ref position, out _, out error))
                    return false;
            }
            else if (!TrySkipScalar(json, ref position, first, out error))
            {
                return false;
            }

            // The value is over: close what ends here, and stop at the comma before the next value.
            while (true)
            {
                if (depth == 0)
                {
                    error = JsonScanError.None;
                    return true;
                }

                position = SkipWhitespace(json, position);
                if ((uint)position >= (uint)json.Length)
                    return Fail(JsonScanError.UnexpectedEnd, out error);

                byte next = json[position];
                if (next == (byte)',')
                {
                    position = SkipWhitespace(json, position + 1);
                    break;
                }

                if (next != (inObject ? (byte)'}' : (byte)']'))
                    return Fail(JsonScanError.UnexpectedCharacter, out error);
                position++;
                inObject = --depth > 0 && IsObject(objects, depth - 1);
            }
        }
    }

    /// <summary>Skips one string.</summary>
    /// <param name="json">The whole text.</param>
    /// <param name="position">The opening quote; afterwards the byte after the closing quote, or the byte at fault.</param>
    /// <param name="escaped">Whether the string holds a backslash.</param>
    /// <param name="error">Why the text was refused, or <see cref="JsonScanError.None"/>.</param>
    /// <returns>Whether a whole, well-formed string stands there.</returns>
    public static bool TrySkipString(ReadOnlySpan<byte> json, ref int position, out bool escaped, out JsonScanError error)
    {
        escaped = false;
        if ((uint)position >= (uint)json.Length)
            return Fail(JsonScanError.UnexpectedEnd, out error);
        if (json[position] != (byte)'"')
            return Fail(JsonScanError.UnexpectedCharacter, out error);

        int at = position + 1;
        while (true)
        {
            at = StringScan.FindStop(json, at);
            position = at;
            if (at >= json.Length)
                return Fail(JsonScanError.UnexpectedEnd, out error);

            byte stop = json[at];
            if (stop == (byte)'"')
            {
                position = at + 1;
                error = JsonScanError.None;
                return true;
            }

            if (stop != (byte)'\\')
                return Fail(JsonScanError.ControlCharacter, out error);

            escaped = true;
            if (!TrySkipEscape(json, ref at, out error))
            {
                position = at;
                return false;
            }
        }
    }

    /// <summary>Finds the first byte at or after a position that is not JSON white space.</summary>
    /// <param name="json">The whole text.</param>
    /// <param name="position">Where to start, 0 or more.</param>
    /// <returns>That byte's position; the length of the text when there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // benchmark Validate.Scanner: the common case is one comparison
    public static int SkipWhitespace(ReadOnlySpan<byte> json, int position) =>
        (uint)position < (uint)json.Length && json[position] > (byte)' ' ? position : StringScan.SkipWhitespaceRun(json, position);

    private static bool TrySkipName(ReadOnlySpan<byte> json, ref int position, out JsonScanError error)
    {
        if (!TrySkipString(json, ref position, out _, out error))
            return false;

        position = SkipWhitespace(json, position);
        if ((uint)position >= (uint)json.Length)
            return Fail(JsonScanError.UnexpectedEnd, out error);
        if (json[position] != (byte)':')
            return Fail(JsonScanError.UnexpectedCharacter, out error);

        position = SkipWhitespace(json, position + 1);
        return true;
    }

    private static bool TrySkipScalar(ReadOnlySpan<byte> json, ref int position, byte first, out JsonScanError error) => first switch
    {
        (byte)'t' => TrySkipLiteral(json, ref position, "true"u8, out error),
        (byte)'f' => TrySkipLiteral(json, ref position, "false"u8, out error),
        (byte)'n' => TrySkipLiteral(json, ref position, "null"u8, out error),
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => TrySkipNumber(json, ref position, out error),
        _ => Fail(JsonScanError.UnexpectedCharacter, out error),
    };

    private static bool TrySkipLiteral(ReadOnlySpan<byte> json, ref int position, ReadOnlySpan<byte> literal, out JsonScanError error)
    {
        int common = json[position..].CommonPrefixLength(literal);
        position += common;
        if (common == literal.Length)
        {
            error = JsonScanError.None;
            return true;
        }

        return Fail(position >= json.Length ? JsonScanError.UnexpectedEnd : JsonScanError.UnexpectedCharacter, out error);
    }

    // RFC 8259 section 6: number = [ minus ] int [ frac ] [ exp ]; int = zero / ( digit1-9 *DIGIT )
    private static bool TrySkipNumber(ReadOnlySpan<byte> json, ref int position, out JsonScanError error)
    {
        if (json[position] == (byte)'-')
            position++;

        bool leadingZero = (uint)position < (uint)json.Length && json[position] == (byte)'0';
        if (!TrySkipDigits(json, ref position, out int digits, out error))
            return false;
        if (leadingZero && digits > 1)
        {
            position -= digits - 1;
            return Fail(JsonScanError.InvalidNumber, out error);
        }

        if ((uint)position < (uint)json.Length && json[position] == (byte)'.')
        {
            position++;
            if (!TrySkipDigits(json, ref position, out _, out error))
                return false;
        }

        if ((uint)position < (uint)json.Length && (json[position] | 0x20) == (byte)'e')
        {
            position++;
            if ((uint)position < (uint)json.Length && json[position] is (byte)'+' or (byte)'-')
                position++;
            if (!TrySkipDigits(json, ref position, out _, out error))
                return false;
        }

        return true;
    }

    private static bool TrySkipDigits(ReadOnlySpan<byte> json, ref int position, out int count, out JsonScanError error)
    {
        int start = position;
        while ((uint)position < (uint)json.Length && (uint)(json[position] - '0') <= 9)
            position++;

        count = position - start;
        if (count > 0)
        {
            error = JsonScanError.None;
            return true;
        }

        return Fail(position >= json.Length ? JsonScanError.UnexpectedEnd : JsonScanError.InvalidNumber, out error);
    }

    // Leaves `at` after the escape, or on the byte at fault.
    private static bool TrySkipEscape(ReadOnlySpan<byte> json, ref int at, out JsonScanError error)
    {
        at++;
        if ((uint)at >= (uint)json.Length)
            return Fail(JsonScanError.UnexpectedEnd, out error);

        byte kind = json[at];
        if ("\"\\/bfnrt"u8.Contains(kind))
        {
            at++;
            error = JsonScanError.None;
            return true;
        }

        if (kind != (byte)'u')
            return Fail(JsonScanError.InvalidEscape, out error);

        at++;
        for (int digit = 0; digit < 4; digit++, at++)
        {
            if ((uint)at >= (uint)json.Length)
                return Fail(JsonScanError.UnexpectedEnd, out error);
            if (!char.IsAsciiHexDigit((char)json[at]))
                return Fail(JsonScanError.InvalidEscape, out error);
        }

        error = JsonScanError.None;
        return true;
    }

    private static void SetKind(Span<ulong> objects, int depth, bool isObject)
    {
        ulong bit = 1UL << (depth % BitsPerWord);
        if (isObject)
            objects[depth / BitsPerWord] |= bit;
        else
            objects[depth / BitsPerWord] &= ~bit;
    }

    private static bool IsObject(ReadOnlySpan<ulong> objects, int depth) =>
        (objects[depth / BitsPerWord] >> (depth % BitsPerWord) & 1) != 0;

    private static bool Fail(JsonScanError reason, out JsonScanError error)
    {
        error = reason;
        return false;
    }
}
