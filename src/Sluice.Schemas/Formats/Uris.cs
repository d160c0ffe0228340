using System.Buffers;

namespace Sluice.Schemas.Formats;

/// <summary>URIs and relative references by the grammar of RFC 3986, appendix A.</summary>
internal static class Uris
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private const string SubDelimiters = "!$&'()*+,;=";

    private static readonly SearchValues<byte> HostBytes = Bytes(Unreserved + SubDelimiters + "%");
    private static readonly SearchValues<byte> UserBytes = Bytes(Unreserved + SubDelimiters + "%:");
    private static readonly SearchValues<byte> PathBytes = Bytes(Unreserved + SubDelimiters + "%:@/");
    private static readonly SearchValues<byte> QueryBytes = Bytes(Unreserved + SubDelimiters + "%:@/?");
    private static readonly SearchValues<byte> SchemeBytes = Bytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");

    /// <summary>URI = scheme ":" hier-part [ "?" query ] [ "#" fragment ]</summary>
    public static bool IsUri(ReadOnlySpan<byte> text)
    {
        int colon = text.IndexOf((byte)':');
        return colon > 0 && IsScheme(text[..colon]) && IsRest(text[(colon + 1)..]);
    }

    /// <summary>URI-reference = URI / relative-ref; the first segment of a relative path holds no colon.</summary>
    public static bool IsUriReference(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny("/?#"u8);
        int colon = (end < 0 ? text : text[..end]).IndexOf((byte)':');
        return colon < 0 ? IsRest(text) : IsUri(text);
    }

    // Everything after the scheme.
    private static bool IsRest(ReadOnlySpan<byte> text)
    {
        if (!AreEscapesWhole(text))
            return false;

        int hash = text.IndexOf((byte)'#');
        if (hash >= 0)
        {
            if (text[(hash + 1)..].ContainsAnyExcept(QueryBytes))
                return false;
            text = text[..hash];
        }

        int question = text.IndexOf((byte)'?');
        if (question >= 0)
        {
            if (text[(question + 1)..].ContainsAnyExcept(QueryBytes))
                return false;
            text = text[..question];
        }

        if (text.StartsWith("//"u8))
        {
            text = text[2..];
            int slash = text.IndexOf((byte)'/');
            if (!IsAuthority(slash < 0 ? text : text[..slash]))
                return false;
            text = slash < 0 ? default : text[slash..];
        }

        return !text.ContainsAnyExcept(PathBytes);
    }

    // authority = [ userinfo "@" ] host [ ":" port ]
    private static bool IsAuthority(ReadOnlySpan<byte> text)
    {
        int at = text.IndexOf((byte)'@');
        if (at >= 0)
        {
            if (text[..at].ContainsAnyExcept(UserBytes))
                return false;
            text = text[(at + 1)..];
        }

        int hostEnd;
        if (text.Length > 0 && text[0] == (byte)'[')
        {
            hostEnd = text.IndexOf((byte)']') + 1;
            if (hostEnd == 0 || !IsIpLiteral(text[1..(hostEnd - 1)]))
                return false;
        }
        else
        {
            hostEnd = text.IndexOf((byte)':');
            if (hostEnd < 0)
                hostEnd = text.Length;
            if (text[..hostEnd].ContainsAnyExcept(HostBytes))
                return false;
        }

        var port = text[hostEnd..];
        return port.Length == 0 || (port[0] == (byte)':' && !port[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
    }

    // IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
    private static bool IsIpLiteral(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0 || (text[0] | 0x20) != (byte)'v')
            return IpAddresses.IsIpv6(text);

        int dot = text.IndexOf((byte)'.');
        if (dot < 2 || dot == text.Length - 1 || text[(dot + 1)..].ContainsAnyExcept(UserBytes) || text.Contains((byte)'%'))
            return false;
        foreach (byte b in text[1..dot])
        {
            if (!char.IsAsciiHexDigit((char)b))
                return false;
        }

        return true;
    }

    private static bool IsScheme(ReadOnlySpan<byte> text) => char.IsAsciiLetter((char)text[0]) && !text.ContainsAnyExcept(SchemeBytes);

    /// <summary>Whether each '%' is followed by two hex digits.</summary>
    internal static bool AreEscapesWhole(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf((byte)'%') is var percent and >= 0)
        {
            if (percent + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[percent + 1]) || !char.IsAsciiHexDigit((char)text[percent + 2]))
                return false;
            text = text[(percent + 3)..];
        }

        return true;
    }

    private static SearchValues<byte> Bytes(string ascii) => SearchValues.Create([.. ascii.Select(c => (byte)c)]);
}
