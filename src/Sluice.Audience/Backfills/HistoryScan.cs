using Sluice.Audience.Engine;
using Sluice.Journal;
using Sluice.Profiles.Engine;
using Sluice.Profiles.Matching;
using Sluice.Profiles.Rules;
using Sluice.Profiles.State;

namespace Sluice.Audience.Backfills;

/// <summary>Asks one trait's rule of the events in a stretch of the journal, as the engine would have asked it when they came in.</summary>
internal sealed class HistoryScan : IDisposable
{
    private const int SecondsOfDay = 86_400;

    private readonly JournalReader _reader;
    private readonly EventReader _events;
    private readonly TraitMatcher _matcher;
    private readonly long? _source;
    private readonly PersonEvent _one = new();
    private readonly long _to;

    /// <param name="journal">Where events lie.</param>
    /// <param name="from">The first offset.</param>
    /// <param name="to">The offset before which to end.</param>
    /// <param name="events">Reads records.</param>
    /// <param name="rule">What to ask.</param>
    /// <param name="source">The trait's data source; null when that does not matter.</param>
    /// <exception cref="JournalOffsetGoneException">The stretch begins before what is kept.</exception>
    internal HistoryScan(EventJournal journal, long from, long to, EventReader events, TraitRule rule, long? source)
    {
        _reader = journal.OpenReader(from, looksOn: true);
        (_to, _events, _source) = (to, events, source);
        _matcher = new TraitMatcher(TraitIndex.Of([(1, rule)], TextCase.Ignored));
    }

    /// <summary>How far it is.</summary>
    internal long Position => Math.Min(_reader.Position, _to);

    /// <summary>Events looked at.</summary>
    internal long Events { get; private set; }

    /// <summary>Realizations found.</summary>
    internal long Realizations { get; private set; }

    /// <summary>What was found since <see cref="Take"/>.</summary>
    internal Dictionary<ProfileKey, SortedDictionary<int, BackfilledDay>> Found { get; } = [];

    internal bool IsDone { get; private set; }

    /// <summary>Looks at some records, until there are many profiles to tell of.</summary>
    internal void Go(int records, int profiles)
    {
        for (; records > 0 && Found.Count < profiles; records--)
        {
            if (_reader.Position >= _to || !_reader.TryRead(out var record) || record.Offset >= _to)
            {
                IsDone = true;
                return;
            }
            Look(record);
        }
    }

    /// <summary>What was found, which is then forgotten.</summary>
    internal IReadOnlyList<BackfilledProfile> Take()
    {
        var taken = Found.Select(one => new BackfilledProfile(one.Key.Namespace, one.Key.Id, [.. one.Value.Values])).ToList();
        Found.Clear();
        return taken;
    }

    public void Dispose() => _reader.Dispose();

    private void Look(in JournalRecord record)
    {
        _one.Clear();
        if (!_events.TryReadMessage(record, _one) && !_events.TryReadCall(record, _one, out _))
            return;
        Events++;
        if (_one.OnlySources.Count > 0 && (_source is not { } source || !_one.OnlySources.Contains(source)))
            return;
        if (_one.Target is not { } target || _matcher.Match(_one.Signals).Length == 0)
            return;
        Realizations++;
        var (day, second) = Math.DivRem(record.TimeMs / 1000, SecondsOfDay);
        if (!Found.TryGetValue(target, out var days))
            Found[target] = days = [];
        days[(int)day] = days.TryGetValue((int)day, out var known)
            ? known with { Count = known.Count + 1, Last = (int)second } : new BackfilledDay((int)day, 1, (int)second, (int)second);
    }
}
