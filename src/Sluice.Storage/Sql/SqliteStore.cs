using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Sluice.Storage;

/// <summary>A SQLite file: write-ahead log, every commit flushed to disk before it returns, unless what it holds can be made again.</summary>
public sealed class SqliteStore : SqlStore
{
    private const int BusyTimeoutMs = 5_000; // another process (a backup, a shell) may hold the file for a moment

    private readonly string _connectionString;
    private readonly string _synchronous;
    private readonly SemaphoreSlim _writerTurn = new(1);
    private SqliteConnection? _writer;

    /// <summary>Names the file; it and its folder are made on first use.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isRebuildable">Whether losing it costs time only: then the system decides when a commit reaches the disk.</param>
    public SqliteStore(string path, bool isRebuildable = false)
    {
        _synchronous = isRebuildable ? "off" : "full";
        Folder.Create(Path.GetDirectoryName(Path.GetFullPath(path))!);
        CreateForOwnerAlone(path);
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = true, DefaultTimeout = BusyTimeoutMs / 1_000 }.ToString();
    }

    /// <inheritdoc/>
    public override string Kind => "SQLite";

    internal override string DialectSuffix => "sqlite";

    /// <inheritdoc/>
    public override async Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> write, CancellationToken cancellation)
    {
        await _writerTurn.WaitAsync(cancellation);
        try
        {
            _writer ??= await OpenAsync(cancellation);
            return await InTransactionAsync(_writer, write, cancellation);
        }
        finally
        {
            _writerTurn.Release();
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _writerTurn.WaitAsync();
        if (_writer is not null)
        {
            await _writer.DisposeAsync();
            SqliteConnection.ClearPool(_writer);
        }
        _writerTurn.Dispose();
    }

    // The one writer of this process holds the turn; other processes wait on SQLite's own lock.
    internal override Task LockForMigrationAsync(SqlSession session) => Task.CompletedTask;

    protected override async Task<DbConnection> OpenReaderAsync(CancellationToken cancellation) => await OpenAsync(cancellation);

    protected override bool IsWorldsFault(DbException failure) => failure is SqliteException
    {
        SqliteErrorCode: 5 or 6 or 8 or 10 or 11 or 13 or 14 or 26 // busy, locked, read-only, I/O, corrupt, full, cannot open, not a database
    };

    // It may hold keys and hashes. SQLite takes an empty file for a new database and gives its companions the same mode.
    private static void CreateForOwnerAlone(string path)
    {
        if (File.Exists(path) || OperatingSystem.IsWindows())
            return;
        using var created = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    private async Task<SqliteConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            await using var settings = connection.CreateCommand();
            settings.CommandText =
                $"pragma busy_timeout = {BusyTimeoutMs}; pragma journal_mode = wal; pragma synchronous = {_synchronous}; pragma foreign_keys = on;";
            await settings.ExecuteNonQueryAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
