namespace Sluice.Profiles.State;

/// <summary>The traits of one profile as bytes: immutable, some eight of them for a trait that was realized once. A change makes others.</summary>
/// <remarks>
/// By sid, ascending: the distance to the one before, the last day, the number of days (doubled, plus one when none has more than one realization), the days
/// back from the last as distances with their counts, the second of the last day and, when there are several realizations, of the first. All varints.
/// </remarks>
internal static class ProfileTraits
{
    /// <summary>Traits that a profile may hold (audience contract, section 7); the one not realized for longest goes.</summary>
    internal const int MaxTraits = 150_000;

    internal static ReadOnlyMemory<byte> None => ReadOnlyMemory<byte>.Empty;

    /// <summary>Walks through the traits.</summary>
    internal static Enumerator Read(ReadOnlySpan<byte> traits) => new(traits);

    /// <summary>Finds a trait.</summary>
    internal static bool TryFind(ReadOnlySpan<byte> traits, long sid, out TraitMemory memory)
    {
        foreach (var one in Read(traits))
        {
            if (one.Sid >= sid)
            {
                memory = one;
                return one.Sid == sid;
            }
        }
        memory = default;
        return false;
    }

    /// <summary>The traits after some were realized at an instant; those whose life is over are gone.</summary>
    /// <param name="traits">As they were.</param>
    /// <param name="realized">By sid, ascending, each once.</param>
    /// <param name="seconds">Since 1970; may lie before what is remembered, as in a backfill.</param>
    /// <param name="endOf">The day on which a trait's realization of a day ends; 0 for a trait that is no more.</param>
    internal static byte[] Realize(ReadOnlySpan<byte> traits, ReadOnlySpan<Realization> realized, long seconds, Func<long, int, int> endOf)
    {
        var today = UtcDay.Of(seconds);
        var to = new TraitWriter(traits.Length + 32 * realized.Length);
        foreach (var known in Read(traits))
        {
            for (; realized.Length > 0 && realized[0].Sid < known.Sid; realized = realized[1..])
                to.WriteNew(realized[0].Sid, seconds);
            var isRealized = realized.Length > 0 && realized[0].Sid == known.Sid;
            var isHeld = endOf(known.Sid, known.LastDay) > today;
            if (isRealized)
            {
                if (!isHeld)
                    to.WriteNew(known.Sid, seconds);
                else
                    to.WriteAgain(known, seconds, realized[0].CountsOnce);
                realized = realized[1..];
            }
            else if (isHeld)
                to.Write(known);
        }
        foreach (var one in realized)
            to.WriteNew(one.Sid, seconds);
        return to.Count <= MaxTraits ? to.ToArray() : Without(to.ToArray(), OldestOf(to.ToArray(), to.Count - MaxTraits));
    }

    /// <summary>The traits with days of one trait's past added.</summary>
    /// <param name="traits">As they were.</param>
    /// <param name="sid">The trait.</param>
    /// <param name="past">Days, ascending, at least one.</param>
    /// <param name="countsOnce">Whether only its newest realization is kept.</param>
    /// <param name="endOf">The day on which a trait's realization of a day ends.</param>
    internal static byte[] AddPast(ReadOnlySpan<byte> traits, long sid, IReadOnlyList<PastDay> past, bool countsOnce, Func<long, int, int> endOf)
    {
        var to = new TraitWriter(traits.Length + 16 * past.Count);
        var isWritten = false;
        foreach (var known in Read(traits))
        {
            if (!isWritten && known.Sid >= sid)
            {
                to.WriteWithPast(known.Sid == sid ? known : default, sid, past, countsOnce, endOf);
                isWritten = true;
            }
            if (known.Sid != sid)
                to.Write(known);
        }
        if (!isWritten)
            to.WriteWithPast(default, sid, past, countsOnce, endOf);
        return to.ToArray();
    }

    /// <summary>The traits without some.</summary>
    internal static byte[] Without(ReadOnlySpan<byte> traits, IReadOnlySet<long> sids)
    {
        var to = new TraitWriter(traits.Length);
        foreach (var known in Read(traits))
        {
            if (!sids.Contains(known.Sid))
                to.Write(known);
        }
        return to.ToArray();
    }

    private static HashSet<long> OldestOf(ReadOnlySpan<byte> traits, int count)
    {
        var ages = new List<(long Last, long Sid)>();
        foreach (var one in Read(traits))
            ages.Add(((long)one.LastDay * UtcDay.SecondsOfDay + one.LastSecond, one.Sid));
        return [.. ages.Order().Take(count).Select(one => one.Sid)];
    }

    /// <summary>Walks through the traits of a profile.</summary>
    internal ref struct Enumerator(ReadOnlySpan<byte> traits)
    {
        private ReadOnlySpan<byte> _left = traits;
        private long _sid;

        public TraitMemory Current { get; private set; }

        public readonly Enumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_left.IsEmpty)
                return false;
            _sid += (long)Varint.Read(ref _left);
            Current = TraitMemory.Read(_sid, ref _left);
            return true;
        }
    }
}

/// <summary>The realizations of a trait on one day.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Count">How many.</param>
/// <param name="First">The second of the first.</param>
/// <param name="Last">The second of the last.</param>
internal readonly record struct PastDay(int Day, long Count, int First, int Last);

/// <summary>A trait that an event realized.</summary>
/// <param name="Sid">The trait.</param>
/// <param name="CountsOnce">Whether it has at most one realization, as onboarded and algorithmic traits do (contract section 5.2).</param>
internal readonly record struct Realization(long Sid, bool CountsOnce = false);
