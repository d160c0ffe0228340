namespace Sluice.Profiles.Rules.Evaluate;

/// <summary>
/// A decimal number as it is written, compared digit by digit: of any length, exact, without allocating and without a culture.
/// </summary>
/// <remarks>
/// [ "-" | "+" ] , digits , [ "." , digits ], where one side of the dot may be empty; white space around it is ignored.
/// No exponent, no thousands.
/// </remarks>
internal readonly ref struct DecimalText
{
    private readonly bool _isNegative;

    // Without leading zeros; without trailing zeros.
    private readonly ReadOnlySpan<char> _whole;
    private readonly ReadOnlySpan<char> _fraction;

    private DecimalText(bool isNegative, ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction)
    {
        _whole = whole.TrimStart('0');
        _fraction = fraction.TrimEnd('0');
        _isNegative = isNegative && !IsZero;
    }

    private bool IsZero => _whole.IsEmpty && _fraction.IsEmpty;

    public static bool TryRead(ReadOnlySpan<char> text, out DecimalText number)
    {
        number = default;
        text = text.Trim();
        bool isNegative = text is ['-', ..];
        if (text is ['-' or '+', ..])
            text = text[1..];

        int dot = text.IndexOf('.');
        var whole = dot < 0 ? text : text[..dot];
        var fraction = dot < 0 ? default : text[(dot + 1)..];
        if ((whole.IsEmpty && fraction.IsEmpty) || !AreDigits(whole) || !AreDigits(fraction))
            return false;

        number = new DecimalText(isNegative, whole, fraction);
        return true;
    }

    /// <summary>Below 0 when this is less, above 0 when it is greater.</summary>
    public int CompareTo(DecimalText other)
    {
        if (_isNegative != other._isNegative)
            return _isNegative ? -1 : 1;

        int size = _whole.Length.CompareTo(other._whole.Length);
        if (size == 0)
            size = _whole.SequenceCompareTo(other._whole);
        if (size == 0)
            size = _fraction.SequenceCompareTo(other._fraction);
        return _isNegative ? -size : size;
    }

    /// <summary>Writes it so that equal numbers are equal texts: no superfluous zero, sign or dot.</summary>
    public bool TryWrite(Span<char> to, out int written)
    {
        written = 0;
        var length = (_isNegative ? 1 : 0) + _whole.Length + (_fraction.IsEmpty ? 0 : 1 + _fraction.Length);
        if (length > to.Length)
            return false;
        if (_isNegative)
            to[written++] = '-';
        _whole.CopyTo(to[written..]);
        written += _whole.Length;
        if (!_fraction.IsEmpty)
        {
            to[written++] = '.';
            _fraction.CopyTo(to[written..]);
            written += _fraction.Length;
        }
        return true;
    }

    /// <summary>As <see cref="TryWrite"/> writes it.</summary>
    public override string ToString() => $"{(_isNegative ? "-" : "")}{_whole}{(_fraction.IsEmpty ? "" : ".")}{_fraction}";

    private static bool AreDigits(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
                return false;
        }

        return true;
    }
}
