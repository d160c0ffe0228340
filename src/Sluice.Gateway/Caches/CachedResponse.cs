using Microsoft.Extensions.Primitives;
using Sluice.Gateway.Messages;

namespace Sluice.Gateway.Caches;

/// <summary>What a cache keeps: a response as it was where it was stored, or a value of PopulateCache. Never changes (contract gateway.md 1.7, 2.1).</summary>
internal sealed record CachedResponse
{
    // Rough costs of the objects around what is stored.
    private const int EntryOverheadBytes = 400;
    private const int HeaderOverheadBytes = 64;

    internal required int Status { get; init; }

    internal string? Reason { get; init; }

    /// <summary>Every header but those of the connection, in their order, repeated ones kept apart.</summary>
    internal required HeaderField[] Headers { get; init; }

    internal required byte[] Body { get; init; }

    /// <summary>When it was stored, epoch milliseconds.</summary>
    internal required long StoredMs { get; init; }

    /// <summary>From when on it is no longer used, epoch milliseconds.</summary>
    internal required long ExpiresMs { get; init; }

    /// <summary>Until when it may stand in for a target that fails, epoch milliseconds; mostly <see cref="ExpiresMs"/>.</summary>
    internal required long KeptUntilMs { get; init; }

    /// <summary>Whether the target's answer was no success, so that a hit is a fault again.</summary>
    internal bool IsErrorResponse { get; init; }

    /// <summary>The value of PopulateCache when it was a text; null for a message.</summary>
    internal string? Text { get; init; }

    internal bool IsFresh(long nowMs) => nowMs < ExpiresMs;

    /// <summary>The first header of that name; null when there is none.</summary>
    internal string? Header(string name)
    {
        foreach (var field in Headers)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return field.Value;
        }
        return null;
    }

    /// <summary>What it takes of memory, about.</summary>
    internal int Bytes => EntryOverheadBytes + Body.Length + (2 * (Text?.Length ?? 0)) + Headers.Sum(one => HeaderOverheadBytes + (2 * (one.Name.Length + one.Value.Length)));

    /// <summary>The headers as the server takes them, made once: one value for each name.</summary>
    internal KeyValuePair<string, StringValues>[] Grouped => field ??= Group(Headers);

    internal static KeyValuePair<string, StringValues>[] Group(ReadOnlySpan<HeaderField> headers)
    {
        var grouped = new List<KeyValuePair<string, StringValues>>();
        foreach (var (name, value) in headers)
        {
            var at = grouped.FindIndex(one => one.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (at < 0)
                grouped.Add(new(name, value));
            else
                grouped[at] = new(grouped[at].Key, StringValues.Concat(grouped[at].Value, value));
        }
        return [.. grouped];
    }
}
