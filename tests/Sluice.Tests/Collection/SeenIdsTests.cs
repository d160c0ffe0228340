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
        Assert.Equal(Claim.Duplicate, seen.TryClaim(Key(4 * Bound - 1), 9, 1, out _));
        Assert.Equal(Claim.Granted, seen.TryClaim(Key(0), 9, 1, out _));
    }

    [Fact]
    public void A_key_is_new_again_once_it_has_expired()
    {
        var seen = new SeenIds(65_536);
        seen.Store(Key(7), expiresSeconds: 100, nowSeconds: 1);

        Assert.Equal(Claim.Duplicate, seen.TryClaim(Key(7), 9, 99, out _));
        Assert.Equal(Claim.Granted, seen.TryClaim(Key(7), 9, 100, out _));
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

    [Fact]
    public void A_claim_that_is_given_up_can_be_made_again_and_hides_nothing_behind_it()
    {
        var seen = new SeenIds(65_536);
        for (uint key = 0; key < 1_000; key++)
            Assert.Equal(Claim.Granted, seen.TryClaim(Key(key), 1, 5, out _));
        for (uint key = 0; key < 1_000; key += 2)
            seen.Release(Key(key));
        for (uint key = 1; key < 1_000; key += 2)
            seen.Store(Key(key), 100, 5);

        for (uint key = 0; key < 1_000; key++)
            Assert.Equal(key % 2 == 0 ? Claim.Granted : Claim.Duplicate, seen.TryClaim(Key(key), 2, 5, out _));
        Assert.Equal(Claim.Undecided, seen.TryClaim(Key(0), 3, 5, out var other));
        Assert.Equal(2, other);
    }

    // The first vectors of the function's reference implementation: key 00..0f, input 00, 01, 02 and so on.
    [Theory]
    [InlineData(0, 0xe6a825ba047f81a3, 0x930255c71472f66d)]
    [InlineData(1, 0x44af996bd8c187da, 0x45fc229b11597634)]
    [InlineData(2, 0xc75da4a48d227781, 0xe4ff0af6de8ba3fc)]
    public void The_hash_is_SipHash_of_128_bits(int length, ulong first, ulong second)
    {
        var hash = new KeyHash([.. Enumerable.Range(0, 16).Select(one => (byte)one)]);
        byte[] input = [.. Enumerable.Range(0, length).Select(one => (byte)one)];

        Assert.Equal(new MessageKey(first, second), hash.Of(default, input));
    }

    [Fact]
    public void Where_a_text_is_cut_in_two_does_not_change_its_hash()
    {
        for (var length = 0; length < 70; length++)
        {
            byte[] input = [.. Enumerable.Range(0, length).Select(one => (byte)(one * 7))];
            for (var cut = 0; cut <= length; cut++)
                Assert.Equal(Hash.Of(default, input), Hash.Of(input.AsSpan(0, cut), input.AsSpan(cut)));
        }
    }

    private static readonly KeyHash Hash = new(new byte[16]);

    private static MessageKey Key(uint number) => Hash.Of(KeyKind.EntityId, "scope"u8, BitConverter.GetBytes(number));
}
