using Sluice.Profiles.Rules;
using Sluice.Profiles.State;

namespace Sluice.Profiles.Engine;

/// <summary>One event as the engine takes it: whose it is, and what it says. Filled by a door from one journal record; used again after <see cref="Clear"/>.</summary>
public sealed class PersonEvent
{
    /// <summary>When it came in: the journal's time; ms since 1970.</summary>
    public long TimeMs { get; set; }

    /// <summary>Names it in causes and tags: the xaction id of a message, the tid of a call; null for none.</summary>
    public string? Name { get; set; }

    /// <summary>Whether <see cref="Name"/> is kept with the profile, so that a message's answer can be followed to a person.</summary>
    public bool IsTagged { get; set; }

    /// <summary>The ids it names, the one that stands first before all others of its kind; the first device id is the event's own device.</summary>
    public List<EventIdentity> Identities { get; } = [];

    /// <summary>Its keys and values.</summary>
    public Signals Signals { get; } = new();

    /// <summary>Traits that it realizes by name, without a rule.</summary>
    public List<long> Realized { get; } = [];

    /// <summary>Traits that it takes off.</summary>
    public List<long> Removed { get; } = [];

    /// <summary>When not empty, only traits of these data sources are realized.</summary>
    public List<long> OnlySources { get; } = [];

    /// <summary>The traits whose rules hold for the signals; the engine fills it.</summary>
    internal List<long> Matched { get; } = [];

    /// <summary>Whose traits it changes: of whoever is signed in, else the device's, else the primary id's (audience contract, section 5.5). Null without any id.</summary>
    public ProfileKey? Target
    {
        get
        {
            ProfileKey? device = null, primary = null;
            foreach (var identity in Identities)
            {
                if (identity.Key.IsGlobalDevice)
                {
                    if (device is null || identity.Key.Namespace == ProfileKey.Device && device.Value.Namespace != ProfileKey.Device)
                        device = identity.Key;
                }
                else if (identity.IsAuthenticated)
                    return identity.Key;
                if (identity.IsPrimary || primary is null)
                    primary = identity.Key;
            }
            return device ?? primary;
        }
    }

    /// <summary>Makes room for the next.</summary>
    public void Clear()
    {
        (TimeMs, Name, IsTagged) = (0, null, false);
        Identities.Clear();
        Signals.Clear();
        Realized.Clear();
        Removed.Clear();
        OnlySources.Clear();
        Matched.Clear();
    }
}

/// <summary>An id that an event names.</summary>
/// <param name="Key">The id; a namespace code that means a data source is replaced by its number.</param>
/// <param name="IsAuthenticated">Whether the person was signed in with it.</param>
/// <param name="IsPrimary">Whether the sender calls it the event's own.</param>
public readonly record struct EventIdentity(ProfileKey Key, bool IsAuthenticated, bool IsPrimary);

/// <summary>What an event led to.</summary>
/// <param name="Realized">The traits it realized.</param>
/// <param name="Segments">The segments of the event's own profile, after it.</param>
/// <param name="IsOptedOut">Whether the person opted out; then nothing was collected.</param>
public sealed record EventOutcome(IReadOnlyList<long> Realized, IReadOnlyList<long> Segments, bool IsOptedOut);
