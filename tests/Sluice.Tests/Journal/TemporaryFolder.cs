namespace Sluice.Tests.Journal;

/// <summary>A folder of the real disk, deleted with its content when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("sluice-journal-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
