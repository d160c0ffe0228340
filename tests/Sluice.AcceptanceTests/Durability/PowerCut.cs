using System.Diagnostics;
using System.Globalization;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>The shim of <c>eng/powercut</c>, built on first use: a process started with its environment can lose power.</summary>
public sealed class PowerCut
{
    private static readonly Lazy<Task<string?>> Built = new(BuildAsync);

    private readonly string _shim;
    private readonly string _folder;

    private PowerCut(string shim, string folder)
    {
        _shim = shim;
        _folder = folder;
        Script = Path.Combine(Path.GetDirectoryName(shim)!, "script");
    }

    /// <summary>A program that does the file operations its arguments name.</summary>
    public string Script { get; }

    /// <summary>What the shim said when the power went, or null when it has not.</summary>
    public string? Report => File.Exists(ReportPath) ? File.ReadAllText(ReportPath).Trim() : null;

    private string ReportPath => GraveyardOf(_folder) + "/report";

    private string TriggerPath => GraveyardOf(_folder) + "/trigger";

    /// <summary>Where the shim keeps files whose names are gone but not durably so.</summary>
    public static string GraveyardOf(string folder) => folder + ".gone";

    /// <summary>Prepares cuts for a folder; skips the test where no C compiler is.</summary>
    public static async Task<PowerCut> ForAsync(string folder)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Power cuts are made by a shim for Linux");
        var shim = await Built.Value;
        if (shim is null && Environment.GetEnvironmentVariable("SLUICE_TESTS_SKIP_NOTHING") == "1")
            Assert.Fail("No C compiler (cc) is installed, and nothing may be skipped: run eng/install-test-servers");
        if (shim is null)
            Assert.Skip("No C compiler (cc) is installed; eng/install-test-servers installs one");
        Directory.CreateDirectory(GraveyardOf(folder));
        return new PowerCut(shim, folder);
    }

    /// <summary>
    /// The environment of a process whose power goes at its <paramref name="call"/>th call that changes a file, or on <see cref="Trigger"/>.
    /// With a seed other than 0 a random part of what was not flushed stays.
    /// </summary>
    public Dictionary<string, string> EnvironmentFor(int call = 0, int seed = 0)
    {
        File.Delete(ReportPath);
        File.Delete(TriggerPath);
        return new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = _shim,
            ["SLUICE_POWERCUT_DIR"] = _folder,
            ["SLUICE_POWERCUT_AFTER"] = call.ToString(CultureInfo.InvariantCulture),
            ["SLUICE_POWERCUT_SEED"] = seed.ToString(CultureInfo.InvariantCulture),
            ["SLUICE_POWERCUT_REPORT"] = ReportPath,
            ["SLUICE_POWERCUT_TRIGGER"] = TriggerPath,
        };
    }

    /// <summary>Has the power go at the next call that changes a file.</summary>
    public void Trigger() => File.WriteAllText(TriggerPath, "");

    // The compiled shim stays for the life of the test run, in the output folder.
    private static async Task<string?> BuildAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "powercut");
        Directory.CreateDirectory(folder);
        var shim = Path.Combine(folder, "powercut.so");
        string[] sources = ["powercut.c", "ledger.c", "script.c"];
        var paths = sources.Select(source => Checkout.PathOf("eng/powercut/" + source)).ToArray();
        try
        {
            await CompileAsync("-shared", "-fPIC", "-o", shim, paths[0], paths[1], "-ldl", "-lpthread");
            await CompileAsync("-o", Path.Combine(folder, "script"), paths[2], "-ldl");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // there is no cc
        }
        return shim;
    }

    private static async Task CompileAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("cc") { RedirectStandardError = true };
        foreach (var argument in arguments.Prepend("-Werror").Prepend("-Wall").Prepend("-O2"))
            start.ArgumentList.Add(argument);
        using var compiler = Process.Start(start)!;
        var errors = await compiler.StandardError.ReadToEndAsync();
        await compiler.WaitForExitAsync();
        if (compiler.ExitCode != 0)
            throw new InvalidOperationException($"The power cut shim does not compile:\n{errors}");
    }
}
