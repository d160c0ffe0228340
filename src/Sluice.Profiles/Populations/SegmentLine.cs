using System.Diagnostics;

namespace Sluice.Profiles.Populations;

/// <summary>Who is a member of a segment, who left it when, and which members were seen when.</summary>
internal sealed class SegmentLine : PopulationLine
{
    private readonly ProfileSet _members = new();
    private readonly LatestDays _seen = new();
    private readonly LatestDays _left = new(); // never a member

    internal override IEnumerable<(SetPlace Place, ProfileSet Set)> Sets =>
        _seen.Days.Select(one => (new SetPlace(SetRole.Seen, one.Day), one.Set))
            .Concat(_left.Days.Select(one => (new SetPlace(SetRole.Left, one.Day), one.Set)))
            .Append((new SetPlace(SetRole.Members), _members))
            .Append((new SetPlace(SetRole.SeenBefore), _seen.Before)).Append((new SetPlace(SetRole.LeftBefore), _left.Before));

    internal override ProfileSet SetAt(SetPlace place) => place.Role switch
    {
        SetRole.Members => _members,
        SetRole.Seen => _seen.On(place.Day),
        SetRole.SeenBefore => _seen.Before,
        SetRole.Left => _left.On(place.Day),
        SetRole.LeftBefore => _left.Before,
        _ => throw new UnreachableException(),
    };

    internal bool IsMember(int profile) => _members.Contains(profile);

    internal bool Enter(int profile) => _members.Add(profile) | _left.Remove(profile);

    /// <summary>The profile left; told again when the log is read, it may have left and entered since.</summary>
    internal bool Leave(int profile, int day) => _members.Remove(profile) | _left.Mark(profile, day);

    internal bool See(int profile, int day) => _seen.Mark(profile, day);

    internal override IEnumerable<ProfileSet> Fold(int today)
    {
        _seen.Trim(today);
        _left.Trim(today);
        return [.. _seen.Fold(today - WindowCounts.LongestDays).Concat(_left.Fold(today - WindowCounts.LongestDays)).Select(one => one.Set)];
    }

    internal override LineNumbers NumbersOn(int today)
    {
        var (instant, total) = (new WindowCounts(), new WindowCounts());
        foreach (var (day, set) in _seen.Days)
            instant.AddAged(today - day, set.Count);
        instant.AddToLifetime(_seen.Before.Count);
        total.AddAged(0, _members.Count);
        foreach (var (day, set) in _left.Days)
            total.AddToLonger(today - day, set.Count);
        total.AddToLifetime(_left.Before.Count);
        return new LineNumbers(instant, total, _members.Count);
    }

    internal override ProfileSet Current() => _members.Snapshot();

    internal override ProfileSet Since(int firstDay)
    {
        var all = _left.Since(firstDay);
        all.OrWith(_members);
        return all;
    }

    internal override void WriteHeader(StoredBytes to)
    {
    }

    internal override void ReadHeader(scoped ref ReadOnlySpan<byte> from)
    {
    }
}
