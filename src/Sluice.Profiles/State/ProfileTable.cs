namespace Sluice.Profiles.State;

/// <summary>The profiles: hot ones in memory within a budget, all of them in the store. For the applier's thread; whoever else looks holds its lock.</summary>
internal sealed class ProfileTable(ProfileStore store, long budgetBytes)
{
    private const int KeptRatio = 10; // after making room, a tenth of the budget is free
    private const int TurnsBetweenLooks = 64;
    private const int MaxAbsent = 1_000_000;

    private readonly Dictionary<int, Profile> _byNumber = [];
    private readonly Dictionary<ProfileKey, Profile> _byKey = [];
    private readonly HashSet<ProfileKey> _absent = []; // asked for, and known not to be there
    private readonly List<Profile> _dirty = [];
    private readonly HashSet<int> _gone = []; // removed, and perhaps still in the store
    private HashSet<int> _goneInCommit = [];
    private long _turn;
    private int _lookAgainAt; // how many profiles may be there before their size is added up again
    private HashSet<int>? _notFound; // while somebody looks ahead

    /// <summary>One more than the highest number given out.</summary>
    internal int NextNumber { get; private set; }

    /// <summary>Changed since the last commit.</summary>
    internal int DirtyCount => _dirty.Count;

    internal int HotCount => _byNumber.Count;

    /// <summary>Whether some may be in the store only.</summary>
    internal bool HasCold => _byNumber.Count < NextNumber;

    /// <summary>How often a profile was read in the middle of something, since nobody had foreseen that it is needed.</summary>
    internal long ReadsUnforeseen { get; private set; }

    internal void Begin(int nextNumber) => NextNumber = nextNumber;

    /// <summary>The ids among some that are neither in memory nor known to be unknown.</summary>
    internal List<ProfileKey> MissingOf(IEnumerable<ProfileKey> keys) => [.. keys.Where(key => !_byKey.ContainsKey(key) && !_absent.Contains(key))];

    /// <summary>The profiles among some that are not in memory.</summary>
    internal List<int> MissingOf(IEnumerable<int> numbers) => [.. numbers.Where(number => !_byNumber.ContainsKey(number) && !IsGone(number)).Distinct()];

    /// <summary>Has somebody look around without the store: whom they would have found there is noted, and is nobody meanwhile.</summary>
    /// <returns>The numbers of those who were not in memory.</returns>
    internal IReadOnlyCollection<int> LookAhead(Action look)
    {
        var notFound = _notFound = [];
        try
        {
            look();
        }
        finally
        {
            _notFound = null;
        }
        return notFound;
    }

    /// <summary>Takes in what the store was asked for beforehand.</summary>
    /// <param name="found">What it knew.</param>
    /// <param name="asked">What it was asked.</param>
    internal void TakeIn(IEnumerable<Profile> found, IEnumerable<ProfileKey> asked)
    {
        foreach (var profile in found)
        {
            if (!IsGone(profile.Number))
                Keep(profile);
        }
        _absent.UnionWith(asked.Where(key => !_byKey.ContainsKey(key)));
    }

    /// <summary>A profile that is there; null otherwise.</summary>
    internal Profile? Find(ProfileKey key)
    {
        if (_byKey.TryGetValue(key, out var profile))
            return Use(profile);
        if (_absent.Contains(key))
            return null;
        // Not foreseen when the batch was read: better slow than wrong.
        ReadsUnforeseen++;
        if (store.ReadAsync([key], CancellationToken.None).GetAwaiter().GetResult() is not [var read] || IsGone(read.Number))
        {
            _absent.Add(key);
            return null;
        }
        return Keep(read);
    }

    /// <summary>A profile by its number; null when it is gone.</summary>
    internal Profile? Find(int number)
    {
        if (_byNumber.TryGetValue(number, out var profile))
            return Use(profile);
        if (IsGone(number) || _notFound?.Add(number) is not null)
            return null;
        ReadsUnforeseen++;
        return store.ReadAsync([number], CancellationToken.None).GetAwaiter().GetResult() is [var read] ? Keep(read) : null;
    }

    /// <summary>A profile by its id, if it is in memory.</summary>
    internal Profile? FindHot(ProfileKey key) => _byKey.GetValueOrDefault(key);

    /// <summary>A profile by its number, if it is in memory.</summary>
    internal Profile? FindHot(int number) => _byNumber.GetValueOrDefault(number);

    internal Profile Add(ProfileKey key)
    {
        _absent.Remove(key);
        var profile = Keep(new Profile(NextNumber++, key));
        Change(profile);
        return profile;
    }

    /// <summary>Marks a profile for the next commit.</summary>
    internal void Change(Profile profile)
    {
        if (profile.IsDirty)
            return;
        profile.IsDirty = true;
        _dirty.Add(profile);
    }

    /// <summary>Forgets a profile for good with the next commit.</summary>
    internal void Remove(Profile profile)
    {
        profile.IsGone = true;
        Change(profile);
        _byNumber.Remove(profile.Number);
        _byKey.Remove(profile.Key);
        _absent.Add(profile.Key);
        _gone.Add(profile.Number);
    }

    /// <summary>What changed since the last call, as rows; the profiles count as kept from here on.</summary>
    internal List<ProfileRow> TakeDirty()
    {
        var rows = new List<ProfileRow>(_dirty.Count);
        foreach (var profile in _dirty)
        {
            profile.IsDirty = false;
            rows.Add(new ProfileRow(profile.Number, profile.Key.Namespace, profile.Key.Id, profile.NextDay, profile.IsGone ? null : ProfileCodec.Write(profile)));
        }
        _dirty.Clear();
        _goneInCommit = [.. _gone];
        _gone.Clear();
        return rows;
    }

    /// <summary>What was taken last is in the store now. Lets the profiles go that were not used for longest, until the rest is within the budget.</summary>
    internal void Settle()
    {
        _goneInCommit.Clear();
        if (_absent.Count > MaxAbsent)
            _absent.Clear();
        _turn++;
        if (_byNumber.Count < _lookAgainAt && _turn % TurnsBetweenLooks != 0)
            return;
        _lookAgainAt = _byNumber.Count + Math.Max(1_000, _byNumber.Count / KeptRatio);
        long size = 0;
        foreach (var profile in _byNumber.Values)
            size += profile.Footprint;
        if (size <= budgetBytes)
            return;
        foreach (var profile in _byNumber.Values.Where(profile => !profile.IsDirty).OrderBy(profile => profile.UsedAt).ToList())
        {
            if (size <= budgetBytes - budgetBytes / KeptRatio)
                return;
            size -= profile.Footprint;
            _byNumber.Remove(profile.Number);
            _byKey.Remove(profile.Key);
        }
    }

    private bool IsGone(int number) => _gone.Contains(number) || _goneInCommit.Contains(number);

    private Profile Keep(Profile profile)
    {
        if (!_byNumber.TryAdd(profile.Number, profile))
            return Use(_byNumber[profile.Number]); // read again while it was here: what is here is newer
        _byKey[profile.Key] = profile;
        return Use(profile);
    }

    private Profile Use(Profile profile)
    {
        profile.UsedAt = _turn;
        return profile;
    }
}
