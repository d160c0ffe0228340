using System.Globalization;
using System.Text;

namespace Sluice.Schemas.Text;

/// <summary>
/// Reads the content of a JSON string piece by piece with its escapes resolved, without a buffer.
/// Broken escapes, which <see cref="JsonScanner"/> refuses, come out as they stand.
/// </summary>
internal ref struct EscapeReader(ReadOnlySpan<byte> content)
{
    private const int LongestPiece = 4;

    private ReadOnlySpan<byte> _rest = content;

    /// <summary>The next piece of UTF-8: one resolved escape, or one plain byte. False at the end.</summary>
    /// <param name="piece">At least four bytes.</param>
    public bool TryRead(scoped Span<byte> piece, out int length)
    {
        length = 0;
        if (_rest.IsEmpty)
            return false;

        if (_rest[0] != (byte)'\\' || _rest.Length < 2)
        {
            piece[0] = _rest[0];
            _rest = _rest[1..];
            length = 1;
            return true;
        }

        byte kind = _rest[1];
        if (kind == (byte)'u' && TryReadUnit(_rest, out int unit))
        {
            _rest = _rest[6..];
            length = WriteCodePoint(CompletePair(unit), piece);
            return true;
        }

        piece[0] = kind switch
        {
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            _ => kind,
        };
        _rest = _rest[2..];
        length = 1;
        return true;
    }

    /// <summary>Writes the whole content, resolved, and returns its length, which is never more than the content's.</summary>
    public static int Resolve(ReadOnlySpan<byte> content, Span<byte> destination)
    {
        Span<byte> piece = stackalloc byte[LongestPiece];
        int written = 0;
        int plain = content.IndexOf((byte)'\\');
        if (plain > 0)
        {
            content[..plain].CopyTo(destination);
            written = plain;
        }

        var reader = new EscapeReader(plain > 0 ? content[plain..] : content);
        while (reader.TryRead(piece, out int length))
        {
            piece[..length].CopyTo(destination[written..]);
            written += length;
        }

        return written;
    }

    /// <summary>Whether two string contents mean the same text.</summary>
    public static bool Same(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (!left.Contains((byte)'\\') && !right.Contains((byte)'\\'))
            return left.SequenceEqual(right);

        Span<byte> leftPiece = stackalloc byte[LongestPiece];
        Span<byte> rightPiece = stackalloc byte[LongestPiece];
        var leftReader = new EscapeReader(left);
        var rightReader = new EscapeReader(right);
        int leftAt = 0, leftLength = 0, rightAt = 0, rightLength = 0;
        while (true)
        {
            bool leftHas = leftAt < leftLength || leftReader.TryRead(leftPiece, out leftLength) && (leftAt = 0) == 0;
            bool rightHas = rightAt < rightLength || rightReader.TryRead(rightPiece, out rightLength) && (rightAt = 0) == 0;
            if (!leftHas || !rightHas)
                return leftHas == rightHas;
            if (leftPiece[leftAt++] != rightPiece[rightAt++])
                return false;
        }
    }

    // A high surrogate followed by an escaped low one is one code point (RFC 8259 section 7).
    private int CompletePair(int unit)
    {
        if (!char.IsHighSurrogate((char)unit) || !TryReadUnit(_rest, out int low) || !char.IsLowSurrogate((char)low))
            return unit;

        _rest = _rest[6..];
        return char.ConvertToUtf32((char)unit, (char)low);
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> text, out int unit)
    {
        unit = 0;
        return text.Length >= 6 && text[0] == (byte)'\\' && text[1] == (byte)'u'
            && int.TryParse(text.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out unit);
    }

    // A lone surrogate gets the three bytes that its number would have, so that different ones stay different.
    private static int WriteCodePoint(int codePoint, scoped Span<byte> piece)
    {
        if (Rune.TryCreate(codePoint, out var rune))
            return rune.EncodeToUtf8(piece);

        piece[0] = (byte)(0xE0 | codePoint >> 12);
        piece[1] = (byte)(0x80 | codePoint >> 6 & 0x3F);
        piece[2] = (byte)(0x80 | codePoint & 0x3F);
        return 3;
    }
}
