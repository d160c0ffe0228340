using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sluice.Audience.PartnerSites;

/// <summary>The host name in what somebody typed as the address of a site.</summary>
internal static class HostName
{
    internal const int MaxCharacters = 253; // of a name in the DNS: RFC 1035 section 2.3.4, as text
    private const int MaxLabelCharacters = 63;

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>Takes away scheme, port, path and a last dot; a first dot stays, it means all hosts below (contract audience.md 5.6).</summary>
    internal static bool TryRead(string address, [NotNullWhen(true)] out string? host)
    {
        host = null;
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0 && address[..scheme].ToLowerInvariant() is not ("http" or "https"))
            return false;
        var rest = address.AsSpan(scheme < 0 ? 0 : scheme + 3);
        var end = rest.IndexOfAny('/', '?', '#');
        rest = end < 0 ? rest : rest[..end];
        var port = rest.LastIndexOf(':');
        if (port >= 0 && !ushort.TryParse(rest[(port + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return false;
        var name = (port < 0 ? rest : rest[..port]).ToString();
        var dot = name.StartsWith('.') ? "." : "";
        if (!TryName(name.EndsWith('.') && name.Length > 1 ? name[dot.Length..^1] : name[dot.Length..], out var plain))
            return false;
        host = dot + plain;
        return true;
    }

    private static bool TryName(string name, [NotNullWhen(true)] out string? plain)
    {
        plain = null;
        try
        {
            plain = Idn.GetAscii(name).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return false; // the mapping has no other way to say so
        }
        var labels = plain.Split('.');
        return plain.Length <= MaxCharacters && labels.Length >= 2 && !labels[^1].All(char.IsAsciiDigit)
            && labels.All(label => label.Length is > 0 and <= MaxLabelCharacters && label[0] != '-' && label[^1] != '-'
                && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'));
    }
}
