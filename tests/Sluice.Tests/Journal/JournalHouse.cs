using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Journal;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Journal;

/// <summary>What journal tests share: small options, batches of text, and reading everything back.</summary>
internal static class JournalHouse
{
    internal static JournalOptions Options(long segmentBytes = 16 << 10, string folder = "memory") => new()
    {
        Folder = folder,
        SegmentBytes = segmentBytes,
        MaxRecordBytes = 3000,
        MaxAppendBytes = 3900,
        MaxPendingBytes = 8 << 10,
        ReadChunkBytes = 4 << 10,
    };

    internal static EventJournal Open(FaultyDisk disk, JournalOptions? options = null, TimeProvider? clock = null) =>
        EventJournal.Open(options ?? Options(), clock ?? new ManualClock(), NullLogger.Instance, disk);

    internal static AppendBatch Add(this AppendBatch batch, params ReadOnlySpan<string> records)
    {
        foreach (var record in records)
        {
            batch.StartRecord();
            batch.Advance(Encoding.UTF8.GetBytes(record, batch.GetSpan(Encoding.UTF8.GetMaxByteCount(record.Length))));
            batch.EndRecord();
        }

        return batch;
    }

    internal static async Task<AppendResult> AppendAsync(this EventJournal journal, params string[] records)
    {
        using var batch = AppendBatch.Rent().Add(records);
        return await journal.AppendAsync(batch, CancellationToken.None);
    }

    internal static string Text(this JournalRecord record) => Encoding.UTF8.GetString(record.Payload);

    internal static List<string> ReadAll(this EventJournal journal, long? from = null)
    {
        using var reader = journal.OpenReader(from ?? journal.StartOffset);
        return reader.ReadRest();
    }

    internal static List<string> ReadRest(this JournalReader reader)
    {
        List<string> records = [];
        while (reader.TryRead(out var record))
            records.Add(record.Text());
        return records;
    }
}
