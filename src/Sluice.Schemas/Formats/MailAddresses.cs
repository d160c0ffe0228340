using System.Buffers;

namespace Sluice.Schemas.Formats;

/// <summary>Mail addresses of RFC 5321 section 4.1.2: a dot-string or quoted string, '@', then a domain or an address literal.</summary>
internal static class MailAddresses
{
    private const int LongestLocalPart = 64;

    // RFC 5322 section 3.2.3, atext.
    private static readonly SearchValues<byte> AtomBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~."u8);

    public static bool IsEmail(ReadOnlySpan<byte> text)
    {
        int at = text.LastIndexOf((byte)'@');
        if (at is < 1 or > LongestLocalPart || at == text.Length - 1)
            return false;
        return IsLocalPart(text[..at]) && IsDomain(text[(at + 1)..]);
    }

    private static bool IsLocalPart(ReadOnlySpan<byte> local)
    {
        if (local[0] == (byte)'"')
            return IsQuoted(local);
        return local[0] != (byte)'.' && local[^1] != (byte)'.' && local.IndexOf(".."u8) < 0 && !local.ContainsAnyExcept(AtomBytes);
    }

    private static bool IsQuoted(ReadOnlySpan<byte> local)
    {
        if (local.Length < 2 || local[^1] != (byte)'"')
            return false;
        for (int i = 1; i < local.Length - 1; i++)
        {
            if (local[i] == (byte)'\\')
                i++;
            else if (local[i] == (byte)'"')
                return false;
            if (i >= local.Length - 1 || local[i] is < (byte)' ' or > (byte)'~')
                return false;
        }

        return true;
    }

    private static bool IsDomain(ReadOnlySpan<byte> domain)
    {
        if (domain[0] != (byte)'[')
            return HostNames.IsHostName(domain);
        if (domain[^1] != (byte)']')
            return false;
        domain = domain[1..^1];
        return domain.StartsWith("IPv6:"u8) ? IpAddresses.IsIpv6(domain[5..]) : IpAddresses.IsIpv4(domain);
    }
}
