using System.Data.Common;
using Dapper;

namespace Sluice.Storage;

/// <summary>A connection, and in a write its transaction, through which SQL runs with named parameters (<c>@name</c>).</summary>
public readonly struct SqlSession(DbConnection connection, DbTransaction? transaction, CancellationToken cancellation)
{
    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters = null) => connection.ExecuteAsync(Command(sql, parameters));

    /// <summary>Returns every row.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, object? parameters = null) =>
        (await connection.QueryAsync<T>(Command(sql, parameters))).AsList();

    /// <summary>Returns the first row, or the default when there is none.</summary>
    public Task<T?> FindAsync<T>(string sql, object? parameters = null) =>
        connection.QueryFirstOrDefaultAsync<T>(Command(sql, parameters));

    /// <summary>Takes the next number of a named sequence, beginning at 1. A rolled back transaction gives its number back.</summary>
    public async Task<long> NextIdAsync(string sequence) =>
        await FindAsync<long>(
            """
            insert into id_sequence (name, last) values (@sequence, 1)
            on conflict (name) do update set last = id_sequence.last + 1
            returning last
            """,
            new { sequence });

    private CommandDefinition Command(string sql, object? parameters) =>
        new(sql, parameters, transaction, cancellationToken: cancellation);
}
