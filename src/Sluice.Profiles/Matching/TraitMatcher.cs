using Sluice.Profiles.Rules;

namespace Sluice.Profiles.Matching;

/// <summary>Finds the traits of an index that signals realize. For one thread at a time; allocates nothing once it has grown.</summary>
/// <param name="index">The rules.</param>
public sealed class TraitMatcher(TraitIndex index)
{
    private readonly int[] _turns = new int[index.Count]; // in which turn a rule was looked at last
    private int _turn;
    private long[] _found = new long[16];
    private int _count;

    /// <summary>The sids of the traits whose rules hold, each once, in no order that means anything; good until the next call.</summary>
    /// <param name="signals">Of one event.</param>
    public ReadOnlySpan<long> Match(Signals signals)
    {
        if (++_turn == int.MaxValue)
        {
            Array.Clear(_turns);
            _turn = 1;
        }
        _count = 0;

        foreach (var position in index.Always)
            Look(new Posting(position, IsExact: false), signals);
        for (var at = 0; at < signals.Count; at++)
        {
            var signal = signals.At(at);
            if (index.Find(signal.Key) is not { } key)
                continue;
            Look(key.Any, signals);
            Look(key.ByText(signal.Value), signals);
            Look(key.ByNumber(signal.Value), signals);
            if (key.Parts is { } parts)
                Search(parts, signal.Value, signals);
        }
        return _found.AsSpan(0, _count);
    }

    private void Search(PartSearch parts, string value, Signals signals)
    {
        var node = PartSearch.Root;
        foreach (var letter in value)
        {
            node = parts.Step(node, letter);
            for (var at = node; at != PartSearch.None;)
                Look(parts.FoundAt(at, out at), signals);
        }
    }

    private void Look(Posting[] postings, Signals signals)
    {
        foreach (var posting in postings)
            Look(posting, signals);
    }

    private void Look(Posting posting, Signals signals)
    {
        if (_turns[posting.Position] == _turn)
            return;
        _turns[posting.Position] = _turn;
        if (!posting.IsExact && !index.IsTrueAt(posting.Position, signals))
            return;
        if (_count == _found.Length)
            Array.Resize(ref _found, 2 * _count);
        _found[_count++] = index.SidAt(posting.Position);
    }
}
