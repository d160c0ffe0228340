namespace Sluice.Profiles.State;

/// <summary>One id's profile, in memory while it is hot. Changed by the applier only, under its lock; the byte array of its traits is never changed, only replaced.</summary>
internal sealed class Profile(int number, ProfileKey key)
{
    /// <summary>Dense, from 0; what populations are sets of.</summary>
    internal int Number => number;

    internal ProfileKey Key => key;

    /// <summary>See <see cref="ProfileTraits"/>.</summary>
    internal byte[] Traits { get; set; } = [];

    /// <summary>By sid, ascending.</summary>
    internal Membership[] Segments { get; set; } = [];

    /// <summary>Of a device: customers' ids. Of any other: devices. The one linked longest ago first.</summary>
    internal Link[] Links { get; set; } = [];

    /// <summary>Xaction ids of the last collected messages that became part of it, the newest last.</summary>
    internal string[] Tags { get; set; } = [];

    /// <summary>The UTC day of its latest event.</summary>
    internal int LastSeenDay { get; set; }

    /// <summary>When its latest event was; since 1970.</summary>
    internal long LastSeenSeconds { get; set; }

    /// <summary>The day on which time alone may change something; <see cref="int.MaxValue"/> for never.</summary>
    internal int NextDay { get; set; } = int.MaxValue;

    /// <summary>Whether it opted out: it collects nothing and is in no segment (audience contract, section 5.3).</summary>
    internal bool IsOptedOut { get; set; }

    /// <summary>Whether its ids are of devices; a customer's otherwise.</summary>
    internal bool IsDevice { get; set; } = key.IsGlobalDevice;

    /// <summary>Whether it was forgotten: nothing of it is kept but its number.</summary>
    internal bool IsGone { get; set; }

    internal bool IsDirty { get; set; }

    /// <summary>In which turn of the table it was last used.</summary>
    internal long UsedAt { get; set; }

    /// <summary>About how much memory it takes, in bytes.</summary>
    internal int Footprint => 200 + 2 * key.Id.Length + Traits.Length + 16 * Segments.Length + 40 * Links.Length + 60 * Tags.Length;

    internal bool IsMember(long sid) => Array.BinarySearch(Segments, new Membership(sid, 0), BySid.Instance) >= 0;

    /// <summary>Orders memberships.</summary>
    internal sealed class BySid : IComparer<Membership>
    {
        internal static readonly BySid Instance = new();

        public int Compare(Membership x, Membership y) => x.Sid.CompareTo(y.Sid);
    }
}
