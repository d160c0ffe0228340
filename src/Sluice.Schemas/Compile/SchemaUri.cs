namespace Sluice.Schemas.Compile;

/// <summary>The addresses of schemas: resolving a reference against a base, and the fragment after '#'.</summary>
internal static class SchemaUri
{
    /// <summary>The absolute address of a reference without its fragment, and the fragment, decoded.</summary>
    public static (string Address, string Fragment) Resolve(string baseUri, string reference)
    {
        int hash = reference.IndexOf('#', StringComparison.Ordinal);
        string fragment = hash < 0 ? "" : Uri.UnescapeDataString(reference[(hash + 1)..]);
        string address = hash < 0 ? reference : reference[..hash];
        if (address.Length == 0)
            return (baseUri, fragment);

        // Absolute addresses stay as they are written: an $id and a $ref to it are spelled alike.
        if (HasScheme(address) || !Uri.TryCreate(baseUri, UriKind.Absolute, out var root) || !Uri.TryCreate(root, address, out var absolute))
            return (address, fragment);
        return (absolute.AbsoluteUri, fragment);
    }

    /// <summary>One name as a token of a JSON pointer (RFC 6901 section 3).</summary>
    public static string EscapeToken(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>The name that a token stands for.</summary>
    public static string UnescapeToken(string token) =>
        token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static bool HasScheme(string address)
    {
        int colon = address.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(address[0]) && address.AsSpan(0, colon).IndexOfAny("/?") < 0;
    }
}
