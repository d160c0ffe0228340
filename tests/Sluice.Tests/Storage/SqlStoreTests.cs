using Sluice.Storage;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Storage;

/// <summary>What <see cref="SqlStore"/> promises, on both databases.</summary>
public sealed class SqlStoreTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task What_a_write_committed_every_later_read_sees(StoreKind kind)
    {
        await using var store = await OpenAsync(kind);

        await store.Sql.WriteAsync(session => session.ExecuteAsync("insert into id_sequence (name, last) values ('a', 7)"), None);

        Assert.Equal(7, await store.Sql.ReadAsync(session => session.FindAsync<long>("select last from id_sequence where name = 'a'"), None));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_write_that_throws_keeps_nothing(StoreKind kind)
    {
        await using var store = await OpenAsync(kind);

        await Assert.ThrowsAsync<TimeoutException>(() => store.Sql.WriteAsync(async session =>
        {
            await session.ExecuteAsync("insert into id_sequence (name, last) values ('a', 7)");
            throw new TimeoutException();
        }, None));

        Assert.Equal(0, await CountAsync(store.Sql));
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_sequence_gives_every_number_once_however_many_ask(StoreKind kind)
    {
        await using var store = await OpenAsync(kind);

        var numbers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(
            () => store.Sql.WriteAsync(session => session.NextIdAsync("trait"), None))));

        Assert.Equal(Enumerable.Range(1, 40).Select(number => (long)number), numbers.Order());
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Of_two_changes_to_one_version_only_the_first_is_taken(StoreKind kind)
    {
        await using var store = await OpenAsync(kind);
        var datasets = new Sluice.Collection.Datasets.DatasetStore(store.Sql);
        await datasets.AddAsync(new() { DatasetId = "d", Document = "{}" }, None);
        var one = (await datasets.FindAsync("d", None))!;
        var other = (await datasets.FindAsync("d", None))!;

        Assert.True(await datasets.TryUpdateAsync(one, None));
        Assert.False(await datasets.TryUpdateAsync(other, None));
        Assert.Equal(2, (await datasets.FindAsync("d", None))!.Version);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Migrating_twice_changes_nothing(StoreKind kind)
    {
        await using var store = await OpenAsync(kind);
        var before = await store.Sql.ReadAsync(session => session.QueryAsync<string>("select name from migration order by area, number"), None);

        await MigrateAsync(store.Sql);

        Assert.Equal(before, await store.Sql.ReadAsync(session => session.QueryAsync<string>("select name from migration order by area, number"), None));
        Assert.Contains("migrations/collection/0001-collection.sql", before);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_script_that_ran_with_another_text_stops_the_start(StoreKind kind)
    {
        await using var store = await OpenAsync(kind);
        await store.Sql.WriteAsync(session => session.ExecuteAsync("update migration set checksum = 'other' where area = 'collection'"), None);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => MigrateAsync(store.Sql));

        Assert.Contains("ran here with another text", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_store_of_a_newer_program_is_left_alone(StoreKind kind)
    {
        await using var store = await OpenAsync(kind);
        await store.Sql.WriteAsync(session => session.ExecuteAsync(
            "insert into migration (area, number, name, checksum, applied_ms) values ('collection', 9000, 'later', 'x', 0)"), None);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => MigrateAsync(store.Sql));

        Assert.Contains("newer program", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_said_to_be_unavailable()
    {
        await using var store = new PostgresStore("Host=127.0.0.1;Port=1;Username=nobody;Database=none;Timeout=2", "sluice");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync(session => session.FindAsync<long>("select 1"), None));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.WriteAsync(session => session.ExecuteAsync("select 1"), None));
    }

    private static async Task<TestStore> OpenAsync(StoreKind kind)
    {
        var store = await TestStore.OpenAsync(kind);
        await MigrateAsync(store.Sql);
        return store;
    }

    private static Task MigrateAsync(SqlStore sql) => sql.MigrateAsync(
        [new MigrationSet("access", typeof(Sluice.Access.AccessModule).Assembly), new MigrationSet("collection", typeof(Sluice.Collection.CollectionModule).Assembly)],
        TimeProvider.System, None);

    private static Task<long> CountAsync(SqlStore sql) => sql.ReadAsync(session => session.FindAsync<long>("select count(*) from id_sequence"), None);
}
