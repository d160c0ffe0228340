using Sluice.Journal;

namespace Sluice.Tests.Journal;

/// <summary>What a workload was promised for each append, and whether a journal found after a crash keeps it.</summary>
internal sealed class CrashLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, AppendResult> _promised = [];
    private readonly HashSet<string> _refused = [];
    private int _next;

    internal int Promised => _promised.Count;

    internal string NextName() => $"append{Interlocked.Increment(ref _next)}";

    internal void Returned(string name, AppendResult result)
    {
        lock (_lock)
            _promised.Add(name, result);
    }

    internal void Refused(string name)
    {
        lock (_lock)
            _refused.Add(name);
    }

    /// <summary>The records of an append say which of how many they are.</summary>
    internal static string[] Records(string name, int count, int padding) =>
        [.. Enumerable.Range(0, count).Select(i => $"{name}/{i}/{count}/{new string('p', padding)}")];

    /// <summary>Checks everything promised so far; what is found beyond that counts as promised from now on, for readers have seen it.</summary>
    internal void Verify(EventJournal journal)
    {
        var found = new Dictionary<string, AppendResult>();
        var lastTime = 0L;
        using var reader = journal.OpenReader(0);
        while (reader.TryRead(out var record))
        {
            Assert.True(record.TimeMs >= lastTime, "a time decreased");
            lastTime = record.TimeMs;
            var parts = record.Text().Split('/');
            var (name, index, count) = (parts[0], int.Parse(parts[1]), int.Parse(parts[2]));
            if (index == 0)
                Assert.True(found.TryAdd(name, new AppendResult(record.Offset, record.NextOffset, record.TimeMs)), $"{name} is there twice");
            for (var i = 1; i < count; i++)
            {
                Assert.True(reader.TryRead(out record), $"{name} is not whole");
                Assert.StartsWith($"{name}/{i}/", record.Text(), StringComparison.Ordinal);
            }

            found[name] = found[name] with { NextOffset = record.NextOffset };
        }

        foreach (var (name, result) in _promised)
        {
            Assert.True(found.ContainsKey(name), $"{name} was acknowledged and is lost");
            Assert.Equal(result, found[name]);
        }

        Assert.DoesNotContain(found.Keys, _refused.Contains);
        foreach (var (name, result) in found)
            _promised[name] = result;
    }
}
