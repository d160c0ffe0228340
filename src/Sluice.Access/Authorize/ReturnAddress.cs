namespace Sluice.Access;

/// <summary>A client's registered address, and what every answer sent to it carries: <c>state</c> as it came, and who we are (RFC 9207).</summary>
/// <param name="RedirectUri">The address as registered; it has no fragment.</param>
/// <param name="InFragment">Whether the answer stands in the fragment (RFC 6749 section 4.2.2) or in the query (section 4.1.2).</param>
/// <param name="State">As the client sent it, empty when it sent none.</param>
/// <param name="Issuer">Our address.</param>
internal sealed record ReturnAddress(string RedirectUri, bool InFragment, string State, string Issuer)
{
    /// <summary>The address with the answer's parameters. All are percent-encoded, so no character of theirs can end the header or the query.</summary>
    internal string With(params ReadOnlySpan<(string Name, string Value)> answer)
    {
        var address = new System.Text.StringBuilder(RedirectUri);
        var separator = InFragment ? '#' : RedirectUri.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[.. answer, ("state", State), ("iss", Issuer)])
        {
            if (value.Length == 0)
                continue;
            address.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
        return address.ToString();
    }

    /// <summary>Names where the user will be sent, without what only the client understands.</summary>
    internal string Host => new Uri(RedirectUri) is { Authority.Length: > 0 } address ? address.Authority : new Uri(RedirectUri).Scheme;
}
