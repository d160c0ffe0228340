using System.Text;
using System.Text.Json.Nodes;
using Sluice.Collection.Batches;
using Sluice.Collection.Export;
using Sluice.Journal;
using Sluice.Journal.Records;

namespace Sluice.Collection.Trace;

/// <summary>Follows one message through this door: its record in the journal, its line in a batch, and whether it was sent again.</summary>
/// <remarks>
/// There is no index: the id tells the time, and the journal and the batches are ordered by time. Bounds: what a search reads of the journal
/// and how many batches it opens; a search that meets one says so.
/// </remarks>
internal sealed class MessageTrace(CollectionEnvironment environment, XactionId id)
{
    private const long MaxJournalBytes = 2L << 30;
    private const int MaxBatches = 200;

    // From reading the envelope to the record's place in the journal: verdicts, and a wait for room when the disk is slow.
    private static readonly TimeSpan LongestWay = TimeSpan.FromMinutes(2);

    private readonly byte[] _xactionId = Encoding.UTF8.GetBytes(id.Text);
    private readonly JsonArray _events = [];

    /// <summary>What is known, in order of time; null when nothing is.</summary>
    internal async Task<JsonObject?> FollowAsync(CancellationToken cancellation)
    {
        var journal = environment.Journal;
        var first = Search(journal.FindOffset(DateTimeOffset.FromUnixTimeMilliseconds(id.EpochMs)), long.MaxValue, id.EpochMs + (long)LongestWay.TotalMilliseconds, cancellation);
        if (first is null)
            return await FollowInLakeAsync(cancellation);

        AddEvent("received", id.EpochMs, new JsonObject { ["inletId"] = first.InletId, ["batchId"] = id.BatchId, ["authenticated"] = first.IsAuthenticated });
        await AddRecordAsync(first, cancellation);
        if (!first.IsAccepted && await FindResentAsync(first, cancellation) is { } again)
        {
            AddEvent("resent", again.TimeMs, []);
            await AddRecordAsync(again, cancellation);
        }
        return Answer();
    }

    private sealed record Found(
        long Offset, long TimeMs, bool IsAccepted, bool IsAuthenticated, string InletId, string DatasetId, string SchemaId, string Errors)
    {
        internal string OwnerId => DatasetId.Length > 0 ? DatasetId : InletId;
    }

    private Found? Search(long fromOffset, long toOffset, long untilMs, CancellationToken cancellation)
    {
        using var reader = environment.Journal.OpenReader(fromOffset, looksOn: true);
        while (reader.Position < toOffset && reader.Position - fromOffset < MaxJournalBytes && reader.TryRead(out var record) && record.TimeMs <= untilMs)
        {
            cancellation.ThrowIfCancellationRequested();
            if (MessageRecord.TryRead(record.Payload, out var message) && message.XactionId.SequenceEqual(_xactionId))
                return Copy(record, message);
        }
        return null;
    }

    private static Found Copy(in JournalRecord record, in MessageRecord message) => new(
        record.Offset, record.TimeMs, message.Outcome == MessageOutcome.Accepted, message.Marks.HasFlag(MessageMarks.Authenticated),
        Encoding.UTF8.GetString(message.InletId), Encoding.UTF8.GetString(message.DatasetId), Encoding.UTF8.GetString(message.SchemaId),
        Encoding.UTF8.GetString(message.Errors));

    private async Task<Found?> FindResentAsync(Found first, CancellationToken cancellation)
    {
        var fixes = await environment.Fixes.ListAsync(cancellation);
        return fixes.Where(fix => fix.FromOffset > first.Offset && fix.FromOffset >= environment.Journal.StartOffset)
            .Select(fix => Search(fix.FromOffset, fix.NextOffset, long.MaxValue, cancellation)).FirstOrDefault(found => found is not null);
    }

    private async Task AddRecordAsync(Found found, CancellationToken cancellation)
    {
        // The record takes its time when its verdict is complete and it takes its place in the journal.
        AddEvent(found.IsAccepted ? "validated" : "rejected", found.TimeMs, new JsonObject
        {
            ["schemaId"] = found.SchemaId,
            ["datasetId"] = found.DatasetId,
            ["errors"] = found.Errors.Length > 0 ? JsonNode.Parse(found.Errors)!["_errors"]!["_streamingValidation"]!.DeepClone() : null,
        });
        AddEvent("stored", found.TimeMs, new JsonObject { ["segment"] = environment.Journal.SegmentOf(found.Offset), ["offset"] = found.Offset });

        var batch = (await environment.Batches.ListByOwnerAsync(found.OwnerId, cancellation)).Find(one =>
            one.IsFailed != found.IsAccepted && one.FromOffset <= found.Offset && found.Offset < one.NextOffset);
        if (batch is not null)
            await AddLandedAsync(batch, cancellation);
    }

    private async Task<bool> AddLandedAsync(Batch batch, CancellationToken cancellation)
    {
        var path = batch.IsFailed ? batch.Path : LakeFile.EnvelopeOf(batch.Path);
        if (LakeFile.OpenLines(environment.Lake, path) is not { } lines)
            return false;
        using (lines)
        {
            var wanted = $"\"_dcsMeta\":{{\"xactionId\":\"{id.Text}\"";
            for (var line = 1; await lines.ReadLineAsync(cancellation) is { } text; line++)
            {
                if (!text.Contains(wanted, StringComparison.Ordinal))
                    continue;
                AddEvent("landed", batch.CompletedMs, new JsonObject
                {
                    ["batchId"] = batch.BatchId,
                    ["status"] = batch.Status,
                    ["file"] = batch.Path,
                    ["line"] = line,
                });
                return true;
            }
        }
        return false;
    }

    // The journal has let go of it, or never had it: what landed around that time.
    private async Task<JsonObject?> FollowInLakeAsync(CancellationToken cancellation)
    {
        var around = await environment.Batches.ListAroundAsync(id.EpochMs, id.EpochMs + (long)LongestWay.TotalMilliseconds, MaxBatches, cancellation);
        foreach (var batch in around)
        {
            if (await AddLandedAsync(batch, cancellation))
                return Answer();
        }
        return null;
    }

    private void AddEvent(string name, long timeMs, JsonObject what)
    {
        what.Insert(0, "event", name);
        what.Insert(1, "time", timeMs);
        _events.Add((JsonNode)what);
    }

    private JsonObject Answer() => new() { ["xactionId"] = id.Text, ["batchId"] = id.BatchId, ["events"] = _events };
}
