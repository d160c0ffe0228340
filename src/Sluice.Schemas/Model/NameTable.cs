using Sluice.Schemas.Text;

namespace Sluice.Schemas.Model;

/// <summary>Finds one of a fixed set of names by its bytes: open addressing, at most half full.</summary>
internal sealed class NameTable
{
    private readonly byte[][] _names;
    private readonly ulong[] _hashes;
    private readonly int[] _slots; // index + 1; 0 is free

    public NameTable(byte[][] names)
    {
        _names = names;
        _hashes = new ulong[names.Length];
        _slots = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)names.Length * 2 + 1)];
        for (int i = 0; i < names.Length; i++)
        {
            _hashes[i] = KeyHash.Of(names[i]);
            int slot = (int)_hashes[i] & (_slots.Length - 1);
            while (_slots[slot] != 0)
                slot = (slot + 1) & (_slots.Length - 1);
            _slots[slot] = i + 1;
        }
    }

    /// <summary>The name's place in the set; -1 when it is not there.</summary>
    /// <param name="hash">Its <see cref="KeyHash"/>.</param>
    public int Find(ReadOnlySpan<byte> name, ulong hash)
    {
        var slots = _slots;
        int slot = (int)hash & (slots.Length - 1);
        while (slots[slot] is var found && found != 0)
        {
            if (_hashes[found - 1] == hash && name.SequenceEqual(_names[found - 1]))
                return found - 1;
            slot = (slot + 1) & (slots.Length - 1);
        }

        return -1;
    }
}
