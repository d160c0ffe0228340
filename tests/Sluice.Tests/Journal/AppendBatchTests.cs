using Sluice.Journal;

namespace Sluice.Tests.Journal;

public sealed class AppendBatchTests
{
    [Fact]
    public void An_abandoned_record_leaves_the_ones_before_untouched()
    {
        using var batch = AppendBatch.Rent().Add("one");
        var bytes = batch.Bytes;
        batch.StartRecord();
        batch.GetSpan(500_000)[..500_000].Fill(1);
        batch.Advance(500_000);
        Assert.Equal(bytes, batch.Bytes);

        batch.AbandonRecord();
        batch.AbandonRecord();

        Assert.Equal((1, bytes), (batch.Count, batch.Bytes));
        batch.Add("two");
        Assert.Equal((2, bytes + 36 + 3), (batch.Count, batch.Bytes));
    }

    [Fact]
    public void A_record_is_started_once_and_only_a_started_one_is_written_or_ended()
    {
        using var batch = AppendBatch.Rent();

        Assert.Throws<InvalidOperationException>(() => batch.EndRecord());
        Assert.Throws<InvalidOperationException>(() => batch.GetMemory(1));
        Assert.Throws<InvalidOperationException>(() => batch.Advance(0));
        batch.StartRecord();
        Assert.Throws<InvalidOperationException>(batch.StartRecord);
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Advance(int.MaxValue));
    }

    [Fact]
    public void A_batch_given_back_twice_is_rented_out_once()
    {
        var batch = AppendBatch.Rent();
        batch.Dispose();
        batch.Dispose();

        using var first = AppendBatch.Rent();
        using var second = AppendBatch.Rent();

        Assert.NotSame(first, second);
        Assert.Equal(0, first.Count + second.Count);
    }
}
