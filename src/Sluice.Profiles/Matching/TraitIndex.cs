using Sluice.Profiles.Rules;

namespace Sluice.Profiles.Matching;

/// <summary>The rules of many traits, found by the signals they look at. Immutable; any number of threads may ask at once, each with a <see cref="TraitMatcher"/> of its own.</summary>
/// <remarks>
/// An event costs what it leads to: each of its signals is looked up by key and by its value as a text, as a number and by its parts, and only the
/// rules found there are evaluated. Rules that only bound a key or search it by a regular expression are evaluated for each of its signals; those that
/// hold without signals (a lone NOT) for every event.
/// </remarks>
public sealed class TraitIndex
{
    private readonly Dictionary<string, KeyPostings> _keys = new(StringComparer.OrdinalIgnoreCase);
    private readonly long[] _sids;
    private readonly CompiledTraitRule[] _rules;

    private TraitIndex(long[] sids, CompiledTraitRule[] rules, int[] always) => (_sids, _rules, Always) = (sids, rules, always);

    /// <summary>How many rules there are.</summary>
    public int Count => _sids.Length;

    /// <summary>Positions of the rules that no signal leads to.</summary>
    internal int[] Always { get; }

    /// <summary>Makes an index.</summary>
    /// <param name="rules">The traits' sids and rules; a sid may have one rule only.</param>
    /// <param name="textCase">Whether upper and lower case differ.</param>
    public static TraitIndex Of(IReadOnlyCollection<(long Sid, TraitRule Rule)> rules, TextCase textCase)
    {
        var choice = new AnchorChoice();
        foreach (var (_, rule) in rules)
            choice.Count(rule.Root);

        var (sids, compiled, always) = (new long[rules.Count], new CompiledTraitRule[rules.Count], new List<int>());
        var postings = new Dictionary<Anchor, List<Posting>>(AnchorChoice.Same);
        var at = 0;
        foreach (var (sid, rule) in rules)
        {
            (sids[at], compiled[at]) = (sid, rule.Compile(textCase));
            if (choice.Choose(rule.Root) is { } anchors)
            {
                var isExact = textCase == TextCase.Ignored && AnchorChoice.IsExact(rule.Root);
                foreach (var anchor in anchors.Distinct(AnchorChoice.Same))
                {
                    if (!postings.TryGetValue(anchor, out var list))
                        postings[anchor] = list = [];
                    list.Add(new Posting(at, isExact));
                }
            }
            else
                always.Add(at);
            at++;
        }

        var index = new TraitIndex(sids, compiled, [.. always]);
        foreach (var key in postings.GroupBy(one => one.Key.Key, StringComparer.OrdinalIgnoreCase))
            index._keys[key.Key] = new KeyPostings([.. key.Select(one => (one.Key, one.Value.ToArray()))]);
        return index;
    }

    internal KeyPostings? Find(string key) => _keys.GetValueOrDefault(key);

    internal long SidAt(int position) => _sids[position];

    internal bool IsTrueAt(int position, Signals signals) => _rules[position].IsTrue(signals);
}
