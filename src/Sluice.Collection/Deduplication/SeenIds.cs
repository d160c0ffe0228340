namespace Sluice.Collection.Deduplication;

/// <summary>How a claim to a key came out.</summary>
internal enum Claim
{
    /// <summary>Nobody had it: it is the claimant's until its messages are on disk or given up.</summary>
    Granted,

    /// <summary>It was stored before, or the claimant has it already.</summary>
    Duplicate,

    /// <summary>Another request has it and is not yet on disk: wait for that one's end and claim again.</summary>
    Undecided,
}

/// <summary>The keys that were stored, each until it expires, and those that requests under way have claimed.</summary>
/// <remarks>
/// Guarantees: of two claims to a key one is granted. Threading: any; 64 parts, a lock each.
/// Memory: 24 bytes a place, between a third and three quarters of the places used. At the bound the keys
/// that would expire first are forgotten, an eighth of a part at a time, and counted.
/// </remarks>
internal sealed class SeenIds
{
    private const int PartBits = 6;

    private readonly Part[] _parts;

    /// <param name="maxKeys">How many are remembered at most, at least 65,536.</param>
    internal SeenIds(long maxKeys)
    {
        var perPart = (int)Math.Min(maxKeys >> PartBits, 1 << 28);
        _parts = [.. Enumerable.Range(0, 1 << PartBits).Select(_ => new Part(perPart))];
    }

    /// <summary>How many keys are remembered, expired ones that no cleaning has met included.</summary>
    internal long Count => _parts.Sum(part => (long)part.Count);

    /// <summary>How many keys were forgotten before their time because the bound was met.</summary>
    internal long Forgotten => _parts.Sum(part => part.Forgotten);

    /// <summary>Claims a key for a request; <paramref name="other"/> is the request to wait for when the claim is undecided.</summary>
    internal Claim TryClaim(MessageKey key, RequestClaims claimant, uint nowSeconds, out RequestClaims? other) =>
        PartOf(key).TryClaim(key, claimant, nowSeconds, out other);

    /// <summary>Remembers a key until it expires, and ends a claim to it.</summary>
    internal void Store(MessageKey key, uint expiresSeconds, uint nowSeconds) => PartOf(key).Store(key, expiresSeconds, nowSeconds);

    /// <summary>Gives up a claim.</summary>
    internal void Release(MessageKey key) => PartOf(key).Release(key);

    private Part PartOf(MessageKey key) => _parts[key.High >> (64 - PartBits)];

    private struct Place
    {
        internal MessageKey Key;
        internal uint ExpiresSeconds; // 0: empty
    }

    private sealed class Part(int maxKeys)
    {
        private const int FirstPlaces = 64;

        private readonly Lock _turn = new();
        private readonly Dictionary<MessageKey, RequestClaims> _claims = [];
        private Place[] _places = new Place[FirstPlaces];

        internal int Count { get; private set; }

        internal long Forgotten { get; private set; }

        internal Claim TryClaim(MessageKey key, RequestClaims claimant, uint nowSeconds, out RequestClaims? other)
        {
            lock (_turn)
            {
                if (_claims.TryGetValue(key, out other))
                    return other == claimant ? Claim.Duplicate : Claim.Undecided;
                if (_places[Find(key)].ExpiresSeconds > nowSeconds)
                    return Claim.Duplicate;
                _claims.Add(key, claimant);
                return Claim.Granted;
            }
        }

        internal void Store(MessageKey key, uint expiresSeconds, uint nowSeconds)
        {
            lock (_turn)
            {
                _claims.Remove(key);
                var at = Find(key);
                if (_places[at].ExpiresSeconds == 0)
                {
                    if (4 * (Count + 1) > 3 * _places.Length)
                    {
                        Clean(nowSeconds);
                        at = Find(key);
                    }
                    Count++;
                }
                _places[at] = new Place { Key = key, ExpiresSeconds = Math.Max(expiresSeconds, _places[at].ExpiresSeconds) };
            }
        }

        internal void Release(MessageKey key)
        {
            lock (_turn)
                _claims.Remove(key);
        }

        // The key's place, or the empty one where it belongs.
        private int Find(MessageKey key)
        {
            var mask = _places.Length - 1;
            var at = (int)key.Low & mask;
            while (_places[at].ExpiresSeconds != 0 && _places[at].Key != key)
                at = (at + 1) & mask;
            return at;
        }

        // Leaves out what has expired, and at the bound what would expire first; then there is room again.
        private void Clean(uint nowSeconds)
        {
            var live = _places.Where(place => place.ExpiresSeconds > nowSeconds).ToArray();
            if (live.Length >= maxKeys)
            {
                Array.Sort(live, (one, other) => other.ExpiresSeconds.CompareTo(one.ExpiresSeconds));
                var kept = maxKeys - maxKeys / 8;
                Forgotten += live.Length - kept;
                live = live[..kept];
            }

            var places = FirstPlaces;
            while (places < 2 * (live.Length + 1))
                places *= 2;
            _places = new Place[places];
            Count = live.Length;
            foreach (var place in live)
                _places[Find(place.Key)] = place;
        }
    }
}
