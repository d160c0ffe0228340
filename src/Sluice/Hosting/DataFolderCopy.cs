using Microsoft.Data.Sqlite;

namespace Sluice.Hosting;

/// <summary>A copy of a data folder that a server can start on, made while another server writes the original.</summary>
/// <remarks>
/// The order is what makes it whole: the journal, then databases, then everything else, then what the journal has got meanwhile. Databases know
/// how far each consumer has read, and the copied journal reaches from before that place to after it, so a start on the copy finishes what was under way,
/// as after a crash at the moment the databases were read. Segments that expire while the copy is made stay in it.
/// </remarks>
internal static class DataFolderCopy
{
    private const string Marker = "backup.complete";
    private const string Database = ".db";

    /// <summary>What was done.</summary>
    /// <param name="Files">Files in the copy.</param>
    /// <param name="Copied">Those that were new or had changed.</param>
    /// <param name="CopiedBytes">Their bytes.</param>
    internal sealed record Made(int Files, int Copied, long CopiedBytes);

    /// <summary>Makes the copy, or brings an earlier one up to date. Until it is whole, the file <c>backup.complete</c> is not there.</summary>
    /// <exception cref="InvalidDataException">The source is no data folder, or the target is neither empty nor an earlier copy.</exception>
    internal static async Task<Made> MakeAsync(string source, string target, CancellationToken cancellation)
    {
        Check(source, target);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(target);
        else
            Directory.CreateDirectory(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var marker = Path.Combine(target, Marker);
        // From here on the folder is an unfinished copy, which a next run may go on with and nobody takes for a whole one.
        await File.WriteAllTextAsync(marker, "", cancellation);
        File.Move(marker, marker + ".pending", overwrite: true);

        var copy = new Copy(source, target);
        foreach (var file in copy.Find(InJournal))
            await copy.TakeAsync(file, cancellation);
        foreach (var file in copy.Find(file => file.EndsWith(Database, StringComparison.Ordinal)))
            copy.TakeDatabase(file);
        foreach (var file in copy.Find(file => !InJournal(file) && !OfDatabase(file)))
            await copy.TakeAsync(file, cancellation);
        foreach (var file in copy.Find(InJournal))
            await copy.TakeAsync(file, cancellation);
        copy.DropOthers();
        File.Move(marker + ".pending", marker, overwrite: true);
        return new Made(copy.Files, copy.Copied, copy.Bytes);
    }

    private static void Check(string source, string target)
    {
        if (!File.Exists(Path.Combine(source, "credentials.json")) && !File.Exists(Path.Combine(source, "installation.db")))
            throw new InvalidDataException($"{source} is no data folder; name it with --data");
        var (from, to) = (Path.TrimEndingDirectorySeparator(source) + Path.DirectorySeparatorChar, Path.TrimEndingDirectorySeparator(target) + Path.DirectorySeparatorChar);
        if (from.StartsWith(to, StringComparison.Ordinal) || to.StartsWith(from, StringComparison.Ordinal))
            throw new InvalidDataException($"{target} and {source} must not lie in each other");
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any() && !File.Exists(Path.Combine(target, Marker)) && !File.Exists(Path.Combine(target, Marker + ".pending")))
            throw new InvalidDataException($"{target} is neither empty nor an earlier backup");
    }

    private static bool InJournal(string file) => Path.GetFileName(Path.GetDirectoryName(file)) == "journal" && !file.EndsWith(".lock", StringComparison.Ordinal);

    private static bool OfDatabase(string file) =>
        file.EndsWith(Database, StringComparison.Ordinal) || file.EndsWith(Database + "-wal", StringComparison.Ordinal) || file.EndsWith(Database + "-shm", StringComparison.Ordinal);

    private sealed class Copy(string source, string target)
    {
        private readonly HashSet<string> _taken = [];

        internal int Files => _taken.Count;

        internal int Copied { get; private set; }

        internal long Bytes { get; private set; }

        // In the order of their names, listed once: a journal's files then form one piece.
        internal List<string> Find(Func<string, bool> which) =>
            [.. Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(source, file))
                .Where(file => which(file) && !file.EndsWith(".lock", StringComparison.Ordinal) && !file.StartsWith(Marker, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)];

        internal async Task TakeAsync(string file, CancellationToken cancellation)
        {
            var (from, to) = (new FileInfo(Path.Combine(source, file)), new FileInfo(Path.Combine(target, file)));
            try
            {
                if (!from.Exists)
                    return;
                var (length, written) = (from.Length, from.LastWriteTimeUtc);
                _taken.Add(file);
                if (to.Exists && to.Length == length && to.LastWriteTimeUtc == written)
                    return;
                to.Directory!.Create();
                var half = to.FullName + ".half";
                await using (var reading = new FileStream(from.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
                await using (var writing = new FileStream(half, FileMode.Create, FileAccess.Write))
                {
                    await reading.CopyToAsync(writing, cancellation);
                    writing.Flush(flushToDisk: true);
                    Bytes += writing.Length;
                }
                File.SetLastWriteTimeUtc(half, written);
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(half, File.GetUnixFileMode(from.FullName));
                File.Move(half, to.FullName, overwrite: true);
                Copied++;
            }
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException && !File.Exists(from.FullName))
            {
                // It expired, or its dataset was removed, since the folder was listed. If an earlier turn took it, it stays.
            }
        }

        internal void TakeDatabase(string file)
        {
            var (from, to) = (Path.Combine(source, file), Path.Combine(target, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            var half = to + ".half";
            File.Delete(half);
            using (var reading = Open(from, SqliteOpenMode.ReadOnly))
            using (var writing = Open(half, SqliteOpenMode.ReadWriteCreate))
                reading.BackupDatabase(writing);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(half, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            using (var flushed = new FileStream(half, FileMode.Open, FileAccess.ReadWrite))
            {
                flushed.Flush(flushToDisk: true);
                Bytes += flushed.Length;
            }
            File.Move(half, to, overwrite: true);
            _taken.Add(file);
            Copied++;
        }

        // What an earlier copy had and the original has no more; a start on the earlier copy may have left a database's own files too.
        internal void DropOthers()
        {
            foreach (var file in Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories))
            {
                var name = Path.GetRelativePath(target, file);
                if (!_taken.Contains(name) && !name.StartsWith(Marker, StringComparison.Ordinal))
                    File.Delete(file);
            }
        }

        private static SqliteConnection Open(string file, SqliteOpenMode mode)
        {
            var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString());
            connection.Open();
            return connection;
        }
    }
}
