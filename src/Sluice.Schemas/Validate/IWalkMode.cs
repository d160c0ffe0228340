namespace Sluice.Schemas.Validate;

/// <summary>
/// What a walk is for. A type argument, so that one text of the rules becomes two programs: one that only finds the verdict
/// and one that collects reasons.
/// </summary>
internal interface IWalkMode
{
    /// <summary>Whether reasons are collected; otherwise the walk stops at the first one.</summary>
    static abstract bool Collects { get; }
}

/// <summary>Finds the verdict; stops at the first violation; allocates nothing.</summary>
internal readonly struct Probing : IWalkMode
{
    public static bool Collects => false;
}

/// <summary>Collects violations, up to the report's limit.</summary>
internal readonly struct Collecting : IWalkMode
{
    public static bool Collects => true;
}
