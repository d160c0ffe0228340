using Sluice.Journal;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Journal;

public sealed class JournalOptionsTests
{
    public static TheoryData<string, JournalOptions> Wrong()
    {
        var options = new JournalOptions { Folder = "memory" };
        return new()
        {
            { nameof(JournalOptions.SegmentBytes), options with { SegmentBytes = 4095 } },
            { nameof(JournalOptions.MaxAppendBytes), options with { MaxAppendBytes = 1000 } },
            { nameof(JournalOptions.MaxAppendBytes), options with { SegmentBytes = 1 << 20 } },
            { nameof(JournalOptions.MaxPendingBytes), options with { MaxPendingBytes = 4 << 20 } },
            { nameof(JournalOptions.MaxWaitingAppends), options with { MaxWaitingAppends = 0 } },
            { nameof(JournalOptions.ReadChunkBytes), options with { ReadChunkBytes = 1 } },
            { nameof(JournalOptions.MaxBytes), options with { MaxBytes = 100 << 20 } },
            { nameof(JournalOptions.MaxAge), options with { MaxAge = TimeSpan.Zero } },
        };
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void An_option_out_of_its_range_stops_the_opening_and_is_named(string name, JournalOptions options)
    {
        var disk = new FaultyDisk();

        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => JournalHouse.Open(disk, options));

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(disk.List());
    }

    [Fact]
    public void The_defaults_are_within_their_ranges() => new JournalOptions { Folder = "memory" }.Check();
}
