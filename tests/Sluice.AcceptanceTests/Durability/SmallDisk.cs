using System.Diagnostics;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>A file system of a few megabytes, mounted on a temporary folder for the life of a test.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private const int PieceBytes = 64 * 1024;

    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Ballast => Path.Combine(Folder, "ballast");

    /// <summary>Mounts it; skips the test where that is not allowed.</summary>
    public static async Task<SmallDisk> MountAsync(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-disk-").FullName;
        if (OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder))
            return new SmallDisk(folder);
        Directory.Delete(folder);
        if (Environment.GetEnvironmentVariable("SLUICE_TESTS_SKIP_NOTHING") == "1")
            Assert.Fail("A small file system cannot be mounted (that needs root or sudo on Linux), and nothing may be skipped");
        Assert.Skip("A small file system cannot be mounted; that needs root or sudo on Linux");
        throw new UnreachableException();
    }

    /// <summary>Takes every byte that is left.</summary>
    public void Fill()
    {
        var piece = new byte[PieceBytes];
        try
        {
            using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, 0);
            while (true)
                file.Write(piece);
        }
        catch (IOException)
        {
            // Full: that was the purpose.
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "-l", Folder); // lazily: a handle of an ended process may be let go a moment later
        Directory.Delete(Folder);
    }

    // Mounting is root's; on a build machine sudo may give it without asking.
    private static async Task<bool> RunAsync(params string[] command)
    {
        string[] whole = Environment.UserName == "root" ? command : ["sudo", "-n", .. command];
        try
        {
            using var process = Process.Start(new ProcessStartInfo(whole[0], whole[1..]) { RedirectStandardError = true })!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
    }
}
