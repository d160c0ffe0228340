namespace Sluice.Profiles.Rules;

/// <summary>What stands behind an id that a segment rule names.</summary>
public enum TraitKind
{
    /// <summary>Nothing.</summary>
    Unknown,

    /// <summary>A segment: ids of traits and segments are of one sequence.</summary>
    Segment,

    /// <summary>A trait of another account, to which the account has not subscribed.</summary>
    NotSubscribed,

    /// <summary>A trait of another account, to which the account has subscribed.</summary>
    ThirdParty,

    /// <summary>A rule-based trait of the account.</summary>
    RuleBased,

    /// <summary>An onboarded trait of the account.</summary>
    Onboarded,

    /// <summary>An algorithmic trait of the account.</summary>
    Algorithmic,

    /// <summary>A folder trait of the account.</summary>
    Folder,
}

/// <summary>What the checks of a segment rule must know of an id (audience contract, section 4.2, errors 2, 3 and 5).</summary>
/// <param name="Kind">What it is.</param>
/// <param name="IsVisible">Whether the caller may see it.</param>
/// <param name="IsMappable">Whether the caller may use it in segments.</param>
public readonly record struct KnownTrait(TraitKind Kind, bool IsVisible = true, bool IsMappable = true);
