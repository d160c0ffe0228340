using Sluice.Schemas.Text;

namespace Sluice.Schemas.Validate;

/// <summary>
/// The names met so far in the open objects, innermost last; finds a repeated name when its object closes.
/// </summary>
/// <remarks>Takes n log n time for n names of one object, whatever they are: the hash is keyed. Storage grows and is kept.</remarks>
internal sealed class KeyLedger
{
    // Up to here comparing all pairs is faster than sorting.
    private const int FewNames = 12;

    private ulong[] _hashes = new ulong[64];
    private long[] _places = new long[64];

    /// <summary>The number of names held; an object remembers it when it opens.</summary>
    public int Count { get; private set; }

    /// <summary>The number of names there is storage for.</summary>
    public int Capacity => _hashes.Length;

    /// <summary>Adds the name whose raw content, between the quotes, starts at a position.</summary>
    public void Add(ulong hash, int start, int length)
    {
        if (Count == _hashes.Length)
        {
            Array.Resize(ref _hashes, Count * 2);
            Array.Resize(ref _places, Count * 2);
        }

        _hashes[Count] = hash;
        _places[Count++] = (long)start << 32 | (uint)length;
    }

    /// <summary>Forgets the names added since the object opened.</summary>
    public void TruncateTo(int count) => Count = count;

    /// <summary>Whether two of the names since <paramref name="from"/> are the same; if so, the raw content of one of them.</summary>
    public bool TryFindRepeated(ReadOnlySpan<byte> json, int from, out ReadOnlySpan<byte> name)
    {
        var hashes = _hashes.AsSpan(from, Count - from);
        var places = _places.AsSpan(from, Count - from);
        bool sorted = hashes.Length > FewNames;
        if (sorted)
            hashes.Sort(places);

        for (int i = 1; i < hashes.Length; i++)
        {
            for (int j = i - 1; j >= 0; j--)
            {
                if (hashes[i] != hashes[j])
                {
                    if (sorted)
                        break;
                    continue;
                }

                name = Content(json, places[i]);
                if (EscapeReader.Same(name, Content(json, places[j])))
                    return true;
            }
        }

        name = default;
        return false;
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> json, long place) => json.Slice((int)(place >> 32), (int)(uint)place);
}
