namespace Sluice.Schemas.Formats;

/// <summary>JSON pointers of RFC 6901 section 3, not in fragment form.</summary>
internal static class JsonPointers
{
    /// <summary>json-pointer = *( "/" reference-token ); '~' is followed by '0' or '1'.</summary>
    public static bool IsJsonPointer(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0)
            return true;
        if (text[0] != (byte)'/')
            return false;

        while (text.IndexOf((byte)'~') is var tilde and >= 0)
        {
            if (tilde + 1 >= text.Length || text[tilde + 1] is not ((byte)'0' or (byte)'1'))
                return false;
            text = text[(tilde + 2)..];
        }

        return true;
    }
}
