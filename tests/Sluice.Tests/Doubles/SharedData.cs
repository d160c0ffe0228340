namespace Sluice.Tests.Doubles;

/// <summary>Test data that lies beside the repository and is never copied into it.</summary>
public static class SharedData
{
    /// <summary>The root of the checkout.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The text of a file below <c>../shared/data</c>; skips the test where it is not there.</summary>
    public static string Read(string name)
    {
        var path = Path.Combine(Repository, "..", "shared", "data", name);
        if (!File.Exists(path))
            Assert.Skip($"The shared data file {name} is not beside this checkout");
        return File.ReadAllText(path);
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Sluice.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests do not run inside a checkout.");
    }
}
