namespace Sluice.Profiles.State;

/// <summary>A profile as the store takes it.</summary>
/// <param name="State">Null when the profile is gone.</param>
internal sealed record ProfileRow(int Number, string Namespace, string Id, int NextDay, byte[]? State);
