using System.Diagnostics.CodeAnalysis;

namespace Sluice.Profiles.Populations;

/// <summary>All lines, which facts change and nothing else does; so facts that are stored lead to the same lines again.</summary>
internal sealed class PopulationLines
{
    private readonly Dictionary<long, PopulationLine> _lines = [];

    /// <summary>The day that is not closed; null before the first one.</summary>
    internal int? Today { get; set; }

    internal DirtyParts Dirty { get; } = new();

    internal IEnumerable<KeyValuePair<long, PopulationLine>> All => _lines;

    internal bool TryFind(long line, [NotNullWhen(true)] out PopulationLine? found) => _lines.TryGetValue(line, out found);

    /// <summary>The line of a trait, made when there is none.</summary>
    /// <exception cref="ArgumentException">It is a segment's.</exception>
    internal TraitLine Trait(long line) => Get(line, () => new TraitLine());

    /// <summary>The line of a segment, made when there is none.</summary>
    /// <exception cref="ArgumentException">It is a trait's.</exception>
    internal SegmentLine Segment(long line) => Get(line, () => new SegmentLine());

    /// <summary>Lets a fact change its line; false when it was so already.</summary>
    /// <param name="fact">What happened.</param>
    /// <param name="seq">The number under which it is stored, or will be.</param>
    internal bool Apply(in PopulationFact fact, long seq)
    {
        switch (fact.Kind)
        {
            case FactKind.DayBegan:
                BeginDay(fact.Day, seq);
                return true;
            case FactKind.Forgotten:
                return _lines.Remove(fact.Line);
            case FactKind.LifeOver:
                MarkAll(fact.Line, Trait(fact.Line).LetGo(fact.Day), seq);
                return true;
        }
        var isChanged = fact.Kind switch
        {
            FactKind.Realized => Trait(fact.Line).Realize(fact.Profile, fact.Day, isHeld: true),
            FactKind.RealizedInVain => Trait(fact.Line).Realize(fact.Profile, fact.Day, isHeld: false),
            FactKind.TakenOff => Trait(fact.Line).TakeOff(fact.Profile),
            FactKind.Seen => Segment(fact.Line).See(fact.Profile, fact.Day),
            FactKind.Entered => Segment(fact.Line).Enter(fact.Profile),
            _ => Segment(fact.Line).Leave(fact.Profile, fact.Day),
        };
        if (isChanged)
            Dirty.Mark(new PartKey(fact.Line, fact.Profile >> 16), seq);
        if (fact.Kind is FactKind.Realized or FactKind.RealizedInVain)
            Dirty.Mark(new PartKey(fact.Line, PopulationLine.Header), seq);
        if (fact.Count > 0 && seq > Trait(fact.Line).CountedThrough)
            Trait(fact.Line).Count(fact.Day, fact.Count);
        return isChanged || fact.Count > 0;
    }

    private void BeginDay(int day, long seq)
    {
        Today = day;
        foreach (var (line, one) in _lines)
            MarkAll(line, one.Fold(day), seq);
    }

    private void MarkAll(long line, IEnumerable<ProfileSet> sets, long seq)
    {
        foreach (var set in sets)
        {
            foreach (var chunk in set.Chunks)
                Dirty.Mark(new PartKey(line, chunk.Key), seq);
            Dirty.Mark(new PartKey(line, PopulationLine.Header), seq);
        }
    }

    private T Get<T>(long line, Func<T> make)
        where T : PopulationLine
    {
        if (!_lines.TryGetValue(line, out var known))
            _lines.Add(line, known = make());
        return known as T ?? throw new ArgumentException($"Sid {line / 2} stands for something else already: a {known.GetType().Name}.");
    }
}
