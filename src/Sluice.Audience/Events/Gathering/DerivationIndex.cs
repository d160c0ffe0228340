using System.Runtime.CompilerServices;
using Sluice.Audience.Catalogue;
using Sluice.Audience.DerivedSignals;

namespace Sluice.Audience.Events.Gathering;

/// <summary>The derived signals of one version by the signal they come from: an event costs a look-up per signal, however many there are.</summary>
internal sealed class DerivationIndex
{
    private static readonly ConditionalWeakTable<EntityTable<DerivedSignal>, DerivationIndex> Known = [];

    private readonly Dictionary<(string Key, string Value), List<DerivedSignal>> _bySource = new(Ignoring.Case);

    private DerivationIndex(EntityTable<DerivedSignal> signals)
    {
        foreach (var signal in signals.Rows)
        {
            if (!_bySource.TryGetValue((signal.SourceKey, signal.SourceValue), out var targets))
                _bySource[(signal.SourceKey, signal.SourceValue)] = targets = [];
            targets.Add(signal);
        }
    }

    internal static DerivationIndex Of(CatalogueSnapshot catalogue) => Known.GetValue(catalogue.Table(Kinds.DerivedSignals), signals => new DerivationIndex(signals));

    /// <summary>What is derived of a signal.</summary>
    internal IReadOnlyList<DerivedSignal> From(string key, string value) => _bySource.GetValueOrDefault((key, value), []);

    /// <summary>Compares as trait rules do: case does not matter (contract audience.md 4.1).</summary>
    private sealed class Ignoring : IEqualityComparer<(string Key, string Value)>
    {
        internal static readonly Ignoring Case = new();

        public bool Equals((string Key, string Value) x, (string Key, string Value) y) =>
            x.Key.Equals(y.Key, StringComparison.OrdinalIgnoreCase) && x.Value.Equals(y.Value, StringComparison.OrdinalIgnoreCase);

        public int GetHashCode((string Key, string Value) obj) =>
            HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(obj.Key), StringComparer.OrdinalIgnoreCase.GetHashCode(obj.Value));
    }
}
