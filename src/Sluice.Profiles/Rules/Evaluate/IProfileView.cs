namespace Sluice.Profiles.Rules.Evaluate;

/// <summary>
/// What a segment rule asks of a merged profile. Days are whole UTC days since 1970-01-01. An unknown trait is not held
/// and has no realizations; a folder trait answers for all traits below it.
/// </summary>
internal interface IProfileView
{
    /// <summary>Whether the profile holds a trait, unexpired.</summary>
    bool Holds(long sid);

    /// <summary>All realizations of a trait.</summary>
    long Realizations(long sid);

    /// <summary>The realizations of a trait on a day and after it.</summary>
    long RealizationsSince(long sid, int day);

    /// <summary>The realizations of a trait up to a day, that day included.</summary>
    long RealizationsUntil(long sid, int day);
}
