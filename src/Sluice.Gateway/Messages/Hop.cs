using System.Collections.Frozen;

namespace Sluice.Gateway.Messages;

/// <summary>Headers that concern one connection and are never passed on (RFC 9110 section 7.6.1).</summary>
internal static class Hop
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    internal static bool IsHop(string name) => Names.Contains(name);

    /// <summary>The headers that are passed on; the length is the server's to say.</summary>
    internal static List<HeaderField> Kept(ReadOnlySpan<HeaderField> fields)
    {
        var kept = new List<HeaderField>(fields.Length);
        foreach (var field in fields)
        {
            if (!Names.Contains(field.Name) && !field.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                kept.Add(field);
        }
        return kept;
    }
}
