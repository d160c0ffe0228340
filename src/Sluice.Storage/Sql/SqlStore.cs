using System.Data.Common;
using Dapper;

namespace Sluice.Storage;

/// <summary>One SQL database (SQLite file or PostgreSQL schema) that holds the metadata of an environment or of the installation.</summary>
/// <remarks>
/// Guarantees: when <see cref="WriteAsync{T}"/> returns, the transaction is on disk; when it throws, nothing of it is kept.
/// Threading: any number of readers at once; writers run one after the other on SQLite and side by side on PostgreSQL.
/// After a failure: the store stays usable; a database that cannot be reached or a full disk is a <see cref="StoreUnavailableException"/>.
/// The SQL that callers pass is the dialect both databases accept: see docs/formats/sql.md.
/// </remarks>
public abstract class SqlStore : IAsyncDisposable
{
    static SqlStore() => SqlMapper.ConnectionStringComparer = new SameDialect();

    /// <summary>What kind of database this is, for messages: <c>SQLite</c> or <c>PostgreSQL</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Runs a query on a connection of its own; sees what was committed before it began.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be reached.</exception>
    public async Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> read, CancellationToken cancellation)
    {
        using var driver = new DriverCancellation(cancellation);
        try
        {
            await using var connection = await OpenReaderAsync(driver.Token);
            return await read(new SqlSession(connection, null, driver.Token));
        }
        catch (DbException error) when (IsWorldsFault(error))
        {
            throw new StoreUnavailableException($"{Kind} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Runs a change in one transaction and commits it.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be reached or written; nothing was kept.</exception>
    public abstract Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> write, CancellationToken cancellation);

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Func<SqlSession, Task> write, CancellationToken cancellation) =>
        WriteAsync(async session =>
        {
            await write(session);
            return true;
        }, cancellation);

    /// <summary>Closes every connection.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>The companion suffix of scripts that only this database runs, such as <c>postgres</c>.</summary>
    internal abstract string DialectSuffix { get; }

    /// <summary>Keeps other processes from migrating the same database until the transaction ends.</summary>
    internal abstract Task LockForMigrationAsync(SqlSession session);

    protected abstract Task<DbConnection> OpenReaderAsync(CancellationToken cancellation);

    protected abstract bool IsWorldsFault(DbException failure);

    /// <summary>Commits or rolls back one transaction on a connection.</summary>
    protected async Task<T> InTransactionAsync<T>(
        DbConnection connection, Func<SqlSession, Task<T>> write, CancellationToken cancellation)
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            var result = await write(new SqlSession(connection, transaction, cancellation));
            // A commit once begun is not given up half way: its outcome must be known.
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        }
        catch (DbException error) when (IsWorldsFault(error))
        {
            throw new StoreUnavailableException($"{Kind} cannot be written: {error.Message}", error);
        }
    }
}
