using System.Text.Json;
using Sluice.Audience.Engine;
using Sluice.Journal;
using Sluice.Profiles.Engine;
using Sluice.Profiles.Matching;
using Sluice.Profiles.Rules;
using Sluice.Profiles.State;

namespace Sluice.Audience.Backfills;

/// <summary>Asks one trait's rule of the events in a stretch of history, as the engine would have asked it when they came in: first of the lake's, then of the journal's.</summary>
/// <remarks>Where the one ends and the other begins is decided once, when it is opened; a hold keeps the journal from there on.</remarks>
internal sealed class HistoryScan : IDisposable
{
    private const int SecondsOfDay = 86_400;

    private readonly LakeReader? _lake;
    private readonly JournalReader _journal;
    private readonly RetentionHold _hold;
    private readonly EventReader _events;
    private readonly TraitMatcher _matcher;
    private readonly long? _source;
    private readonly PersonEvent _one = new();
    private readonly long _to;
    private bool _isWindowOpen;
    private bool _isLakeDone;

    /// <param name="history">What to look at.</param>
    /// <param name="name">Names the scan among the readers of the journal.</param>
    /// <param name="from">The first offset.</param>
    /// <param name="to">The offset before which to end.</param>
    /// <param name="events">Reads records.</param>
    /// <param name="rule">What to ask.</param>
    /// <param name="source">The trait's data source; null when that does not matter.</param>
    internal HistoryScan(History history, string name, long from, long to, EventReader events, TraitRule rule, long? source)
    {
        _hold = history.Hold(name, from);
        (JournalFrom, KeptFrom) = (_hold.Offset, history.Journal.StartOffset);
        _lake = history.ReadLake(from, LakeTo(to));
        _isLakeDone = _lake is null;
        _journal = history.Journal.OpenReader(JournalFrom, looksOn: true);
        (_to, _events, _source) = (to, events, source);
        _matcher = new TraitMatcher(TraitIndex.Of([(1, rule)], TextCase.Ignored));
    }

    /// <summary>The offset from which on the journal is read, and with it event calls; before it, the lake is.</summary>
    internal long JournalFrom { get; }

    /// <summary>Where the journal began when the scan was opened: what landed before is in the lake only.</summary>
    internal long KeptFrom { get; }

    /// <summary>How far it is.</summary>
    internal long Position => Math.Min(_isLakeDone ? _journal.Position : _lake!.Position, _to);

    /// <summary>Events looked at.</summary>
    internal long Events { get; private set; }

    /// <summary>Realizations found.</summary>
    internal long Realizations { get; private set; }

    /// <summary>What was found since <see cref="Take"/>.</summary>
    internal Dictionary<ProfileKey, SortedDictionary<int, BackfilledDay>> Found { get; } = [];

    internal bool IsDone { get; private set; }

    /// <summary>Looks at some records, until there are many profiles to tell of.</summary>
    /// <exception cref="LakeDamagedException">A file of the lake is damaged.</exception>
    internal async Task GoAsync(int records, int profiles, CancellationToken cancellation)
    {
        for (; records > 0 && Found.Count < profiles && !_isLakeDone; records--)
        {
            if (!_isWindowOpen)
                _isLakeDone = !(_isWindowOpen = await _lake!.OpenNextAsync(cancellation));
            else if (_lake!.TryRead())
                LookInLake();
            else
                _isWindowOpen = false;
        }
        if (!_isLakeDone)
            return;
        for (; records > 0 && Found.Count < profiles; records--)
        {
            if (_journal.Position >= _to || !_journal.TryRead(out var record) || record.Offset >= _to)
            {
                IsDone = true;
                return;
            }
            LookInJournal(record);
        }
    }

    /// <summary>Lets the journal go of what has been read of it.</summary>
    internal void Release()
    {
        if (_isLakeDone && _journal.Position > _hold.Offset)
            _hold.Advance(_journal.Position);
    }

    /// <summary>What was found, which is then forgotten.</summary>
    internal IReadOnlyList<BackfilledProfile> Take()
    {
        var taken = Found.Select(one => new BackfilledProfile(one.Key.Namespace, one.Key.Id, [.. one.Value.Values])).ToList();
        Found.Clear();
        return taken;
    }

    public void Dispose()
    {
        _lake?.Dispose();
        _journal.Dispose();
        _hold.Dispose();
    }

    private long LakeTo(long to) => Math.Min(to, JournalFrom);

    private void LookInLake()
    {
        _one.Clear();
        var message = _lake!.Current;
        try
        {
            if (_events.TryReadLanded(message.Header, message.Entity, _one))
                Look();
        }
        catch (JsonException)
        {
            throw message.Damaged();
        }
    }

    private void LookInJournal(in JournalRecord record)
    {
        _one.Clear();
        if (_events.TryReadMessage(record, _one) || _events.TryReadCall(record, _one, out _))
            Look();
    }

    private void Look()
    {
        Events++;
        if (_one.OnlySources.Count > 0 && (_source is not { } source || !_one.OnlySources.Contains(source)))
            return;
        if (_one.Target is not { } target || _matcher.Match(_one.Signals).Length == 0)
            return;
        Realizations++;
        var (day, second) = Math.DivRem(_one.TimeMs / 1000, SecondsOfDay);
        if (!Found.TryGetValue(target, out var days))
            Found[target] = days = [];
        days[(int)day] = days.TryGetValue((int)day, out var known)
            ? known with { Count = known.Count + 1, Last = (int)second } : new BackfilledDay((int)day, 1, (int)second, (int)second);
    }
}
