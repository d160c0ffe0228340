using System.Text;
using Sluice.Collection.Batches;
using Sluice.Collection.Export;
using Sluice.Collection.Observe;
using Sluice.Collection.Routes;
using Sluice.Journal;
using Sluice.Journal.Records;
using Sluice.Storage;

namespace Sluice.Collection.Land;

/// <summary>Whether a message is one of those wanted.</summary>
internal delegate bool MessageFilter(in MessageRecord record);

/// <summary>One window of landing: every batch that is open in it. Given up whole, or cut whole.</summary>
internal sealed class LandingWindow(FileStore lake, string orgId, IReadOnlyList<Batch> leftPlans, MetricTally tally, TimeProvider clock) : IDisposable
{
    private readonly Dictionary<byte[], OpenBatch> _good = new(Utf8Key.Comparer);
    private readonly Dictionary<byte[], OpenBatch> _failed = new(Utf8Key.Comparer);
    private readonly LandedMessage _message = new(orgId);
    private readonly List<Batch> _newPlans = [];

    /// <summary>Which messages are taken; all of them unless set.</summary>
    internal MessageFilter? Only { get; init; }

    /// <summary>Where the window's last record ended.</summary>
    internal long NextOffset { get; private set; } = -1;

    /// <summary>What was counted of it, to be committed with it.</summary>
    internal MetricTally Tally => tally;

    internal bool IsEmpty => NextOffset < 0;

    internal int OpenFiles { get; private set; }

    internal long PlainBytes { get; private set; }

    /// <summary>Plans made since the last call; they go to SQL before any file of theirs gets its name.</summary>
    internal IReadOnlyList<Batch> TakeNewPlans()
    {
        Batch[] plans = [.. _newPlans];
        _newPlans.Clear();
        return plans;
    }

    /// <summary>Adds a record to its batch, opening one when it is the first of its kind; other kinds of record are passed over.</summary>
    internal void Add(in JournalRecord journalRecord)
    {
        NextOffset = journalRecord.NextOffset;
        if (!MessageRecord.TryRead(journalRecord.Payload, out var record) || Only?.Invoke(record) is false)
            return;

        tally.Add(record, journalRecord.TimeMs);
        _message.Take(record, journalRecord.TimeMs);
        PlainBytes += _message.Text.Length;
        if (record.Outcome == MessageOutcome.Accepted)
            AddGood(record, journalRecord);
        else if (!record.DatasetId.IsEmpty)
            Find(_failed, record.DatasetId, Batch.DatasetOwner, Batch.Failed).AddFailed(_message, record.SchemaId, record.Errors, journalRecord.TimeMs);
        else
            Find(_failed, record.InletId, Batch.InletOwner, Batch.Failed).AddFailed(_message, record.SchemaId, record.Errors, journalRecord.TimeMs);
    }

    /// <summary>Puts every file on disk; the catalog rows are the caller's to commit.</summary>
    /// <param name="fromOffset">Where the window began in the journal.</param>
    /// <param name="nextOffset">Where the next one begins.</param>
    internal List<Batch> Complete(long fromOffset, long nextOffset)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        List<Batch> landed = [.. _good.Values.Concat(_failed.Values).Select(open => open.Complete(now))];
        foreach (var batch in landed)
        {
            (batch.FromOffset, batch.NextOffset) = (fromOffset, nextOffset);
            tally.AddBatch(batch);
        }
        return landed;
    }

    public void Dispose()
    {
        foreach (var open in _good.Values.Concat(_failed.Values))
            open.Dispose();
    }

    private void AddGood(in MessageRecord record, in JournalRecord place)
    {
        var batch = Find(_good, record.DatasetId, Batch.DatasetOwner, Batch.Success);
        var files = batch.Files;
        batch.AddGood(_message, record, place.Offset, place.TimeMs);
        OpenFiles += batch.Files - files;
    }

    private OpenBatch Find(Dictionary<byte[], OpenBatch> batches, ReadOnlySpan<byte> ownerId, string ownerKind, string outcome)
    {
        if (batches.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(ownerId, out var open))
            return open;
        open = new OpenBatch(Plan(Encoding.UTF8.GetString(ownerId), ownerKind, outcome), lake);
        batches.Add(ownerId.ToArray(), open);
        OpenFiles += open.Files;
        return open;
    }

    // A stopped process may have planned this batch: its redo takes the same id and so overwrites the same file.
    private Batch Plan(string ownerId, string ownerKind, string outcome)
    {
        var left = leftPlans.FirstOrDefault(plan => plan.OwnerId == ownerId && plan.OwnerKind == ownerKind && plan.Outcome == outcome);
        if (left is not null)
            return left;

        var now = clock.GetUtcNow();
        var batchId = Ulid.New(now.ToUnixTimeMilliseconds());
        var plan = new Batch
        {
            BatchId = batchId,
            OwnerKind = ownerKind,
            OwnerId = ownerId,
            Outcome = outcome,
            CreatedMs = now.ToUnixTimeMilliseconds(),
            UpdatedMs = now.ToUnixTimeMilliseconds(),
            Path = $"{(ownerKind == Batch.InletOwner ? "inlet" : "dataset")}={ownerId}/date={now:yyyy-MM-dd}/"
                + $"{(outcome == Batch.Failed ? "failed-" : "")}{batchId}{LakeFile.DataSuffix}",
        };
        _newPlans.Add(plan);
        return plan;
    }
}
