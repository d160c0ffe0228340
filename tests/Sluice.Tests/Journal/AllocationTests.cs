using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Journal;

namespace Sluice.Tests.Journal;

/// <summary>Counts the allocations of the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int Appends = 2000;
    private const int RecordsPerAppend = 20;

    [Fact]
    public async Task Nothing_is_allocated_per_append_or_record_once_the_journal_is_warm()
    {
        using var folder = new TemporaryFolder();
        await using var journal = EventJournal.Open(new JournalOptions { Folder = folder.Path }, TimeProvider.System, NullLogger.Instance);
        await Append(journal, 500);

        var least = long.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await Append(journal, Appends);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // The loop's own task and the runtime's background work, which the quietest round has least of; one byte per record would be 40,000.
        Assert.InRange(least, 0, 8_192);
    }

    [Fact]
    public async Task Nothing_is_allocated_per_record_read()
    {
        using var folder = new TemporaryFolder();
        await using var journal = EventJournal.Open(new JournalOptions { Folder = folder.Path }, TimeProvider.System, NullLogger.Instance);
        await Append(journal, 500);
        using var reader = journal.OpenReader(0);
        Assert.True(reader.TryRead(out _));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var records = 1;
        while (reader.TryRead(out _))
            records++;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(500 * RecordsPerAppend, records);
        Assert.Equal(0, allocated);
    }

    private static async Task Append(EventJournal journal, int appends)
    {
        for (var i = 0; i < appends; i++)
        {
            using var batch = AppendBatch.Rent();
            for (var record = 0; record < RecordsPerAppend; record++)
            {
                batch.StartRecord();
                batch.GetSpan(200)[..200].Fill((byte)record);
                batch.Advance(200);
                batch.EndRecord();
            }

            await journal.AppendAsync(batch, CancellationToken.None);
        }
    }
}
