namespace Sluice.Audience.Events.Ids;

/// <summary>Ids that were seen abnormally often within one second, which are ignored from then on (contract audience.md 5.3).</summary>
/// <remarks>
/// Bounded: ids are counted in a fixed number of slots, of which two ids may want the same: then only one is counted, so nobody is denied who was
/// not seen too often. The oldest of <see cref="MaxDenied"/> denied ids is forgotten for the next. A restart forgets all.
/// Threading: any number of threads.
/// </remarks>
/// <param name="ratePerSecond">How often an id may be seen; 0 for no limit.</param>
/// <param name="clock">Says which second it is.</param>
internal sealed class DenyList(int ratePerSecond, TimeProvider clock)
{
    private const int Slots = 1 << 14;
    internal const int MaxDenied = 10_000;

    private readonly Slot[] _slots = new Slot[Slots];
    private readonly HashSet<string> _denied = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly Lock _lock = new();

    /// <summary>Counts an id; true when it is to be ignored.</summary>
    internal bool Denies(string dataSource, string id)
    {
        if (ratePerSecond == 0)
            return false;
        var key = $"{dataSource}:{id}"; // a data source is digits, so no two meet
        var second = clock.GetUtcNow().ToUnixTimeSeconds();
        lock (_lock)
        {
            if (_denied.Contains(key))
                return true;
            ref var slot = ref _slots[(uint)key.GetHashCode(StringComparison.Ordinal) % Slots];
            if (slot.Second != second)
                slot = new Slot { Key = key, Second = second };
            if (slot.Key != key || ++slot.Count <= ratePerSecond)
                return false;
            if (_order.Count == MaxDenied)
                _denied.Remove(_order.Dequeue());
            _denied.Add(key);
            _order.Enqueue(key);
            return true;
        }
    }

    private struct Slot
    {
        internal string? Key;
        internal long Second;
        internal int Count;
    }
}
