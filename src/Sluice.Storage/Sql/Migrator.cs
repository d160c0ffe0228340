namespace Sluice.Storage;

/// <summary>Brings a database to the form this program expects, one script per transaction, and remembers which ran.</summary>
public static class Migrator
{
    /// <summary>Runs the scripts that have not run yet.</summary>
    /// <exception cref="InvalidOperationException">A script that already ran has changed since, or the database is newer than the program.</exception>
    public static async Task MigrateAsync(this SqlStore store, IEnumerable<MigrationSet> sets, TimeProvider clock, CancellationToken cancellation)
    {
        await store.WriteAsync(async session =>
        {
            await store.LockForMigrationAsync(session);
            await session.ExecuteAsync(
                """
                create table if not exists migration (
                    area text not null, number bigint not null, name text not null, checksum text not null, applied_ms bigint not null,
                    primary key (area, number))
                """);
        }, cancellation);

        foreach (var set in sets.Prepend(MigrationSet.Storage))
        {
            var scripts = set.For(store.DialectSuffix).ToList();
            await RefuseNewerAsync(store, set.Area, scripts, cancellation);
            foreach (var script in scripts)
                await store.WriteAsync(session => RunOnceAsync(store, session, script, clock), cancellation);
        }
    }

    private static async Task RunOnceAsync(SqlStore store, SqlSession session, Migration script, TimeProvider clock)
    {
        await store.LockForMigrationAsync(session);
        var applied = await session.FindAsync<string>(
            "select checksum from migration where area = @Area and number = @Number", script);
        if (applied == script.Checksum)
            return;
        if (applied is not null)
            throw new InvalidOperationException(
                $"Migration {script.Name} ran here with another text. Scripts that ran never change; add a new one instead.");

        await session.ExecuteAsync(script.Sql);
        await session.ExecuteAsync(
            "insert into migration (area, number, name, checksum, applied_ms) values (@Area, @Number, @Name, @Checksum, @applied)",
            new { script.Area, script.Number, script.Name, script.Checksum, applied = clock.GetUtcNow().ToUnixTimeMilliseconds() });
    }

    private static async Task RefuseNewerAsync(SqlStore store, string area, List<Migration> scripts, CancellationToken cancellation)
    {
        var newest = await store.ReadAsync(
            session => session.FindAsync<long?>("select max(number) from migration where area = @area", new { area }), cancellation);
        var known = scripts.Count == 0 ? 0 : scripts[^1].Number;
        if (newest > known)
            throw new InvalidOperationException(
                $"The {store.Kind} store has {area} tables of a newer program (migration {newest}; this one knows {known}).");
    }
}
