namespace Sluice.AcceptanceTests.Durability;

/// <summary>What the client was told of a message.</summary>
public enum MessageFate : byte
{
    /// <summary>Sent, and no answer came, or one that promises nothing: it may be kept once, or not at all.</summary>
    InFlight,
    Accepted,
    Refused,
}
