namespace Sluice.Storage;

/// <summary>Where things are kept (configuration section <c>Storage</c>).</summary>
public sealed class StorageOptions
{
    /// <summary>The data folder: database files, journals, the lake, credentials. Default <c>./sluice-data</c>.</summary>
    public string Data { get; set; } = "sluice-data";

    /// <summary>An Npgsql connection string; when set, metadata is kept in PostgreSQL instead of SQLite files. Default: none.</summary>
    public string? Postgres { get; set; }

    /// <summary>Put before every PostgreSQL schema name, so that several installations can share a database. Default <c>sluice</c>.</summary>
    public string PostgresSchemaPrefix { get; set; } = "sluice";

    /// <summary>Environments beside <c>production</c>. Default: none.</summary>
    public string[] Environments { get; set; } = [];
}
