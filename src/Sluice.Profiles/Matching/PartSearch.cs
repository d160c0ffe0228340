namespace Sluice.Profiles.Matching;

/// <summary>
/// Finds which of many texts stand in a value, in one pass over it whatever their number (Aho and Corasick, 1975). Case does not matter.
/// </summary>
internal sealed class PartSearch
{
    internal const int Root = 0;
    internal const int None = -1;
    private const int FastLetters = 128;

    // A node is the beginning of some text; from it a letter leads on, or the search falls back to the longest end of it that is a beginning too.
    private readonly Dictionary<(int Node, char Letter), int> _next = [];
    private readonly int[] _fromRoot = new int[FastLetters];
    private readonly List<int> _fallBack = [Root];
    private readonly List<Posting[]> _found = [[]];
    private readonly List<int> _foundBefore = [None]; // the nearest fall-back at which a text ends

    private readonly bool _isBuilt;

    /// <param name="parts">The texts, each once whatever its case, and where they lead.</param>
    internal PartSearch(IEnumerable<(string Part, Posting[] Postings)> parts)
    {
        var children = new List<List<(char Letter, int Node)>> { new() };
        foreach (var (part, postings) in parts)
        {
            var node = Root;
            foreach (var letter in part)
            {
                var folded = Fold(letter);
                if (!_next.TryGetValue((node, folded), out var child))
                {
                    child = _fallBack.Count;
                    _next[(node, folded)] = child;
                    children[node].Add((folded, child));
                    children.Add([]);
                    _fallBack.Add(Root);
                    _found.Add([]);
                    _foundBefore.Add(None);
                }
                node = child;
            }
            _found[node] = [.. _found[node], .. postings];
        }

        // Shorter beginnings come first, so that what a node falls back to is known before it.
        var queue = new Queue<int>([Root]);
        while (queue.TryDequeue(out var node))
        {
            foreach (var (letter, child) in children[node])
            {
                _fallBack[child] = node == Root ? Root : Step(_fallBack[node], letter);
                var before = _fallBack[child];
                _foundBefore[child] = _found[before].Length > 0 ? before : _foundBefore[before];
                queue.Enqueue(child);
            }
        }
        for (var letter = 0; letter < FastLetters; letter++)
            _fromRoot[letter] = _next.GetValueOrDefault((Root, Fold((char)letter)), Root);
        _isBuilt = true;
    }

    /// <summary>One letter for all that differ in case only, as <see cref="StringComparison.OrdinalIgnoreCase"/> sees it.</summary>
    internal static char Fold(char letter) => char.ToUpperInvariant(letter);

    /// <summary>Goes on by a letter of the value.</summary>
    internal int Step(int node, char letter)
    {
        if (node == Root && letter < FastLetters && _isBuilt)
            return _fromRoot[letter];
        var folded = Fold(letter);
        int next;
        while (!_next.TryGetValue((node, folded), out next))
        {
            if (node == Root)
                return Root;
            node = _fallBack[node];
        }
        return next;
    }

    /// <summary>What ends at this letter of the value; then ask again for the shorter ones.</summary>
    internal Posting[] FoundAt(int node, out int shorter)
    {
        shorter = _foundBefore[node];
        return _found[node];
    }
}
