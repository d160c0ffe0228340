namespace Sluice.Tests.Schemas;

/// <summary>The public data that tests read where it lies: a folder "shared" beside the repository.</summary>
internal static class SharedData
{
    /// <summary>The path of something in the data folder; the test is skipped where it is absent.</summary>
    public static string Require(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine([folder.FullName, "shared", "data", .. parts]);
            if (Path.Exists(path))
                return path;
        }

        Assert.Skip($"the shared data folder has no {string.Join('/', parts)}");
        return "";
    }

    /// <summary>The path of a file of the repository.</summary>
    public static string InRepository(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Sluice.slnx")))
                return Path.Combine([folder.FullName, .. parts]);
        }

        throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
