namespace Sluice.Storage;

/// <summary>Everything one data folder (or PostgreSQL database) holds: the installation's own store, and one set per environment.</summary>
public sealed class Installation : IAsyncDisposable
{
    private Installation(string folder, SqlStore sql, IReadOnlyList<StorageEnvironment> environments)
    {
        Folder = folder;
        Sql = sql;
        Environments = environments;
    }

    /// <summary>The absolute path of the data folder.</summary>
    public string Folder { get; }

    /// <summary>Clients, users, signing keys: one per installation, whatever the environments.</summary>
    public SqlStore Sql { get; }

    /// <summary>Every environment; <c>production</c> first.</summary>
    public IReadOnlyList<StorageEnvironment> Environments { get; }

    /// <summary>Opens the stores. No table exists before the caller migrates them.</summary>
    /// <exception cref="ArgumentException">A configured environment's name is not one.</exception>
    public static Installation Open(StorageOptions options)
    {
        var folder = Path.GetFullPath(options.Data);
        var isNew = !Directory.Exists(folder);
        Storage.Folder.Create(folder);
        if (isNew && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var names = new List<EnvironmentName> { EnvironmentName.Production };
        foreach (var text in options.Environments)
        {
            if (!EnvironmentName.TryParse(text, out var name))
                throw new ArgumentException($"Storage:Environments: '{text}' is not an environment name (a-z, 0-9 and -, at most 40).");
            if (!names.Contains(name))
                names.Add(name);
        }

        return new Installation(folder, OpenSql(null), [.. names.Select(OpenEnvironment)]);

        StorageEnvironment OpenEnvironment(EnvironmentName name)
        {
            var home = Path.Combine(folder, name.Value);
            var sql = OpenSql(name);
            var profiles = options.Postgres is { Length: > 0 } ? sql : new SqliteStore(Path.Combine(home, "profiles.db"));
            var cache = options.Postgres is { Length: > 0 } ? sql : new SqliteStore(Path.Combine(home, "cache.db"), isRebuildable: true);
            return new StorageEnvironment(
                name, sql, profiles, cache, new FileStore(Path.Combine(home, "lake")), home, Path.Combine(home, "journal"));
        }

        // Without a name: the installation's own.
        SqlStore OpenSql(EnvironmentName? name) => (options.Postgres, name) switch
        {
            ({ Length: > 0 } postgres, null) => new PostgresStore(postgres, options.PostgresSchemaPrefix),
            ({ Length: > 0 } postgres, { } own) =>
                new PostgresStore(postgres, $"{options.PostgresSchemaPrefix}_{own.Value.Replace('-', '_')}"),
            (_, null) => new SqliteStore(Path.Combine(folder, "installation.db")),
            (_, { } own) => new SqliteStore(Path.Combine(folder, own.Value, "metadata.db")),
        };
    }

    /// <summary>Closes every store.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var environment in Environments)
        {
            await environment.Sql.DisposeAsync();
            await environment.Profiles.DisposeAsync();
            await environment.Cache.DisposeAsync();
        }
        await Sql.DisposeAsync();
    }
}
