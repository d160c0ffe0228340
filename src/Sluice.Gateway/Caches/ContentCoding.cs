using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Caches;

/// <summary>Unpacks a stored gzip body for clients that do not take gzip (contract gateway.md 1.6).</summary>
internal static class ContentCoding
{
    internal static void Adapt(Message request, Message response, CachedResponse entry)
    {
        if (entry.Body.Length == 0 || entry.Header("Content-Encoding") is not { } coding || !coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || Takes(request, "gzip"))
            return;
        if (BodyCoding.TryUnpack(coding, entry.Body) is not { } body)
            return;
        response.Body = body;
        response.Headers.Remove("Content-Encoding");
        if (response.Headers.First("ETag") is { } tag && !tag.StartsWith("W/", StringComparison.Ordinal))
            response.Headers.Set("ETag", "W/" + tag);
    }

    /// <summary>Whether a client takes a coding; one that says nothing takes none, since an entry is nothing it asked for.</summary>
    private static bool Takes(Message request, string coding)
    {
        var parts = new List<string>();
        foreach (var line in request.Headers.All("Accept-Encoding"))
            HeaderText.Split(line, parts);
        foreach (var part in parts)
        {
            var name = part.Split(';')[0].Trim();
            if (name == "*" || name.Equals(coding, StringComparison.OrdinalIgnoreCase))
                return !part.Replace(" ", "", StringComparison.Ordinal).EndsWith(";q=0", StringComparison.Ordinal);
        }
        return false;
    }
}
