namespace Sluice.Profiles.Populations;

/// <summary>The facts that are not stored yet, in pieces of bounded size.</summary>
internal sealed class FactLog
{
    private const int PieceBytes = 256 * 1024;

    private readonly List<byte[]> _full = [];
    private readonly StoredBytes _open = new();
    private PopulationFact _before;

    internal void Add(in PopulationFact fact)
    {
        fact.Write(_open, _before);
        _before = fact;
        if (_open.Length >= PieceBytes)
            Close();
    }

    /// <summary>All that is not stored; facts that come later are not in it.</summary>
    internal IReadOnlyList<byte[]> Take()
    {
        if (!_open.IsEmpty)
            Close();
        return [.. _full];
    }

    /// <summary>Drops the first pieces, which are stored now.</summary>
    internal void Drop(int pieces) => _full.RemoveRange(0, pieces);

    /// <summary>Reads the facts of a piece.</summary>
    /// <exception cref="InvalidDataException">It is not as it was written.</exception>
    internal static List<PopulationFact> Read(ReadOnlySpan<byte> piece)
    {
        var from = StoredBytes.Open(piece);
        var facts = new List<PopulationFact>();
        for (PopulationFact before = default; !from.IsEmpty; facts.Add(before))
            before = PopulationFact.Read(ref from, before);
        return facts;
    }

    private void Close()
    {
        _full.Add(_open.Seal());
        _open.Clear();
        _before = default;
    }
}
