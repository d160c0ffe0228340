using Sluice.Collection.Deduplication;
using Sluice.Journal.Records;

namespace Sluice.Tests.Collection;

/// <summary>The memory of ids on its own: its bound, and its files after damage.</summary>
public sealed class SeenIdsTests
{
    [Fact]
    public void At_the_bound_the_keys_that_would_expire_first_are_forgotten_and_counted()
    {
        const int Bound = 65_536;
        var seen = new SeenIds(Bound);

        for (uint key = 0; key < 4 * Bound; key++)
            seen.Store(Key(key), expiresSeconds: 1_000 + key, nowSeconds: 1);

        Assert.InRange(seen.Count, Bound / 2, 2 * Bound);
        Assert.Equal(4 * Bound, seen.Count + seen.Forgotten);
        Assert.Equal(Claim.Duplicate, seen.TryClaim(Key(4 * Bound - 1), null!, 1, out _));
        Assert.Equal(Claim.Granted, seen.TryClaim(Key(0), null!, 1, out _));
    }

    [Fact]
    public void A_key_is_new_again_once_it_has_expired()
    {
        var seen = new SeenIds(65_536);
        seen.Store(Key(7), expiresSeconds: 100, nowSeconds: 1);

        Assert.Equal(Claim.Duplicate, seen.TryClaim(Key(7), null!, 99, out _));
        Assert.Equal(Claim.Granted, seen.TryClaim(Key(7), null!, 100, out _));
    }

    [Fact]
    public void A_torn_last_block_is_cut_off_and_the_journal_is_read_from_the_block_before()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-seen-");
        using (var log = SeenIdLog.Open(folder.FullName, 1 << 20, _ => { }))
        {
            log.Write([new RememberedKey(1, 1, 100)], 1_000);
            log.Write([new RememberedKey(2, 2, 100), new RememberedKey(3, 3, 100)], 2_000);
        }
        var file = folder.GetFiles().Single();
        using (var stream = file.OpenWrite())
            stream.SetLength(file.Length - 5);

        var found = new List<RememberedKey>();
        using (var log = SeenIdLog.Open(folder.FullName, 1 << 20, found.Add))
        {
            Assert.Equal([new RememberedKey(1, 1, 100)], found);
            Assert.Equal((1_000, 0), (log.JournalOffset, log.DamagedBlocks));
            log.Write([new RememberedKey(2, 2, 100)], 3_000);
        }

        found.Clear();
        using (var log = SeenIdLog.Open(folder.FullName, 1 << 20, found.Add))
            Assert.Equal((2, 3_000), (found.Count, log.JournalOffset));
        folder.Delete(recursive: true);
    }

    private static MessageKey Key(uint number) => MessageKey.Of(KeyKind.EntityId, "scope"u8, BitConverter.GetBytes(number));
}
