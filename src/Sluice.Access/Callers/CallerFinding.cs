namespace Sluice.Access;

/// <summary>What became of looking at a token.</summary>
internal enum TokenVerdict
{
    Valid,
    Invalid,
    Expired,
}

/// <summary>Whose a token is, or why it is nobody's.</summary>
internal sealed record CallerFinding
{
    private CallerFinding(TokenVerdict verdict, Caller? caller) => (Verdict, Caller) = (verdict, caller);

    internal static CallerFinding Invalid { get; } = new(TokenVerdict.Invalid, null);

    internal static CallerFinding Expired { get; } = new(TokenVerdict.Expired, null);

    internal TokenVerdict Verdict { get; }

    /// <summary>Set when the token is valid.</summary>
    internal Caller? Caller { get; }

    internal static CallerFinding Of(Caller caller) => new(TokenVerdict.Valid, caller);
}
