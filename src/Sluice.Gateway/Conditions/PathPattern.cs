using System.Text;

namespace Sluice.Gateway.Conditions;

/// <summary>
/// <c>MatchesPath</c>: <c>*</c> and <c>{name}</c> stand for one segment, <c>**</c> for one or more, <c>%</c> takes a sign literally (contract gateway.md 4.4).
/// </summary>
internal sealed class PathPattern : TextPattern
{
    // A segment of the pattern; literal stars are written as this, which no path holds.
    private const char LiteralStar = '\uE000';
    private const string Many = "**";

    private readonly string[] _segments;
    private readonly bool _endsWithSlash;

    internal PathPattern(string pattern)
    {
        _segments = [.. pattern.Split('/').Select(Read)];
        _endsWithSlash = pattern.EndsWith('/');
    }

    internal override bool Matches(string text)
    {
        var path = text.AsSpan();
        if (!_endsWithSlash && path is [_, .., '/'])
            path = path[..^1];
        Span<Range> parts = stackalloc Range[64];
        var count = path.Split(parts, '/');
        if (count == parts.Length)
        {
            parts = new Range[path.Count('/') + 1];
            count = path.Split(parts, '/');
        }
        if (count == 0)
            (parts[0], count) = (new Range(0, 0), 1);
        // The root: "/" also matches an empty path suffix.
        if (_segments is ["", ""] && path.IsEmpty)
            return true;
        return MatchesParts(path, parts[..count]);
    }

    // One "**" is tried with as few segments as it needs; only the last one tried ever takes more, so this takes at most the lengths multiplied.
    private bool MatchesParts(ReadOnlySpan<char> path, ReadOnlySpan<Range> parts)
    {
        var (at, from, many, resumed) = (0, 0, -1, 0);
        while (from < parts.Length)
        {
            var part = path[parts[from]];
            if (at < _segments.Length && _segments[at] == Many && !part.IsEmpty)
                (many, resumed, at, from) = (at, from + 1, at + 1, from + 1);
            else if (at < _segments.Length && _segments[at] is [_, ..] open && open.EndsWith(Many, StringComparison.Ordinal) && at == _segments.Length - 1 && IsStartOf(open, part))
                return true;
            else if (at < _segments.Length && _segments[at] != Many && IsSegment(_segments[at], part))
                (at, from) = (at + 1, from + 1);
            else if (many >= 0 && resumed < parts.Length)
                (at, from) = (many + 1, ++resumed);
            else
                return false;
        }
        return at == _segments.Length;
    }

    private static bool IsStartOf(string open, ReadOnlySpan<char> part) => open.Length > Many.Length && GlobPattern.Matches(open, part);

    private static bool IsSegment(string segment, ReadOnlySpan<char> part)
    {
        if (segment == "*")
            return !part.IsEmpty;
        if (segment.Contains('*', StringComparison.Ordinal))
            return GlobPattern.Matches(segment, part);
        return segment.Contains(LiteralStar, StringComparison.Ordinal)
            ? segment.Replace(LiteralStar, '*').AsSpan().SequenceEqual(part)
            : part.SequenceEqual(segment);
    }

    private static string Read(string segment)
    {
        if (segment.IndexOfAny(['%', '{']) < 0)
            return segment;
        var text = new StringBuilder();
        for (var index = 0; index < segment.Length; index++)
        {
            if (segment[index] == '%' && index + 1 < segment.Length && segment[index + 1] is '{' or '}' or '*' or '%')
                text.Append(segment[++index] == '*' ? LiteralStar : segment[index]);
            else if (segment[index] == '{' && segment.IndexOf('}', index) is > 0 and var end)
            {
                text.Append('*');
                index = end;
            }
            else
                text.Append(segment[index]);
        }
        return text.ToString();
    }
}
