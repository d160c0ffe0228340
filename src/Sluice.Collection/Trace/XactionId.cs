using System.Globalization;

namespace Sluice.Collection.Trace;

/// <summary>An xaction id taken apart: <c>{epochMs}:{node}:{counter}</c>, then <c>:index</c> or <c>-index</c> for a message among several (Ruling 1).</summary>
/// <param name="Text">The whole of it.</param>
/// <param name="BatchId">The request's part.</param>
/// <param name="EpochMs">When the request's envelope was about to be read.</param>
internal sealed record XactionId(string Text, string BatchId, long EpochMs)
{
    private const int MaxCharacters = Receive.XactionStamp.MaxBytes;

    /// <summary>Reads an id; null when the text is none of ours.</summary>
    internal static XactionId? Parse(string text)
    {
        if (text.Length > MaxCharacters)
            return null;
        var request = text.Split('-') is [var before, var index] && IsNumber(index) ? before : text;
        var parts = request.Split(':');
        return parts.Length is 3 or 4 && parts.All(IsNumber) && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var epochMs) && epochMs < 253_402_300_800_000
            ? new XactionId(text, string.Join(':', parts[..3]), epochMs)
            : null;
    }

    private static bool IsNumber(string text) => text.Length is > 0 and < 20 && text.All(char.IsAsciiDigit);
}
