using Sluice.Audience.Catalogue;
using Sluice.Audience.DerivedSignals;

namespace Sluice.Tests.Audience;

/// <summary>The tables of the catalogue against a list that does the same the slow way.</summary>
public sealed class EntityTableTests
{
    private static readonly (string Name, Comparison<DerivedSignal> Compare)[] Orders =
    [
        ("", (_, _) => 0),
        ("sourceKey", (left, right) => string.CompareOrdinal(left.SourceKey, right.SourceKey)),
        ("targetKey", (left, right) => string.CompareOrdinal(left.TargetKey, right.TargetKey)),
        ("version", (left, right) => left.Version.CompareTo(right.Version)),
    ];

    public static TheoryData<int, int> Sizes => new() { { 1, 40 }, { 2, 300 }, { 3, 700 }, { 4, 1_500 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Whatever_is_put_in_changed_and_taken_out_rows_and_orders_are_those_of_a_plain_list(int seed, int rows)
    {
        var random = new Random(seed);
        var model = new SortedDictionary<long, DerivedSignal>();
        var table = EntityTable<DerivedSignal>.Empty;
        for (var round = 0; round < 400; round++)
        {
            // Runs of 1 to 130: below and beyond what orders are carried over.
            for (var change = random.Next(4) == 0 ? random.Next(1, 130) : random.Next(1, 4); change > 0; change--)
                table = Change(random, rows, model, table);

            AssertSame(random, model, table);
        }
        Assert.InRange(model.Count, rows / 4, rows);
    }

    [Fact]
    public void A_version_that_somebody_holds_stays_as_it_was_with_its_orders()
    {
        var random = new Random(7);
        var model = new SortedDictionary<long, DerivedSignal>();
        var table = EntityTable<DerivedSignal>.Empty;
        var held = new List<(EntityTable<DerivedSignal> Table, SortedDictionary<long, DerivedSignal> Model)>();
        for (var round = 0; round < 60; round++)
        {
            for (var change = 0; change < 20; change++)
                table = Change(random, 600, model, table);
            held.Add((table, new SortedDictionary<long, DerivedSignal>(model)));
            if (round % 3 == 0)
                table.OrderedBy(Orders[1].Name, Orders[1].Compare, false);
        }

        foreach (var (earlier, rows) in held.OrderBy(_ => random.Next()))
            AssertSame(random, rows, earlier);
    }

    [Fact]
    public void Many_rows_at_once_are_those_put_in_one_by_one()
    {
        var random = new Random(8);
        var model = new SortedDictionary<long, DerivedSignal>();
        var table = EntityTable<DerivedSignal>.Empty;
        for (var round = 0; round < 5; round++)
        {
            var rows = Enumerable.Range(0, 400).Select(_ => NewRow(random, random.Next(1, 2_000))).DistinctBy(row => row.Id).ToArray();
            foreach (var row in rows)
                model[row.Id] = row;
            table = (EntityTable<DerivedSignal>)table.WithAll(rows);
            table = Change(random, 2_000, model, table);

            AssertSame(random, model, table);
        }
    }

    private static EntityTable<DerivedSignal> Change(Random random, int rows, SortedDictionary<long, DerivedSignal> model, EntityTable<DerivedSignal> table)
    {
        long id = random.Next(1, rows + 1);
        if (random.Next(3) == 0)
        {
            model.Remove(id);
            return (EntityTable<DerivedSignal>)table.With(id, null);
        }
        model[id] = NewRow(random, id);
        return (EntityTable<DerivedSignal>)table.With(id, model[id]);
    }

    private static DerivedSignal NewRow(Random random, long id) => new()
    {
        Id = id,
        Version = random.Next(5), // many equal ones
        SourceKey = $"{random.Next(50)}",
        TargetKey = $"{random.Next(1_000_000)}",
    };

    private static void AssertSame(Random random, SortedDictionary<long, DerivedSignal> model, EntityTable<DerivedSignal> table)
    {
        Assert.Equal(model.Count, table.Count);
        Assert.Equal(model.Values, table.Rows);
        var (name, compare) = Orders[random.Next(Orders.Length)];
        foreach (var descending in random.Next(3) == 0 ? new[] { true, false } : [random.Next(2) == 0])
        {
            var expected = model.Values.OrderBy(row => row, Comparer<DerivedSignal>.Create(compare)).ToList();
            if (descending)
                expected.Reverse();
            Assert.Equal(expected, table.OrderedBy(name, compare, descending));
        }
        var id = random.Next(1, 3_000);
        Assert.Same(model.GetValueOrDefault(id), table.Find(id));
    }
}
