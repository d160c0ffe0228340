namespace Sluice.Access;

/// <summary>What the token of a request that sends messages is worth.</summary>
public enum SenderToken
{
    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It is forged, unknown, expired, revoked, for reading only, or its holder may not use the environment.</summary>
    Invalid,

    /// <summary>It is good.</summary>
    Valid,
}
