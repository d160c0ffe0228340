using Sluice.Profiles.Rules.Evaluate;

namespace Sluice.Profiles.Matching;

/// <summary>The rules that signals of one key lead to: whatever the value, by its text, by its number, by a part of it.</summary>
internal sealed class KeyPostings
{
    private const int MaxDigits = 64; // longer numbers are rare, and cost an allocation

    private readonly Dictionary<string, Posting[]> _byText = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Posting[]> _byNumber = new(StringComparer.Ordinal);

    internal KeyPostings(IReadOnlyCollection<(Anchor Anchor, Posting[] Postings)> anchors)
    {
        foreach (var (anchor, postings) in anchors)
        {
            if (anchor.Kind == AnchorKind.Any)
                Any = postings;
            else if (anchor.Kind != AnchorKind.Part)
                (anchor.Kind == AnchorKind.Number ? _byNumber : _byText)[anchor.Value] = postings;
        }
        if (anchors.Any(one => one.Anchor.Kind == AnchorKind.Part))
            Parts = new PartSearch(anchors.Where(one => one.Anchor.Kind == AnchorKind.Part).Select(one => (one.Anchor.Value, one.Postings)));
    }

    internal Posting[] Any { get; } = [];

    internal PartSearch? Parts { get; }

    internal Posting[] ByText(string value) => _byText.GetValueOrDefault(value, []);

    internal Posting[] ByNumber(string value)
    {
        if (_byNumber.Count == 0 || !DecimalText.TryRead(value, out var number))
            return [];
        Span<char> digits = stackalloc char[MaxDigits];
        return number.TryWrite(digits, out var length)
            ? _byNumber.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(digits[..length], out var found) ? found : []
            : _byNumber.GetValueOrDefault(number.ToString(), []);
    }
}
