namespace Sluice.Schemas.Formats;

/// <summary>URI templates of RFC 6570 section 2.</summary>
internal static class UriTemplates
{
    private const int LongestPrefixDigits = 4; // max-length is below 10000

    /// <summary>URI-Template = *( literals / expression )</summary>
    public static bool IsUriTemplate(ReadOnlySpan<byte> text)
    {
        while (text.Length > 0)
        {
            int brace = text.IndexOf((byte)'{');
            if (!AreLiterals(brace < 0 ? text : text[..brace]))
                return false;
            if (brace < 0)
                break;

            text = text[(brace + 1)..];
            int end = text.IndexOf((byte)'}');
            if (end < 0 || !IsExpression(text[..end]))
                return false;
            text = text[(end + 1)..];
        }

        return true;
    }

    // Section 2.1, with the apostrophe that erratum 6937 gives back.
    private static bool AreLiterals(ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
        {
            if (b is <= (byte)' ' or 0x7F or (byte)'"' or (byte)'<' or (byte)'>' or (byte)'\\' or (byte)'^' or (byte)'`' or (byte)'{' or (byte)'|' or (byte)'}')
                return false;
        }

        return Uris.AreEscapesWhole(text);
    }

    // expression = "{" [ operator ] variable-list "}"
    private static bool IsExpression(ReadOnlySpan<byte> text)
    {
        if (text.Length > 0 && "+#./;?&=,!@|"u8.Contains(text[0]))
            text = text[1..];

        while (true)
        {
            int comma = text.IndexOf((byte)',');
            if (!IsVariable(comma < 0 ? text : text[..comma]))
                return false;
            if (comma < 0)
                return true;
            text = text[(comma + 1)..];
        }
    }

    // varspec = varname [ ":" max-length / "*" ]
    private static bool IsVariable(ReadOnlySpan<byte> text)
    {
        int colon = text.IndexOf((byte)':');
        if (colon >= 0)
        {
            var length = text[(colon + 1)..];
            if (length.Length is 0 or > LongestPrefixDigits || length[0] == (byte)'0' || length.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                return false;
            text = text[..colon];
        }
        else if (text.Length > 0 && text[^1] == (byte)'*')
        {
            text = text[..^1];
        }

        return IsVariableName(text);
    }

    // varname = varchar *( ["."] varchar ); varchar = ALPHA / DIGIT / "_" / pct-encoded
    private static bool IsVariableName(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0 || text[0] == (byte)'.' || text[^1] == (byte)'.' || text.IndexOf(".."u8) >= 0)
            return false;
        foreach (byte b in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'_' or (byte)'%' or (byte)'.'))
                return false;
        }

        return Uris.AreEscapesWhole(text);
    }
}
