namespace Sluice.Schemas.Text;

/// <summary>
/// A JSON number as its decimal digits, compared exactly whatever its size: no conversion, no rounding, no overflow.
/// </summary>
/// <remarks>Its value is 0.d1d2d3… × 10^<see cref="Exponent"/>, d1 and the last digit not being zero; zero has no digits.</remarks>
internal readonly ref struct JsonNumber
{
    // Exponents beyond this are taken for this: such numbers compare as equally huge, or equally tiny, to their digits.
    private const long ExponentLimit = 1_000_000_000_000;

    private readonly ReadOnlySpan<byte> _digits; // may hold one '.'

    private JsonNumber(bool negative, ReadOnlySpan<byte> digits, int digitCount, long exponent)
    {
        IsNegative = negative && digitCount > 0;
        _digits = digits;
        DigitCount = digitCount;
        Exponent = digitCount > 0 ? exponent : 0;
    }

    public bool IsNegative { get; }

    public int DigitCount { get; }

    public long Exponent { get; }

    /// <summary>Whether the value is a whole number: 1.0, 1e2 and -0.0 are.</summary>
    public bool IsInteger => Exponent >= DigitCount;

    /// <summary>The number written in a text that <see cref="JsonScanner"/> accepts; for any other text, some number.</summary>
    public static JsonNumber Parse(ReadOnlySpan<byte> text)
    {
        bool negative = text.Length > 0 && text[0] == (byte)'-';
        if (negative)
            text = text[1..];

        int mark = text.IndexOfAny((byte)'e', (byte)'E');
        long exponent = mark < 0 ? 0 : ParseExponent(text[(mark + 1)..]);
        var mantissa = mark < 0 ? text : text[..mark];
        int point = mantissa.IndexOf((byte)'.');
        int wholeDigits = point < 0 ? mantissa.Length : point;

        int first = mantissa.IndexOfAnyInRange((byte)'1', (byte)'9');
        if (first < 0)
            return default;
        int last = mantissa.LastIndexOfAnyInRange((byte)'1', (byte)'9');

        var digits = mantissa[first..(last + 1)];
        bool pointInside = point > first && point < last;
        int leading = first < wholeDigits ? wholeDigits - first : wholeDigits - first + 1; // the point itself is no digit
        return new JsonNumber(negative, digits, digits.Length - (pointInside ? 1 : 0), exponent + leading);
    }

    /// <summary>Less than, equal to or greater than zero as this number is to the other.</summary>
    public int CompareTo(JsonNumber other)
    {
        int sign = Sign, otherSign = other.Sign;
        if (sign != otherSign || sign == 0)
            return sign.CompareTo(otherSign);
        return sign * CompareMagnitude(other);
    }

    /// <summary>Whether this number is a whole multiple of significand × 10^power; exact.</summary>
    public bool IsMultipleOf(ulong significand, long power)
    {
        // This number is its digits × 10^(Exponent - DigitCount), and its digits do not end in zero, so a power below
        // the divisor's can never be made up for.
        long zeros = Exponent - DigitCount - power;
        if (DigitCount == 0)
            return true;
        if (zeros < 0)
            return false;

        UInt128 remainder = 0;
        foreach (byte digit in _digits)
        {
            if (digit != (byte)'.')
                remainder = (remainder * 10 + (UInt128)(digit - '0')) % significand;
        }

        UInt128 square = 10 % significand;
        for (; zeros > 0 && remainder != 0; zeros >>= 1)
        {
            if ((zeros & 1) != 0)
                remainder = remainder * square % significand;
            square = square * square % significand;
        }

        return remainder == 0;
    }

    /// <summary>The digits as one number with the power of ten that scales it; false when they do not fit.</summary>
    public bool TryGetScaled(out ulong significand, out long power)
    {
        significand = 0;
        power = Exponent - DigitCount;
        foreach (byte digit in _digits)
        {
            if (digit == (byte)'.')
                continue;
            ulong next = unchecked(significand * 10 + (ulong)(digit - '0'));
            if (significand > (ulong.MaxValue - 9) / 10)
                return false;
            significand = next;
        }

        return true;
    }

    /// <summary>Equal numbers have equal hashes, however they are written.</summary>
    public ulong Hash()
    {
        ulong hash = KeyHash.Mix((ulong)Exponent, IsNegative ? 1UL : 2UL);
        foreach (byte digit in _digits)
        {
            if (digit != (byte)'.')
                hash = KeyHash.Mix(hash, digit);
        }

        return hash;
    }

    private int Sign => DigitCount == 0 ? 0 : IsNegative ? -1 : 1;

    private int CompareMagnitude(JsonNumber other)
    {
        if (Exponent != other.Exponent)
            return Exponent.CompareTo(other.Exponent);

        var left = _digits;
        var right = other._digits;
        int leftAt = 0, rightAt = 0;
        while (true)
        {
            if (leftAt < left.Length && left[leftAt] == (byte)'.')
                leftAt++;
            if (rightAt < right.Length && right[rightAt] == (byte)'.')
                rightAt++;
            if (leftAt >= left.Length || rightAt >= right.Length)
                return (left.Length - leftAt).CompareTo(right.Length - rightAt);
            if (left[leftAt] != right[rightAt])
                return left[leftAt].CompareTo(right[rightAt]);
            leftAt++;
            rightAt++;
        }
    }

    private static long ParseExponent(ReadOnlySpan<byte> text)
    {
        bool negative = text.Length > 0 && text[0] == (byte)'-';
        long value = 0;
        foreach (byte b in text)
        {
            if ((uint)(b - '0') <= 9 && value < ExponentLimit)
                value = value * 10 + (b - '0');
        }

        return negative ? -value : value;
    }
}
