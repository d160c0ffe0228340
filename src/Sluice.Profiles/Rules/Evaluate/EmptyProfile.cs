namespace Sluice.Profiles.Rules.Evaluate;

/// <summary>Somebody without any trait: a segment rule that holds for them would hold for everyone.</summary>
internal sealed class EmptyProfile : IProfileView
{
    internal static readonly EmptyProfile Instance = new();

    public bool Holds(long sid) => false;

    public long Realizations(long sid) => 0;

    public long RealizationsSince(long sid, int day) => 0;

    public long RealizationsUntil(long sid, int day) => 0;
}
