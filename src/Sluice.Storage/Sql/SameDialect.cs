namespace Sluice.Storage;

/// <summary>Takes every SQLite database for one and every PostgreSQL database for another, where Dapper keeps what it made for a statement.</summary>
/// <remarks>
/// Dapper writes and compiles code that binds a statement's parameters and reads its rows, and keeps it by statement and database. Ours hold
/// the same tables in every environment: made once, the code is good for all of them, and a server of five environments does not compile it five times.
/// A statement whose columns come back otherwise is noticed by Dapper and read anew.
/// </remarks>
internal sealed class SameDialect : IEqualityComparer<string>
{
    public bool Equals(string? x, string? y) => IsSqlite(x) == IsSqlite(y);

    public int GetHashCode(string obj) => IsSqlite(obj) ? 1 : 0;

    // As the SQLite driver writes it; PostgreSQL's knows no such key.
    private static bool IsSqlite(string? connection) => connection?.StartsWith("Data Source=", StringComparison.Ordinal) == true;
}
