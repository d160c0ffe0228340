using System.Numerics;

namespace Sluice.Redaction;

/// <summary>
/// Text between quotation marks, as JSON writes it, also when that JSON stands inside other JSON and each mark has backslashes before it.
/// </summary>
/// <remarks>
/// Each level of JSON doubles the backslashes of the one below, so a backslash of the text itself is a power of two of them, twice that above
/// the mark's own <c>n</c>. The closing mark is the first with <c>n</c> more than a multiple of it; one that belongs to the text has others.
/// </remarks>
internal static class QuotedText
{
    private const string EncodedMark = "u0022"; // \u0022, as some writers of JSON put a quotation mark

    /// <summary>Whether a mark ends right before <paramref name="end"/>, and where it begins, its backslashes included.</summary>
    internal static bool EndsBefore(string text, int end, out int start)
    {
        start = end;
        var isEncoded = text.AsSpan(0, end).EndsWith(EncodedMark, StringComparison.Ordinal);
        if (isEncoded)
            start -= EncodedMark.Length;
        else if (end > 0 && text[end - 1] is '"' or '\'')
            start--;
        else
            return false;
        var mark = start;
        while (start > 0 && text[start - 1] == '\\')
            start--;
        return !isEncoded || start < mark;
    }

    /// <summary>Finds the text that is quoted from <paramref name="at"/> on; one that is never closed goes to the end.</summary>
    internal static bool TryRead(string text, int at, out int start, out int end, out int after)
    {
        var mark = at;
        while (mark < text.Length && text[mark] == '\\')
            mark++;
        var depth = mark - at;
        var isEncoded = depth > 0 && text.AsSpan(mark).StartsWith(EncodedMark, StringComparison.Ordinal);
        start = end = after = at;
        if (!isEncoded && (mark == text.Length || text[mark] is not ('"' or '\'')))
            return false;

        var backslash = (int)BitOperations.RoundUpToPowerOf2((uint)depth + 1) * 2;
        var length = isEncoded ? EncodedMark.Length : 1;
        var sought = isEncoded ? EncodedMark : text.AsSpan(mark, 1);
        start = mark + length;
        for (var from = start; ;)
        {
            var found = text.AsSpan(from).IndexOf(sought, StringComparison.Ordinal);
            if (found < 0)
            {
                end = after = text.Length;
                return true;
            }
            found += from;
            var run = found;
            while (run > start && text[run - 1] == '\\')
                run--;
            if ((found - run) % backslash == depth)
            {
                end = found - depth;
                after = found + length;
                return true;
            }
            from = found + length;
        }
    }
}
