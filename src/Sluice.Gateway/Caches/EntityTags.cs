using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Caches;

/// <summary>Answers clients that have a copy already (contract gateway.md 1.6).</summary>
internal static class EntityTags
{
    private static readonly string[] KeptOn304 = ["ETag", "Cache-Control", "Date", "Expires", "Vary", "Content-Location", "Last-Modified"];

    /// <summary>Whether a GET names the stored entity as the one it has.</summary>
    internal static bool Matches(Message request, CachedResponse entry) =>
        request.Headers.Has("If-None-Match") && request.Verb is ("GET" or "HEAD") && entry.Status == 200 && entry.Header("ETag") is { } tag && Names(request, tag);

    private static bool Names(Message request, string tag)
    {
        var parts = new List<string>();
        foreach (var line in request.Headers.All("If-None-Match"))
            HeaderText.Split(line, parts);
        return parts.Exists(part => part == "*" || Opaque(part).SequenceEqual(Opaque(tag)));
    }

    internal static void AnswerNotModified(Message response)
    {
        var kept = new List<HeaderField>();
        foreach (var field in response.Headers.Fields)
        {
            if (KeptOn304.Contains(field.Name, StringComparer.OrdinalIgnoreCase))
                kept.Add(field);
        }
        response.Headers.ShowShared([.. kept]);
        (response.Status, response.Reason) = (304, null);
        response.Body = default;
    }

    private static ReadOnlySpan<char> Opaque(string tag) => tag.AsSpan().Trim() is var text && text.StartsWith("W/", StringComparison.Ordinal) ? text[2..] : text;
}
