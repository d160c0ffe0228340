using Sluice.Profiles.Rules.Evaluate;

namespace Sluice.Tests.Profiles;

/// <summary>A profile of a few realizations, each at its day before now.</summary>
internal sealed class AProfile : IProfileView
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 15, 30, 0, TimeSpan.Zero);

    private readonly List<(long Sid, int Day)> _realizations = [];

    private static int Today => (int)(Now - DateTimeOffset.UnixEpoch).TotalDays;

    public AProfile With(long sid, int times = 1, int daysAgo = 0)
    {
        _realizations.AddRange(Enumerable.Repeat((sid, Today - daysAgo), times));
        return this;
    }

    /// <summary>What a device graph sees of several devices: the counts of all of them.</summary>
    public static AProfile Merged(params AProfile[] devices)
    {
        var merged = new AProfile();
        foreach (var device in devices)
            merged._realizations.AddRange(device._realizations);
        return merged;
    }

    public bool Holds(long sid) => Realizations(sid) > 0;

    public long Realizations(long sid) => _realizations.LongCount(one => one.Sid == sid);

    public long RealizationsSince(long sid, int day) => _realizations.LongCount(one => one.Sid == sid && one.Day >= day);

    public long RealizationsUntil(long sid, int day) => _realizations.LongCount(one => one.Sid == sid && one.Day <= day);
}
