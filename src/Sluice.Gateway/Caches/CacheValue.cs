using System.Globalization;
using System.Text;
using Sluice.Gateway.Flow;
using Sluice.Gateway.Messages;
using Sluice.Gateway.Variables;

namespace Sluice.Gateway.Caches;

/// <summary>Values of variables as cache entries and back, with the type they had (contract gateway.md 2.1, 2.2).</summary>
/// <remarks>
/// A text is the entry's text; other simple values are their text, with the header <c>type</c>. A response is an entry as ResponseCache makes it; a
/// request has status 0 and its method and address as the reason.
/// </remarks>
internal static class CacheValue
{
    private const string TypeHeader = "type";
    private const int RequestStatus = 0;

    /// <summary>The entry of a value; null for one that cannot be kept: a body that is passed on while it arrives, or a list.</summary>
    internal static CachedResponse? Make(object value, DateTimeOffset now, DateTimeOffset end)
    {
        if (value is Message { Stream: not null } || value is IReadOnlyList<string>)
            return null;
        var message = value as Message;
        var type = value switch { bool => "boolean", int => "integer", long => "long", double => "double", _ => null };
        return new CachedResponse
        {
            Status = message is null || message.IsRequest ? RequestStatus : message.Status,
            Reason = message is null ? null : message.IsRequest ? $"{message.Verb} {message.Path}?{message.QueryString}" : message.Reason,
            Headers = message is not null ? [.. Hop.Kept(message.Headers.Fields)] : type is null ? [] : [new HeaderField(TypeHeader, type)],
            Body = message?.Body.ToArray() ?? [],
            Text = message is null ? ValueText.Of(value) : null,
            StoredMs = now.ToUnixTimeMilliseconds(),
            ExpiresMs = end.ToUnixTimeMilliseconds(),
            KeptUntilMs = end.ToUnixTimeMilliseconds(),
        };
    }

    /// <summary>How many bytes of the limit on entries it takes.</summary>
    internal static int BytesOf(CachedResponse entry) => entry.Text is { } text ? Encoding.UTF8.GetByteCount(text) : entry.Body.Length;

    /// <summary>The value that was kept.</summary>
    internal static object Read(FlowContext flow, CachedResponse entry)
    {
        if (entry.Text is { } text)
        {
            return entry.Header(TypeHeader) switch
            {
                "boolean" => ValueText.Of(text == "true"),
                "integer" => ValueText.Box(int.Parse(text, CultureInfo.InvariantCulture)),
                "long" => long.Parse(text, CultureInfo.InvariantCulture),
                "double" => double.Parse(text, CultureInfo.InvariantCulture),
                _ => text,
            };
        }
        var message = flow.NewMessage(entry.Status == RequestStatus);
        message.Headers.ShowShared(entry.Headers);
        message.Body = entry.Body;
        if (!message.IsRequest)
            (message.Status, message.Reason) = (entry.Status, entry.Reason);
        else if (entry.Reason?.Split([' ', '?'], 3) is [var verb, var path, var query])
            (message.Verb, message.Path, message.QueryString) = (verb, path, query);
        return message;
    }
}
