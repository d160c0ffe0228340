using Sluice.Storage;

namespace Sluice.Tests.Doubles;

/// <summary>The two databases that every store test runs on.</summary>
public enum StoreKind
{
    Sqlite,
    Postgres,
}

/// <summary>Opens an empty store of either kind, and removes it after the test.</summary>
public sealed class TestStore : IAsyncDisposable
{
    private readonly DirectoryInfo? _folder;

    private TestStore(SqlStore sql, DirectoryInfo? folder)
    {
        Sql = sql;
        _folder = folder;
    }

    public SqlStore Sql { get; }

    public static async Task<TestStore> OpenAsync(StoreKind kind)
    {
        if (kind == StoreKind.Postgres)
            return new TestStore(new PostgresStore(await PostgresServer.NewDatabaseAsync(), "sluice"), null);
        var folder = Directory.CreateTempSubdirectory("sluice-store-");
        return new TestStore(new SqliteStore(Path.Combine(folder.FullName, "metadata.db")), folder);
    }

    public async ValueTask DisposeAsync()
    {
        await Sql.DisposeAsync();
        _folder?.Delete(recursive: true);
    }
}
