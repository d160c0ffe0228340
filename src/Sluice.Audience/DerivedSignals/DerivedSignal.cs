using Sluice.Audience.Catalogue;

namespace Sluice.Audience.DerivedSignals;

/// <summary>A signal that is added to every event which has another one (contract audience.md 3.5 and 5.4).</summary>
internal sealed record DerivedSignal : Entity
{
    public string SourceKey { get; init; } = "";
    public string SourceValue { get; init; } = "";
    public string TargetKey { get; init; } = "";
    public string TargetValue { get; init; } = "";
    public string? IntegrationCode { get; init; }

    /// <summary>Whether both turn the same signal into the same other one.</summary>
    internal bool IsSameAs(DerivedSignal other) =>
        SourceKey == other.SourceKey && SourceValue == other.SourceValue && TargetKey == other.TargetKey && TargetValue == other.TargetValue;
}
