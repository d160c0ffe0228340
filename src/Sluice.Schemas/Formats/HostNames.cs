namespace Sluice.Schemas.Formats;

/// <summary>Host names of RFC 1123 section 2.1: labels of letters, digits and inner hyphens.</summary>
internal static class HostNames
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    public static bool IsHostName(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > LongestName)
            return false;

        int label = 0;
        foreach (byte b in text)
        {
            if (b == (byte)'.')
            {
                if (label == 0)
                    return false;
                label = 0;
            }
            else if (!char.IsAsciiLetterOrDigit((char)b) && (b != (byte)'-' || label == 0))
            {
                return false;
            }
            else if (++label > LongestLabel)
            {
                return false;
            }
        }

        return label > 0 && text[^1] != (byte)'-' && text.IndexOf("-."u8) < 0;
    }
}
