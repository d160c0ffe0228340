namespace Sluice.Profiles.Populations;

/// <summary>New sets and numbers out of sets, chunk by chunk; the sets themselves stay as they are.</summary>
internal static class SetAlgebra
{
    /// <summary>Those in both.</summary>
    internal static ProfileSet And(ProfileSet one, ProfileSet other)
    {
        var both = new ProfileSet();
        foreach (var chunk in one.Chunks)
        {
            if (other.TryGetChunk(chunk.Key, out var match))
                both.Put(ChunkAlgebra.And(chunk, match));
        }
        return both;
    }

    /// <summary>Those in either.</summary>
    internal static ProfileSet Or(ProfileSet one, ProfileSet other)
    {
        var either = new ProfileSet();
        foreach (var chunk in one.Chunks)
            either.Put(other.TryGetChunk(chunk.Key, out var match) ? ChunkAlgebra.Or(chunk, match) : chunk.Copy());
        foreach (var chunk in other.Chunks)
        {
            if (!one.TryGetChunk(chunk.Key, out _))
                either.Put(chunk.Copy());
        }
        return either;
    }

    /// <summary>Those in one but not in the other.</summary>
    internal static ProfileSet AndNot(ProfileSet one, ProfileSet other)
    {
        var rest = new ProfileSet();
        foreach (var chunk in one.Chunks)
            rest.Put(other.TryGetChunk(chunk.Key, out var match) ? ChunkAlgebra.AndNot(chunk, match) : chunk.Copy());
        return rest;
    }

    /// <summary>How many are in both, without a set of them.</summary>
    internal static long CountBoth(ProfileSet one, ProfileSet other)
    {
        long count = 0;
        foreach (var chunk in one.Chunks)
        {
            if (other.TryGetChunk(chunk.Key, out var match))
                count += ChunkAlgebra.CountBoth(chunk, match);
        }
        return count;
    }

    /// <summary>How many are in any, with room for one chunk.</summary>
    internal static long CountAny(IReadOnlyList<ProfileSet> sets)
    {
        var cursors = new int[sets.Count];
        var bits = new ulong[SetChunk.WordCount];
        long count = 0;
        while (NextKey(sets, cursors) is { } key)
            count += CountAny(sets, cursors, key, bits);
        return count;
    }

    private static ushort? NextKey(IReadOnlyList<ProfileSet> sets, int[] cursors)
    {
        ushort? next = null;
        for (var index = 0; index < cursors.Length; index++)
        {
            var chunks = sets[index].Chunks;
            if (cursors[index] < chunks.Length && (next is null || chunks[cursors[index]].Key < next))
                next = chunks[cursors[index]].Key;
        }
        return next;
    }

    private static int CountAny(IReadOnlyList<ProfileSet> sets, int[] cursors, ushort key, ulong[] bits)
    {
        Array.Clear(bits);
        var (found, alone) = (0, 0);
        for (var index = 0; index < cursors.Length; index++)
        {
            var chunks = sets[index].Chunks;
            if (cursors[index] == chunks.Length || chunks[cursors[index]].Key != key)
                continue;
            ref readonly var chunk = ref chunks[cursors[index]++];
            (found, alone) = (found + 1, chunk.Count);
            chunk.OrInto(bits);
        }
        if (found == 1)
            return alone;
        return SetChunk.CountOf(bits);
    }
}
