namespace Sluice.Profiles.Populations;

/// <summary>What is remembered of one trait or segment for one kind of profiles.</summary>
/// <remarks>Kept in parts: one for each range of 65,536 profiles, with what lies there of every set, and the header, with all that is no set.</remarks>
internal abstract class PopulationLine
{
    /// <summary>The line of a trait or segment and of devices or the others: one number for both.</summary>
    internal static long NumberOf(long sid, bool isDevice) => 2 * sid + (isDevice ? 0 : 1);

    /// <summary>The part that is no range of profiles.</summary>
    internal const int Header = -1;

    /// <summary>The last stored facts whose counts the header has: they are not counted again when the log is read.</summary>
    internal long CountedThrough { get; set; }

    /// <summary>What was frozen last; a day with the same numbers is not stored.</summary>
    internal byte[]? LastFrozen { get; set; }

    /// <summary>Every set with its place.</summary>
    internal abstract IEnumerable<(SetPlace Place, ProfileSet Set)> Sets { get; }

    /// <summary>The set of a place.</summary>
    internal abstract ProfileSet SetAt(SetPlace place);

    /// <summary>The numbers as of today.</summary>
    internal abstract LineNumbers NumbersOn(int today);

    /// <summary>Those that hold the trait or are members.</summary>
    internal abstract ProfileSet Current();

    /// <summary>Those that realized the trait, or were members, from a day on.</summary>
    internal abstract ProfileSet Since(int firstDay);

    /// <summary>Lets go of what no window needs as of today, and returns the sets it took that from.</summary>
    internal abstract IEnumerable<ProfileSet> Fold(int today);

    internal abstract void WriteHeader(StoredBytes to);

    internal abstract void ReadHeader(scoped ref ReadOnlySpan<byte> from);
}

/// <summary>What a stored set is of its line; the numbers stand in stored bytes.</summary>
internal enum SetRole : byte
{
    Realized = 0,
    RealizedBefore = 1,
    TakenOff = 2,
    Members = 3,
    Seen = 4,
    SeenBefore = 5,
    Left = 6,
    LeftBefore = 7,
}

/// <summary>Where a set belongs in its line.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Day">Of which day; 0 for those that are of none.</param>
internal readonly record struct SetPlace(SetRole Role, int Day = 0)
{
    internal bool HasDay => IsOfDays(Role);

    internal bool IsOfTrait => Role <= SetRole.TakenOff;

    internal static bool IsOfDays(SetRole role) => role is SetRole.Realized or SetRole.Seen or SetRole.Left;
}
