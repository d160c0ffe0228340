namespace Sluice.Profiles.State;

/// <summary>What a device knows of a customer's id, or a customer's profile of a device.</summary>
/// <param name="Number">The other profile.</param>
/// <param name="Namespace">The other's namespace.</param>
/// <param name="SeenSeconds">When both were last in one event; since 1970.</param>
/// <param name="AuthenticatedSeconds">When the customer last signed in there; 0 for never.</param>
/// <param name="IsCurrent">Whether the customer was signed in at the device's latest event.</param>
internal readonly record struct Link(int Number, string Namespace, long SeenSeconds, long AuthenticatedSeconds, bool IsCurrent);
