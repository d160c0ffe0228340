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

    /// <summary>Claims a key for a request; <paramref name="other"/> is the number of the request to wait for when the claim is undecided.</summary>
    /// <param name="key">What is claimed.</param>
    /// <param name="claimant">The request's number, not 0.</param>
    /// <param name="nowSeconds">What expires up to now does not count.</param>
    /// <param name="other">Another request's number, or 0.</param>
    internal Claim TryClaim(MessageKey key, int claimant, uint nowSeconds, out int other) => PartOf(key).TryClaim(key, claimant, nowSeconds, out other);

    /// <summary>Remembers a key until it expires, and ends a claim to it.</summary>
    internal void Store(MessageKey key, uint expiresSeconds, uint nowSeconds) => PartOf(key).Store(key, expiresSeconds, nowSeconds);

    /// <summary>Gives up a claim.</summary>
    internal void Release(MessageKey key) => PartOf(key).Release(key);

    private Part PartOf(MessageKey key) => _parts[key.High >> (64 - PartBits)];

    private struct Place
    {
        internal MessageKey Key;
        internal uint ExpiresSeconds; // 0 with no claimant: empty
        internal int Claimant;

        internal readonly bool IsEmpty => ExpiresSeconds == 0 && Claimant == 0;
    }

    private sealed class Part(int maxKeys)
    {
        private const int FirstPlaces = 64;
        private const uint LongExpired = 1; // keeps its place, so that what was put behind it is still found

        private readonly Lock _turn = new();
        private Place[] _places = new Place[FirstPlaces];

        internal int Count { get; private set; }

        internal long Forgotten { get; private set; }

        internal Claim TryClaim(MessageKey key, int claimant, uint nowSeconds, out int other)
        {
            lock (_turn)
            {
                ref var place = ref Take(key, nowSeconds);
                other = place.Claimant;
                if (other != 0)
                    return other == claimant ? Claim.Duplicate : Claim.Undecided;
                if (place.ExpiresSeconds > nowSeconds)
                    return Claim.Duplicate;
                place.Claimant = claimant;
                return Claim.Granted;
            }
        }

        internal void Store(MessageKey key, uint expiresSeconds, uint nowSeconds)
        {
            lock (_turn)
            {
                ref var place = ref Take(key, nowSeconds);
                place.Claimant = 0;
                place.ExpiresSeconds = Math.Max(expiresSeconds, place.ExpiresSeconds);
            }
        }

        internal void Release(MessageKey key)
        {
            lock (_turn)
            {
                ref var place = ref Find(key);
                place.Claimant = 0;
                place.ExpiresSeconds = Math.Max(LongExpired, place.ExpiresSeconds);
            }
        }

        // The key's place; a new one is counted, which may make room first. It must be given a claimant or an expiry.
        private ref Place Take(MessageKey key, uint nowSeconds)
        {
            ref var place = ref Find(key);
            if (!place.IsEmpty)
                return ref place;
            if (4 * (Count + 1) > 3 * _places.Length)
            {
                Clean(nowSeconds);
                place = ref Find(key);
            }
            Count++;
            place.Key = key;
            return ref place;
        }

        // The key's place, or the empty one where it belongs.
        private ref Place Find(MessageKey key)
        {
            var places = _places;
            var mask = places.Length - 1;
            var at = (int)key.Low & mask;
            while (!places[at].IsEmpty && places[at].Key != key)
                at = (at + 1) & mask;
            return ref places[at];
        }

        // Leaves out what has expired, and at the bound what would expire first; then there is room again. Claims stay.
        private void Clean(uint nowSeconds)
        {
            var live = _places.Where(place => place.Claimant != 0 || place.ExpiresSeconds > nowSeconds).ToArray();
            if (live.Length >= maxKeys)
            {
                Array.Sort(live, (one, other) => Worth(other).CompareTo(Worth(one)));
                var kept = Math.Max(maxKeys - maxKeys / 8, live.Count(place => place.Claimant != 0));
                Forgotten += live.Length - kept;
                live = live[..kept];
            }

            var places = FirstPlaces;
            while (places < 2 * (live.Length + 1))
                places *= 2;
            _places = new Place[places];
            Count = live.Length;
            foreach (var place in live)
                Find(place.Key) = place;
        }

        private static uint Worth(in Place place) => place.Claimant != 0 ? uint.MaxValue : place.ExpiresSeconds;
    }
}
