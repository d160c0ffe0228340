namespace Sluice.Schemas.Formats;

/// <summary>Addresses in the forms of RFC 3986 section 3.2.2 and RFC 4291 section 2.2.</summary>
internal static class IpAddresses
{
    private const int Ipv6Groups = 8;

    /// <summary>dec-octet "." dec-octet "." dec-octet "." dec-octet, without leading zeros.</summary>
    public static bool IsIpv4(ReadOnlySpan<byte> text)
    {
        for (int octet = 0; octet < 4; octet++)
        {
            int digits = 0, value = 0;
            while (digits < text.Length && digits < 4 && (uint)(text[digits] - '0') <= 9)
                value = value * 10 + (text[digits++] - '0');
            if (digits is 0 or > 3 || value > 255 || (digits > 1 && text[0] == (byte)'0'))
                return false;

            text = text[digits..];
            if (octet == 3)
                break;
            if (text.Length == 0 || text[0] != (byte)'.')
                return false;
            text = text[1..];
        }

        return text.Length == 0;
    }

    /// <summary>Eight groups of 1 to 4 hex digits; "::" once for one or more zero groups; an IPv4 address for the last two. No zone.</summary>
    public static bool IsIpv6(ReadOnlySpan<byte> text)
    {
        int groups = 0;
        bool shortened = text.StartsWith("::"u8);
        if (shortened)
            text = text[2..];

        while (text.Length > 0)
        {
            int digits = 0;
            while (digits < text.Length && char.IsAsciiHexDigit((char)text[digits]))
                digits++;

            if (digits < text.Length && text[digits] == (byte)'.')
                return IsIpv4(text) && Fits(groups + 2, shortened);
            if (digits is 0 or > 4)
                return false;

            groups++;
            text = text[digits..];
            if (text.Length == 0)
                break;
            if (text[0] != (byte)':' || text.Length == 1)
                return false;
            text = text[1..];
            if (text[0] != (byte)':')
                continue;
            if (shortened)
                return false;
            shortened = true;
            text = text[1..];
        }

        return Fits(groups, shortened);
    }

    private static bool Fits(int groups, bool shortened) => shortened ? groups < Ipv6Groups : groups == Ipv6Groups;
}
