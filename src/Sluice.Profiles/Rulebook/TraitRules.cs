using System.Collections.Immutable;
using Sluice.Profiles.Matching;
using Sluice.Profiles.Rules;

namespace Sluice.Profiles.Rulebook;

/// <summary>The rules of all traits at one place of the journal, ready to be asked; immutable. A change costs what changed, not what exists.</summary>
/// <remarks>Two indexes: a large one, and a small one of what changed since it was made. When the small one has grown, both become one.</remarks>
internal sealed class TraitRules
{
    private const string PrivatePrefix = "p_";
    private const int LeastMerged = 256;

    private readonly ImmutableDictionary<long, TraitRule> _rules;
    private readonly ImmutableHashSet<long> _changed;
    private readonly TextCase _textCase;

    private TraitRules(ImmutableDictionary<long, TraitRule> rules, ImmutableHashSet<long> changed, TraitIndex settled, TraitIndex recent, TraitIndex onPrivateKeys, TextCase textCase)
    {
        (_rules, _changed, _textCase) = (rules, changed, textCase);
        (Settled, Recent, OnPrivateKeys) = (settled, recent, onPrivateKeys);
    }

    /// <summary>The large index; what it says of a changed trait does not count.</summary>
    internal TraitIndex Settled { get; }

    /// <summary>The rules that changed since <see cref="Settled"/> was made.</summary>
    internal TraitIndex Recent { get; }

    /// <summary>The rules that look at a private key: asked where the event comes in, as such keys are written nowhere (audience contract, section 4.1).</summary>
    internal TraitIndex OnPrivateKeys { get; }

    /// <summary>Whether what <see cref="Settled"/> says of a trait counts no more.</summary>
    internal bool IsChanged(long sid) => _changed.Contains(sid);

    internal bool HasChanges => _changed.Count > 0;

    internal static TraitRules Of(IEnumerable<(long Sid, TraitRule Rule)> rules, TextCase textCase) =>
        Settle(rules.ToImmutableDictionary(one => one.Sid, one => one.Rule), textCase);

    /// <summary>The rules after some changed.</summary>
    /// <param name="changes">By sid; null for a trait without a rule.</param>
    internal TraitRules With(IReadOnlyDictionary<long, TraitRule?> changes)
    {
        var (rules, changed) = (_rules.ToBuilder(), _changed.ToBuilder());
        var touchesPrivate = false;
        foreach (var (sid, rule) in changes)
        {
            touchesPrivate |= IsPrivate(rule) || IsPrivate(rules.GetValueOrDefault(sid));
            changed.Add(sid);
            if (rule is null)
                rules.Remove(sid);
            else
                rules[sid] = rule;
        }
        if (changed.Count > Math.Max(LeastMerged, rules.Count / 16))
            return Settle(rules.ToImmutable(), _textCase);
        var recent = TraitIndex.Of([.. changed.Where(rules.ContainsKey).Select(sid => (sid, rules[sid])).Where(one => !IsPrivate(one.Item2))], _textCase);
        return new TraitRules(rules.ToImmutable(), changed.ToImmutable(), Settled, recent, touchesPrivate ? PrivateOf(rules, _textCase) : OnPrivateKeys, _textCase);
    }

    private static TraitRules Settle(ImmutableDictionary<long, TraitRule> rules, TextCase textCase) => new(
        rules, [], TraitIndex.Of([.. rules.Where(one => !IsPrivate(one.Value)).Select(one => (one.Key, one.Value))], textCase), TraitIndex.Of([], textCase),
        PrivateOf(rules, textCase), textCase);

    private static TraitIndex PrivateOf(IEnumerable<KeyValuePair<long, TraitRule>> rules, TextCase textCase) =>
        TraitIndex.Of([.. rules.Where(one => IsPrivate(one.Value)).Select(one => (one.Key, one.Value))], textCase);

    private static bool IsPrivate(TraitRule? rule) => rule is not null && rule.Keys.Any(key => key.StartsWith(PrivatePrefix, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Asks <see cref="TraitRules"/> which traits signals realize. For one thread at a time.</summary>
internal sealed class RuleMatcher
{
    private readonly List<long> _found = [];
    private TraitRules? _rules;
    private TraitMatcher? _settled;
    private TraitMatcher? _recent;

    /// <summary>The traits, in no order that means anything; good until the next call.</summary>
    internal IReadOnlyList<long> Match(TraitRules rules, Signals signals)
    {
        if (_rules != rules)
        {
            if (_rules?.Settled != rules.Settled)
                _settled = new TraitMatcher(rules.Settled);
            _recent = new TraitMatcher(rules.Recent);
            _rules = rules;
        }
        _found.Clear();
        foreach (var sid in _settled!.Match(signals))
        {
            if (!rules.HasChanges || !rules.IsChanged(sid))
                _found.Add(sid);
        }
        foreach (var sid in _recent!.Match(signals))
            _found.Add(sid);
        return _found;
    }
}
