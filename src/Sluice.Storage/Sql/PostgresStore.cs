using System.Buffers;
using System.Data.Common;
using Npgsql;

namespace Sluice.Storage;

/// <summary>A schema of a PostgreSQL database (15 or newer); each environment has a schema of its own.</summary>
public sealed class PostgresStore : SqlStore
{
    private const long MigrationLock = 0x534C_5549_4345; // any constant all nodes share

    private static readonly SearchValues<char> SchemaCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    private readonly NpgsqlDataSource _source;
    private readonly string _schema;

    /// <summary>Names the database and the schema; the schema is made by the first migration.</summary>
    /// <param name="connectionString">An Npgsql connection string.</param>
    /// <param name="schema">Lower-case letters, digits and underscores.</param>
    public PostgresStore(string connectionString, string schema)
    {
        if (schema.Length is 0 or > 63 || schema.AsSpan().ContainsAnyExcept(SchemaCharacters))
            throw new ArgumentException($"'{schema}' is not a schema name of a-z, 0-9 and _", nameof(schema));

        _schema = schema;
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = schema });
    }

    /// <inheritdoc/>
    public override string Kind => "PostgreSQL";

    internal override string DialectSuffix => "postgres";

    /// <inheritdoc/>
    public override async Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> write, CancellationToken cancellation)
    {
        using var driver = new DriverCancellation(cancellation);
        DbConnection connection;
        try
        {
            connection = await _source.OpenConnectionAsync(driver.Token);
        }
        catch (NpgsqlException error) when (IsWorldsFault(error))
        {
            throw new StoreUnavailableException($"{Kind} cannot be reached: {error.Message}", error);
        }

        await using (connection)
            return await InTransactionAsync(connection, write, driver.Token);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    internal override async Task LockForMigrationAsync(SqlSession session)
    {
        await session.ExecuteAsync("select pg_advisory_xact_lock(@MigrationLock)", new { MigrationLock });
        await session.ExecuteAsync($"create schema if not exists {_schema}");
    }

    protected override async Task<DbConnection> OpenReaderAsync(CancellationToken cancellation) =>
        await _source.OpenConnectionAsync(cancellation);

    // Class 53: insufficient resources (disk full), 57: operator intervention; no SQLSTATE: the connection itself failed.
    protected override bool IsWorldsFault(DbException failure) =>
        failure is NpgsqlException && (failure.SqlState is null || failure.SqlState.StartsWith("53", StringComparison.Ordinal)
            || failure.SqlState.StartsWith("57", StringComparison.Ordinal));
}
