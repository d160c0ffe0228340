using System.Text;
using System.Text.Json;
using Sluice.Collection.Batches;
using Sluice.Collection.Routes;
using Sluice.Collection.Validate;
using Sluice.Journal.Records;

namespace Sluice.Collection.Observe;

/// <summary>Counts one window of landing, fed each record once; committed with the window's cut, or given up with it.</summary>
/// <remarks>
/// So a crash neither loses nor doubles a count. A repetition that deduplication finds has no record and is not counted. A message that
/// was put right and sent again is validated twice but was received once.
/// </remarks>
internal sealed class MetricTally(RecentCalls calls)
{
    /// <summary>The code under which identities of namespaces that nobody registered are counted; it cannot be registered itself.</summary>
    internal const string UnregisteredCode = "(unregistered)";

    private static readonly int Measures = Enum.GetValues<Measure>().Length;

    private readonly Dictionary<byte[], Series> _datasets = new(Utf8Key.Comparer);
    private readonly Dictionary<byte[], Series> _inlets = new(Utf8Key.Comparer);
    private readonly Dictionary<byte[], Series> _namespaces = new(Utf8Key.Comparer);

    internal RecentCalls Calls => calls;

    /// <summary>Counts a message in the minute it was received.</summary>
    internal void Add(in MessageRecord record, long receivedMs)
    {
        var minute = MetricRow.MinuteOf(receivedMs);
        if (!record.Marks.HasFlag(MessageMarks.Resent))
            AddReceived(record, Find(_inlets, record.InletId, default).At(minute));
        if (record.DatasetId.IsEmpty)
            return;

        var counts = Find(_datasets, record.DatasetId, default).At(minute);
        counts[(int)Measure.Total]++;
        if (record.Outcome == MessageOutcome.Accepted)
        {
            counts[(int)Measure.Valid]++;
            counts[(int)Measure.Bytes] += record.Entity.Length;
            AddIdentities(record, counts, minute);
        }
        else
        {
            counts[(int)Measure.Invalid]++;
            AddCategories(record.Errors, counts);
        }
    }

    /// <summary>Counts a batch that the window cut for a dataset.</summary>
    internal void AddBatch(Batch batch)
    {
        if (batch.OwnerKind == Batch.DatasetOwner)
        {
            var counts = Find(_datasets, Encoding.UTF8.GetBytes(batch.OwnerId), default).At(MetricRow.MinuteOf(batch.CompletedMs));
            counts[(int)(batch.IsFailed ? Measure.BatchFailed : Measure.BatchSuccess)]++;
        }
    }

    internal IEnumerable<MetricRow> Rows() => _datasets.Values.Concat(_inlets.Values).Concat(_namespaces.Values).SelectMany(series => series.Rows());

    private void AddReceived(in MessageRecord record, long[] counts)
    {
        counts[(int)Measure.Received]++;
        counts[(int)Measure.ReceivedBytes] += record.Message.Length;
        if (!calls.IsNew(PartitionHash.Of(record.InletId, RequestOf(record.XactionId))))
            return;

        // A request of many messages is answered 207 whatever became of them; one alone, with its own verdict.
        var isRefused = record.Marks.HasFlag(MessageMarks.Alone) && record.XactionId.Contains((byte)'-');
        counts[(int)(isRefused ? Measure.CallFailure : Measure.CallSuccess)]++;
    }

    private void AddIdentities(in MessageRecord record, long[] counts, long minute)
    {
        var leftOut = record.Marks.HasFlag(MessageMarks.UnknownNamespace);
        if (leftOut)
            Find(_namespaces, record.DatasetId, Encoding.UTF8.GetBytes(UnregisteredCode)).At(minute)[(int)Measure.NamespaceSkipped]++;
        if (leftOut || record.Identities.Count > 0)
            counts[(int)(leftOut ? Measure.IdentityFailed : Measure.IdentitySuccess)]++;

        // A record counts once in each namespace it has identities of.
        var seen = 0;
        foreach (var identity in record.Identities)
        {
            var isRepeated = false;
            var before = 0;
            foreach (var earlier in record.Identities)
            {
                if (before++ == seen || isRepeated)
                    break;
                isRepeated = earlier.NamespaceCode.SequenceEqual(identity.NamespaceCode);
            }
            seen++;
            if (!isRepeated)
                Find(_namespaces, record.DatasetId, identity.NamespaceCode).At(minute)[(int)Measure.NamespaceSuccess]++;
        }
    }

    // A message counts once in each category of which its errors name a keyword; unknown when a check of the envelope refused it.
    private static void AddCategories(ReadOnlySpan<byte> errors, long[] counts)
    {
        var found = 0;
        var reader = new Utf8JsonReader(errors);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("keyword"u8) || !reader.Read())
                continue;
            found |= 1 << Array.IndexOf(ViolationKind.Categories, ViolationKind.Of(reader.GetString()!).Category);
        }
        for (var category = 0; category < ViolationKind.Categories.Length; category++)
        {
            if ((found & 1 << category) != 0)
                counts[(int)Measure.Type + category]++;
        }
        if (found == 0)
            counts[(int)Measure.Unknown]++;
    }

    // {epochMs}:{node}:{counter}, without what comes after it (Ruling 1).
    private static ReadOnlySpan<byte> RequestOf(ReadOnlySpan<byte> xactionId)
    {
        var at = 0;
        for (var colons = 0; at < xactionId.Length; at++)
        {
            if (xactionId[at] == (byte)'-' || (xactionId[at] == (byte)':' && ++colons == 3))
                break;
        }
        return xactionId[..at];
    }

    private static Series Find(Dictionary<byte[], Series> all, ReadOnlySpan<byte> ownerId, ReadOnlySpan<byte> detail)
    {
        Span<byte> key = stackalloc byte[2 * byte.MaxValue + 1]; // both parts are at most 255 bytes in a record
        ownerId.CopyTo(key);
        key[ownerId.Length] = 0;
        detail.CopyTo(key[(ownerId.Length + 1)..]);
        key = key[..(ownerId.Length + 1 + detail.Length)];
        var lookup = all.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(key, out var series))
            lookup[key] = series = new Series(Encoding.UTF8.GetString(ownerId), Encoding.UTF8.GetString(detail));
        return series;
    }

    /// <summary>The counts of one owner (and namespace) by minute.</summary>
    private sealed class Series(string ownerId, string detail)
    {
        private readonly Dictionary<long, long[]> _minutes = [];
        private long _lastMinute = -1;
        private long[] _last = [];

        internal long[] At(long minute)
        {
            if (minute == _lastMinute)
                return _last;
            _lastMinute = minute;
            return _last = _minutes.TryGetValue(minute, out var known) ? known : _minutes[minute] = new long[Measures];
        }

        internal IEnumerable<MetricRow> Rows() =>
            from minute in _minutes
            from measure in Enum.GetValues<Measure>()
            where minute.Value[(int)measure] > 0
            select new MetricRow(measure, ownerId, detail, minute.Key, minute.Value[(int)measure]);
    }
}
