using System.Diagnostics;
using Sluice.AcceptanceTests.Durability;

namespace Sluice.AcceptanceTests.Guide;

/// <summary>The pages of <c>docs</c> for users do what they say: their commands are run in order against a real server, and what they show is what comes.</summary>
public sealed class GuideTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // Blocks that no test can run, by the page and the block's first line, and why.
    private static readonly Dictionary<(string Page, string Line), string> NotRun = new()
    {
        [(GuidePage.Start, @"dotnet run --project src/Sluice -- serve --data ./sluice-data \")] = "it is the server that all the others call; the test starts its own, with these settings",
        [("operations.md", "tar xzf sluice-0.1.0-linux-x64.tar.gz && cd sluice-0.1.0-linux-x64")] = "it installs a systemd unit as root; eng/package runs the program of the archive",
    };

    public static TheoryData<string> Pages => new(All.Where(page => page != GuidePage.Start && GuidePage.Read(page).Commands.Count > 0));

    private static IEnumerable<string> All => Directory.GetFiles(Checkout.PathOf("docs/guide"), "*.md").Select(file => "guide/" + Path.GetFileName(file)).Order()
        .Concat(["cli.md", "operations.md", "operations/access.md"]);

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task What_a_page_says_is_what_happens(string page)
    {
        SkipWithout("jq");
        SkipWithout("curl");
        SkipWithout("openssl");
        using var house = new House();
        house.Settings.AddRange(["Collection:BatchWindow=00:00:02", "Audience:AllowLoopbackTargets=true", "Gateway:AllowLoopbackTargets=true", "Collection:AllowLocalWebhooks=true", "Journal:MaxAge=01:00:00"]);
        await using var server = house.Start();
        var address = await server.ReadyAsync();
        var pages = GuidePage.Read(page).WithEarlier();

        var said = await RunAsync(pages, address!, house.Folder);

        foreach (var (command, answer) in pages.SelectMany(one => one.Commands).Zip(said))
            Assert.True(command.Fits(answer), $"{page} runs\n{command.Script}\nand promises\n{command.Shown}\nbut this came:\n{answer}");
        Assert.Equal(pages.Sum(one => one.Commands.Count), said.Count);
    }

    [Fact]
    public void The_guide_names_every_page_of_it()
    {
        var start = File.ReadAllText(Checkout.PathOf("docs/" + GuidePage.Start));

        Assert.All(All.Where(page => page.StartsWith("guide/", StringComparison.Ordinal) && page != GuidePage.Start), page => Assert.Contains($"({page["guide/".Length..]})", start, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_block_of_commands_is_run_or_has_its_reason_not_to_be() =>
        Assert.Equal(NotRun.Keys.Order(), All.SelectMany(page => GuidePage.Read(page).Others.Select(line => (page, line))).Order());

    [Theory]
    [InlineData("a\n…\nd", "a\nb\nc\nd", true)]
    [InlineData("{\"id\":\"…\"}", "{\"id\":\"x1\"}", true)]
    [InlineData("11 × …", "10 × rope", false)]
    [InlineData("true", "true\nfalse", false)]
    public void What_is_shown_is_compared_whole_but_for_the_dots(string shown, string said, bool fits) => Assert.Equal(fits, new GuideCommand("", shown).Fits(said));

    private static async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<GuidePage> pages, string address, string data)
    {
        var tools = Directory.CreateTempSubdirectory("sluice-guide-").FullName;
        try
        {
            await PutProgramAsync(tools);
            var start = new ProcessStartInfo("bash", ["-c", GuidePage.ScriptOf(pages)]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Checkout.PathOf("docs/guide") };
            foreach (var (name, value) in new[] { ("SLUICE", address), ("DATA", data), ("TMPDIR", tools), ("PATH", $"{tools}:{Environment.GetEnvironmentVariable("PATH")}") })
                start.Environment[name] = value;
            using var bash = Process.Start(start)!;
            var (output, error) = (bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            try
            {
                await bash.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
            }
            finally
            {
                bash.Kill(entireProcessTree: true);
            }
            Assert.True(bash.ExitCode == 0, $"A command ended with {bash.ExitCode}:\n{await output}\n{await error}");
            return GuidePage.Split(await output);
        }
        finally
        {
            Directory.Delete(tools, recursive: true);
        }
    }

    /// <summary>Puts <c>sluice</c> into a folder that a path can name.</summary>
    internal static async Task PutProgramAsync(string folder)
    {
        var program = Path.Combine(folder, "sluice");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "Sluice.dll")}' \"$@\"\n", TestContext.Current.CancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    internal static void SkipWithout(string tool)
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, tool)));
        if (!isThere && Environment.GetEnvironmentVariable("SLUICE_TESTS_SKIP_NOTHING") == "1")
            Assert.Fail($"{tool} is not installed; eng/install-test-servers installs it");
        Assert.SkipUnless(isThere, $"{tool} is not installed; eng/install-test-servers installs it");
    }
}
