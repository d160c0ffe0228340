namespace Sluice.AcceptanceTests.Durability;

/// <summary>The source tree these tests run in.</summary>
internal static class Checkout
{
    private static readonly string Root = Find();

    internal static string PathOf(string name) => Path.Combine(Root, name);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Sluice.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests do not run inside a checkout.");
    }
}
