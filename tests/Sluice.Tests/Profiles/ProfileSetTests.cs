using Sluice.Profiles.Populations;

namespace Sluice.Tests.Profiles;

/// <summary>Sets of profiles by their numbers, held against the sets of the class library.</summary>
public sealed class ProfileSetTests
{
    [Fact]
    public void It_holds_what_a_hash_set_would_after_any_changes()
    {
        var random = new Random(1);
        for (var round = 0; round < 30; round++)
        {
            var (mine, model) = (new ProfileSet(), new HashSet<int>());
            var highest = (int[])[200, 70_000, 300_000, int.MaxValue];
            for (var step = 0; step < 20_000; step++)
            {
                var number = random.Next(highest[round % 4]);
                if (random.Next(step < 12_000 ? 4 : 2) == 0)
                    Assert.Equal(model.Remove(number), mine.Remove(number));
                else
                    Assert.Equal(model.Add(number), mine.Add(number));
                Assert.Equal(model.Contains(number + 1), mine.Contains(number + 1));
            }

            AssertSame(model, mine);
        }
    }

    [Fact]
    public void Together_apart_and_in_common_are_what_hash_sets_say()
    {
        var random = new Random(2);
        for (var round = 0; round < 100; round++)
        {
            var (a, b) = (Numbers(random), Numbers(random));
            var (one, other) = (new ProfileSet(a), new ProfileSet(b));
            var (either, rest) = (one.Snapshot(), one.Snapshot());

            either.OrWith(other);
            rest.AndNotWith(other);

            AssertSame([.. a.Intersect(b)], SetAlgebra.And(one, other));
            AssertSame([.. a.Union(b)], SetAlgebra.Or(one, other));
            AssertSame([.. a.Except(b)], SetAlgebra.AndNot(one, other));
            AssertSame([.. a.Union(b)], either);
            AssertSame([.. a.Except(b)], rest);
            AssertSame([.. a], one);
            AssertSame([.. b], other);
            Assert.Equal(a.Intersect(b).Count(), SetAlgebra.CountBoth(one, other));
        }
    }

    [Fact]
    public void Those_in_any_of_many_sets_are_counted_once()
    {
        var random = new Random(3);
        for (var round = 0; round < 20; round++)
        {
            var numbers = Enumerable.Range(0, random.Next(1, 12)).Select(_ => Numbers(random)).ToList();

            var count = SetAlgebra.CountAny([.. numbers.Select(one => new ProfileSet(one))]);

            Assert.Equal(numbers.SelectMany(one => one).Distinct().Count(), count);
        }
    }

    [Fact]
    public void A_snapshot_and_the_results_made_of_a_set_do_not_change_with_it()
    {
        var random = new Random(4);
        for (var round = 0; round < 30; round++)
        {
            var numbers = Numbers(random);
            var set = new ProfileSet(numbers);
            var snapshot = set.Snapshot();
            var union = SetAlgebra.Or(set, new ProfileSet([5]));
            var whole = new ProfileSet();
            whole.OrWith(set);

            foreach (var number in Numbers(random))
                set.Add(number);
            foreach (var number in numbers.Take(numbers.Count / 2))
                set.Remove(number);
            set.Trim();

            AssertSame(numbers, snapshot);
            AssertSame(numbers, whole);
            AssertSame([.. numbers, 5], union);
        }
    }

    [Fact]
    public async Task Readers_see_a_whole_snapshot_while_the_writer_goes_on()
    {
        var gate = new Lock();
        var set = new ProfileSet(Enumerable.Range(0, 100_000));
        var isOver = false;
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                ProfileSet snapshot;
                lock (gate)
                    snapshot = set.Snapshot();
                var count = 0;
                foreach (var number in snapshot)
                    count++;
                Assert.Equal(100_000, count);
                Assert.Equal(100_000, SetAlgebra.CountBoth(snapshot, snapshot));
            }
        }, TestContext.Current.CancellationToken)).ToList();

        for (var step = 0; step < 50_000; step++)
        {
            lock (gate)
            {
                set.Remove(step);
                set.Add(step + 100_000);
            }
        }
        Volatile.Write(ref isOver, true);

        await Task.WhenAll(readers);
    }

    [Fact]
    public void A_set_read_from_its_bytes_is_the_same()
    {
        var random = new Random(5);
        for (var round = 0; round < 80; round++)
        {
            var numbers = Numbers(random);

            var read = SetBytes.Read(SetBytes.Write(new ProfileSet(numbers)));

            AssertSame(numbers, read);
        }
    }

    [Fact]
    public void Bytes_that_were_changed_or_cut_are_refused()
    {
        var random = new Random(6);
        for (var round = 0; round < 300; round++)
        {
            var bytes = SetBytes.Write(new ProfileSet(Numbers(random)));
            var changed = (byte[])bytes.Clone();
            for (var times = random.Next(1, 4); times > 0; times--)
                changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));

            if (!changed.AsSpan().SequenceEqual(bytes))
                Assert.Throws<InvalidDataException>(() => SetBytes.Read(changed));
            Assert.Throws<InvalidDataException>(() => SetBytes.Read(bytes.AsSpan(0, random.Next(bytes.Length))));
            Assert.Throws<InvalidDataException>(() => SetBytes.Read([.. bytes, 0]));
        }
    }

    [Fact]
    public void Bytes_with_a_right_checksum_are_a_set_or_refused()
    {
        var random = new Random(7);
        var (refused, read) = (0, 0);
        for (var round = 0; round < 5_000; round++)
        {
            var bytes = SetBytes.Write(new ProfileSet(Enumerable.Range(0, random.Next(1, 30)).Select(_ => random.Next(200_000))));
            var content = StoredBytes.Open(bytes).ToArray();
            for (var times = random.Next(1, 4); times > 0; times--)
                content[random.Next(content.Length)] = (byte)random.Next(256);
            var forged = new StoredBytes();
            forged.Add(random.Next(4) == 0 ? content.AsSpan(0, random.Next(content.Length)) : content);

            try
            {
                var set = SetBytes.Read(forged.Seal());
                AssertSame([.. Members(set)], set);
                read++;
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(refused > 1_000 && read > 100, $"{refused} refused, {read} read");
    }

    [Fact]
    public void A_member_takes_about_two_bytes_where_few_are_and_a_bit_or_less_where_all_are()
    {
        var random = new Random(8);
        var sparse = new ProfileSet(Enumerable.Range(0, 20_000).Select(_ => random.Next(4_000_000)));
        var dense = new ProfileSet(Enumerable.Range(0, 1_000_000));

        Assert.InRange(SetBytes.Write(sparse).Length, 1, 2.1 * sparse.Count);
        Assert.InRange(sparse.BytesHeld, 1, 3.0 * sparse.Count);
        Assert.InRange(dense.BytesHeld, 1, 0.14 * dense.Count);
        Assert.InRange(SetBytes.Write(dense).Length, 1, 200);
    }

    [Fact]
    public void A_negative_number_is_no_member_and_cannot_become_one()
    {
        var set = new ProfileSet([1, int.MaxValue]);

        Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(-1));
        Assert.False(set.Contains(-1));
        Assert.False(set.Remove(int.MinValue));
        AssertSame([1, int.MaxValue], set);
    }

    // Few, many, all of a range and all but a few, around the sizes at which the form of a chunk changes.
    private static HashSet<int> Numbers(Random random)
    {
        var numbers = new HashSet<int>();
        for (var part = random.Next(1, 4); part > 0; part--)
        {
            var start = random.Next(5) * 50_000;
            switch (random.Next(5))
            {
                case 0:
                    numbers.UnionWith(Enumerable.Range(0, random.Next(1, 50)).Select(_ => start + random.Next(70_000)));
                    break;
                case 1:
                    numbers.UnionWith(Enumerable.Range(0, random.Next(3_900, 4_400)).Select(_ => start + random.Next(70_000)));
                    break;
                case 2:
                    numbers.UnionWith(Enumerable.Range(start, random.Next(1, 80_000)));
                    break;
                case 3:
                    numbers.ExceptWith(Enumerable.Range(start, random.Next(1, 80_000)));
                    break;
                default:
                    numbers.UnionWith(Enumerable.Range(0, 4_096 + random.Next(-1, 2)).Select(index => 3 * index));
                    break;
            }
        }
        return numbers;
    }

    private static List<int> Members(ProfileSet set)
    {
        var members = new List<int>();
        foreach (var number in set)
            members.Add(number);
        return members;
    }

    private static void AssertSame(HashSet<int> expected, ProfileSet actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.True(expected.Order().SequenceEqual(Members(actual)), "the members differ or do not ascend");
    }
}
