namespace Sluice.Profiles.Rules;

/// <summary>
/// The keys and values of one event or one line of a file, that trait rules look at. A key may have several values.
/// Reusable after <see cref="Clear"/>; for one thread at a time, or for many that only read.
/// </summary>
/// <remarks>
/// Values are percent-decoded, and a list such as <c>k=a,b</c> is taken apart, before they come here (audience contract,
/// section 4.1). The size of the event bounds their number; nothing here does.
/// </remarks>
public sealed class Signals
{
    internal const int None = -1;

    // Keys that differ in case only share a chain; whoever tells case apart compares on the way along it.
    private readonly Dictionary<string, int> _chains = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Entry> _entries = [];

    /// <summary>How many values there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds one value of a key.</summary>
    public void Add(string key, string value)
    {
        int next = _chains.GetValueOrDefault(key, None);
        _chains[key] = _entries.Count;
        _entries.Add(new Entry(key, value, next));
    }

    /// <summary>Forgets all values, and keeps the room they had.</summary>
    public void Clear()
    {
        _chains.Clear();
        _entries.Clear();
    }

    /// <summary>The newest value of a key, or of one that differs in case only; <see cref="None"/> without any.</summary>
    internal int Find(string key) => _chains.GetValueOrDefault(key, None);

    /// <summary>A value that <see cref="Find"/> or another entry's <see cref="Entry.Next"/> led to.</summary>
    internal Entry At(int index) => _entries[index];

    /// <summary>One value, and where the one before it with the same key is.</summary>
    internal readonly record struct Entry(string Key, string Value, int Next);
}
