using Sluice.Storage;

namespace Sluice.Profiles;

/// <summary>The engine's own tables, which whoever opens an environment migrates before anything reads them.</summary>
internal static class ProfilesMigrations
{
    internal static MigrationSet Set { get; } = new("profiles", typeof(ProfilesMigrations).Assembly);
}
