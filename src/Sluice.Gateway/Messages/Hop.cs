using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace Sluice.Gateway.Messages;

/// <summary>Headers that concern one connection and are never passed on (RFC 9110 section 7.6.1).</summary>
internal static class Hop
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    internal static bool IsHop(string name) => Names.Contains(name);

    /// <summary>The headers that a <c>Connection</c> header names, which concern that connection alone; null for none beside the usual words.</summary>
    internal static string[]? NamedBy(StringValues connection)
    {
        if (connection.Count == 0 || (connection.Count == 1 && connection[0] is "keep-alive" or "Keep-Alive" or "close"))
            return null;
        return connection.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

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
