using Sluice.Hosting;

namespace Sluice.Tests.Doubles;

/// <summary>An installation that went through its first start, once per test run and kind of store; a house of a test begins as a copy of it.</summary>
/// <remarks>
/// How houses are made cheap: the first start of an empty folder costs a quarter of a second of a core (a signing key, a hashed password, every
/// migration of three databases), a copy a few milliseconds. Only what that start leaves is copied: the databases and the credentials file.
/// Journal, lake and memory of ids are each house's own from its first byte. The product is not made cheaper for it: keys and hashes are those
/// of any installation, only shared, so the houses of one run also share organisation, credentials and signing key. A house begins
/// empty where its clock is behind or stands still, where it has settings of <c>Storage</c> or of role-based access, and where a test is about the
/// first start itself (<see cref="TestHouse.StartEmptyAsync(StoreKind)"/>). In a copy, what the first start made is as old as the template: minutes.
/// </remarks>
internal sealed class HouseTemplate
{
    private static readonly Lazy<Task<HouseTemplate>> OnSqlite = new(() => MakeAsync(StoreKind.Sqlite));
    private static readonly Lazy<Task<HouseTemplate>> OnPostgres = new(() => MakeAsync(StoreKind.Postgres));

    private readonly string _folder;
    private readonly string? _database;

    private readonly Dictionary<string, long> _lengths; // of journal files, which are kept without the room they hold ready

    private HouseTemplate(string folder, string? database, Dictionary<string, long> lengths) => (_folder, _database, _lengths) = (folder, database, lengths);

    /// <summary>Whether a house of these settings is, after its first start, what every other one is.</summary>
    internal static bool Suits(ServerSettings beside, IEnumerable<string> settings) =>
        beside.Clock is null or ShiftedClock { IsBehind: false } && beside.BootstrapFile is null
        && !settings.Any(one => one.StartsWith("Storage:", StringComparison.OrdinalIgnoreCase)
            || one.StartsWith("Access:RoleBased", StringComparison.OrdinalIgnoreCase));

    /// <summary>Copies the template of that kind into an empty folder, and its database beside it. Returns what the house must be told to find it.</summary>
    internal static async Task<string[]> CopyAsync(StoreKind kind, string folder)
    {
        var template = await (kind == StoreKind.Postgres ? OnPostgres : OnSqlite).Value;
        foreach (var file in Directory.EnumerateFiles(template._folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(template._folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy); // with its mode: for the owner alone
            if (template._lengths.TryGetValue(file, out var length))
                Lengthen(copy, length);
        }
        return template._database is { } database ? [$"Storage:Postgres={await PostgresServer.NewDatabaseAsync(database)}"] : [];
    }

    /// <summary>Deletes the templates that were made. Called once, after the last test.</summary>
    internal static async Task DeleteAllAsync()
    {
        foreach (var made in new[] { OnSqlite, OnPostgres }.Where(one => one.IsValueCreated && one.Value.IsCompletedSuccessfully))
            Directory.Delete((await made.Value)._folder, recursive: true);
    }

    private static async Task<HouseTemplate> MakeAsync(StoreKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-template-").FullName;
        var connection = kind == StoreKind.Postgres ? await PostgresServer.NewDatabaseAsync() : null;
        await using (await TestHouse.StartEmptyInAsync(folder, connection is null ? [] : [$"Storage:Postgres={connection}"]))
        {
        }

        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(one => Path.GetExtension(one) is not (".db" or ".json" or ".journal")))
            File.Delete(file);
        var lengths = new Dictionary<string, long>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.journal", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file, CancellationToken.None);
            lengths[file] = bytes.Length;
            await File.WriteAllBytesAsync(file, bytes.AsMemory(0, bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1), CancellationToken.None);
        }
        foreach (var left in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).OrderByDescending(one => one.Length))
        {
            if (!Directory.EnumerateFileSystemEntries(left).Any())
                Directory.Delete(left);
        }
        return new HouseTemplate(folder, connection is null ? null : PostgresServer.NameOf(connection), lengths);
    }

    private static void Lengthen(string file, long length)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
        stream.SetLength(length);
    }
}
