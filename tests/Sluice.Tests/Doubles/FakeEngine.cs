using System.Globalization;
using System.Text;
using Sluice.Audience;
using Sluice.Audience.Catalogue;
using Sluice.Audience.Events;
using Sluice.Audience.Events.Ids;
using Sluice.Audience.Traits;
using Sluice.Journal.Records;
using Sluice.Profiles.Matching;
using Sluice.Profiles.Rules;

namespace Sluice.Tests.Doubles;

/// <summary>
/// An engine of one page that remembers traits per device and applies records at once: what stands behind the event calls in tests of their door. A
/// person is in a segment whose rule names a trait that the device has.
/// </summary>
internal sealed class FakeEngine
{
    private readonly Dictionary<UInt128, HashSet<long>> _traits = [];
    private readonly HashSet<string> _optedOut = [];
    private readonly Lock _lock = new();
    private readonly List<byte[]> _records = [];

    /// <summary>Every record, in order.</summary>
    internal IReadOnlyList<byte[]> Records
    {
        get { lock (_lock) return [.. _records]; }
    }

    /// <summary>What the next records come to instead: null for too slow, or an exception.</summary>
    internal Func<EventOutcome?>? Instead { get; set; }

    internal EventEngine Of(AudienceEnvironment environment) => new(
        (record, _, _) => Task.FromResult(Apply(environment.Catalogue.Snapshot, record.Span)),
        signals => Matched(environment.Catalogue.Snapshot, signals, IsPrivate));

    /// <summary>The last record, which must be an event's: its parts as texts.</summary>
    internal RecordedEvent LastEvent() => RecordedEvent.Read(Records[^1]);

    private EventOutcome? Apply(CatalogueSnapshot catalogue, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            _records.Add(payload.ToArray());
            if (Instead is { } instead)
                return instead();
            if (ProfileCommandRecord.TryRead(payload, out var order))
                return Obey(order);
            Assert.True(EventRecord.TryRead(payload, out _));
            var read = RecordedEvent.Read(payload.ToArray());
            if (read.Keys.Any(_optedOut.Contains))
                return new EventOutcome([], [], IsOptedOut: true, []);
            return Realize(catalogue, read);
        }
    }

    private EventOutcome Realize(CatalogueSnapshot catalogue, RecordedEvent read)
    {
        var signals = new Signals();
        foreach (var (key, value) in read.Signals)
            signals.Add(key, value);
        var realized = Matched(catalogue, signals, rule => !IsPrivate(rule)).Concat(read.Private)
            .Where(sid => !read.Marks.HasFlag(EventMarks.Restricted) || read.Restriction.Contains(catalogue.Find(Kinds.Traits, sid)!.DataSourceId))
            .Concat(read.Direct).Distinct().Order().ToList();
        var held = _traits.TryGetValue(read.Device, out var known) ? known : _traits[read.Device] = [];
        held.UnionWith(realized);
        held.ExceptWith(read.Removed);
        return new EventOutcome(realized, [.. catalogue.Table(Kinds.Segments).Rows.Where(one => one.Traits.Any(held.Contains)).Select(one => one.Id)], false, []);
    }

    private EventOutcome Obey(in ProfileCommandRecord order)
    {
        var keys = new List<string>();
        if (order.HasDevice)
            keys.Add($"0:{DeviceIds.Format(order.Device)}");
        foreach (var id in order.Identities)
            keys.Add($"{Encoding.UTF8.GetString(id.NamespaceCode)}:{Encoding.UTF8.GetString(id.Value)}");
        if (order.Command == ProfileCommand.OptOut)
            _optedOut.UnionWith(keys);
        return new EventOutcome([], [], order.Command == ProfileCommand.Link && keys.Any(_optedOut.Contains), []);
    }

    private static bool IsPrivate(TraitRule rule) => rule.Keys.Any(key => key.StartsWith("p_", StringComparison.OrdinalIgnoreCase));

    private static long[] Matched(CatalogueSnapshot catalogue, Signals signals, Func<TraitRule, bool> counts)
    {
        var rules = new List<(long, TraitRule)>();
        foreach (var trait in catalogue.Table(Kinds.Traits).Rows.Where(one => one.TraitType == Trait.RuleBased))
        {
            if (TraitRule.TryParse(trait.TraitRule!, out var rule, out _) && counts(rule))
                rules.Add((trait.Id, rule));
        }
        return new TraitMatcher(TraitIndex.Of(rules, TextCase.Ignored)).Match(signals).ToArray();
    }
}

/// <summary>An event's record as texts.</summary>
internal sealed record RecordedEvent(
    EventMarks Marks, UInt128 Device, ulong Tid, IReadOnlyList<string> Ids, IReadOnlyList<(string Key, string Value)> Signals,
    long[] Direct, long[] Removed, long[] Private, long[] Restriction)
{
    /// <summary>The device and the declared ids, by which an opt-out knows them.</summary>
    internal IEnumerable<string> Keys => Ids.Select(id => id[..id.LastIndexOf(':')]).Append($"0:{DeviceIds.Format(Device)}");

    internal static RecordedEvent Read(byte[] payload)
    {
        Assert.True(EventRecord.TryRead(payload, out var record));
        var (ids, signals) = (new List<string>(), new List<(string, string)>());
        foreach (var id in record.Identities)
            ids.Add(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(id.NamespaceCode)}:{Encoding.UTF8.GetString(id.Value)}:{(int)id.State}"));
        foreach (var signal in record.Signals)
            signals.Add((Encoding.UTF8.GetString(signal.Key), Encoding.UTF8.GetString(signal.Value)));
        return new RecordedEvent(
            record.Marks, record.Device, record.Tid, ids, signals, record.Direct.ToArray(), record.Removed.ToArray(), record.Private.ToArray(), record.Restriction.ToArray());
    }
}
