namespace Sluice.Storage;

/// <summary>What one environment keeps: its database, its lake of batch files, and the folder of its journal. Environments share none of it.</summary>
/// <param name="Name">Which environment.</param>
/// <param name="Sql">Its metadata.</param>
/// <param name="Profiles">Its profiles, which are written all the time: a database of their own where databases are files.</param>
/// <param name="Cache">What can be made again: entries of caches.</param>
/// <param name="Lake">Its batch files.</param>
/// <param name="Home">The folder that holds its journal and lake, for what else a door keeps in files.</param>
/// <param name="JournalFolder">Where its journal's segments are.</param>
public sealed record StorageEnvironment(EnvironmentName Name, SqlStore Sql, SqlStore Profiles, SqlStore Cache, FileStore Lake, string Home, string JournalFolder);
