namespace Sluice.Gateway.Bundles;

/// <summary>One reason why a bundle is not taken, or not deployed (contract gateway.md 1.9, 6.4).</summary>
/// <param name="Name">The published name of the error, or one of ours where none is known.</param>
/// <param name="Text">What is wrong, in the published words where they are known.</param>
/// <param name="Spot">Where.</param>
internal sealed record BundleFault(string Name, string Text, SourceSpot Spot)
{
    public override string ToString() => $"{Spot}: {Name}: {Text}";
}

/// <summary>Gathers every fault of a bundle, so that its author sees all of them at once, and what was passed over.</summary>
internal sealed class BundleFaults
{
    /// <summary>More faults or warnings than this help nobody; the rest is counted out.</summary>
    internal const int Most = 200;

    private readonly List<BundleFault> _faults = [];
    private readonly List<BundleFault> _warnings = [];

    internal IReadOnlyList<BundleFault> Faults => _faults;

    internal IReadOnlyList<BundleFault> Warnings => _warnings;

    internal bool Any => _faults.Count > 0;

    internal void Add(string name, string text, SourceSpot spot) => Keep(_faults, new BundleFault(name, text, spot));

    internal void Warn(string name, string text, SourceSpot spot) => Keep(_warnings, new BundleFault(name, text, spot));

    private static void Keep(List<BundleFault> list, BundleFault fault)
    {
        if (list.Count < Most && !list.Contains(fault))
            list.Add(fault);
    }
}
