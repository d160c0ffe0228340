using System.Diagnostics;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>The power cut itself: what was not flushed goes, what was flushed stays. Otherwise the other tests would prove nothing.</summary>
[Collection(nameof(WholeMachine))]
public sealed class ShimTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-shim-").FullName;

    [Fact]
    public async Task A_write_that_was_not_flushed_is_gone()
    {
        await RunAsync("make a flush . write a hello power-off");

        Assert.Equal("", Read("a"));
    }

    [Fact]
    public async Task A_write_that_was_flushed_stays()
    {
        await RunAsync("make a flush . write a hello flush a power-off");

        Assert.Equal("hello", Read("a"));
    }

    [Fact]
    public async Task A_flush_through_a_handle_of_libc_counts()
    {
        await RunAsync("make a write a hello libc-flush a libc-flush . power-off");

        Assert.Equal("hello", Read("a"));
    }

    [Fact]
    public async Task Overwritten_and_appended_bytes_that_were_not_flushed_are_as_before()
    {
        await RunAsync("make a write a hello flush a flush . write a HE append a world power-off");

        Assert.Equal("hello", Read("a"));
    }

    [Fact]
    public async Task A_cut_that_was_not_flushed_is_undone()
    {
        await RunAsync("make a write a hello flush a flush . cut-to a 2 power-off");

        Assert.Equal("hello", Read("a"));
    }

    [Fact]
    public async Task A_file_whose_folder_was_not_flushed_has_no_name()
    {
        await RunAsync("make a write a hello flush a power-off");

        Assert.False(File.Exists(Of("a")));
    }

    [Fact]
    public async Task A_rename_holds_once_the_folder_was_flushed()
    {
        await RunAsync("make a write a old flush a make b write b new flush b flush . rename b a flush . power-off");

        Assert.Equal("new", Read("a"));
        Assert.False(File.Exists(Of("b")));
    }

    [Fact]
    public async Task A_rename_whose_folder_was_not_flushed_is_undone_and_the_replaced_file_is_back()
    {
        await RunAsync("make a write a old flush a make b write b new flush b flush . rename b a power-off");

        Assert.Equal("old", Read("a"));
        Assert.Equal("new", Read("b"));
    }

    [Fact]
    public async Task A_removed_file_is_back_unless_the_folder_was_flushed()
    {
        await RunAsync("make a make b write a hello flush a flush . remove b flush . remove a power-off");

        Assert.Equal("hello", Read("a"));
        Assert.False(File.Exists(Of("b")));
    }

    [Fact]
    public async Task A_folder_whose_own_name_was_not_flushed_is_gone_with_all_that_was_flushed_in_it()
    {
        await RunAsync("folder x make x/a write x/a hello flush x/a flush x power-off");

        Assert.False(Directory.Exists(Of("x")));
    }

    [Fact]
    public async Task Nothing_is_lost_by_a_process_that_ends_by_itself()
    {
        await RunAsync("make a write a hello", survives: true);

        Assert.Equal("hello", Read("a"));
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        if (Directory.Exists(PowerCut.GraveyardOf(_folder)))
            Directory.Delete(PowerCut.GraveyardOf(_folder), recursive: true);
    }

    private string Of(string name) => Path.Combine(_folder, name);

    private string Read(string name) => File.ReadAllText(Of(name));

    private async Task RunAsync(string script, bool survives = false)
    {
        var cut = await PowerCut.ForAsync(_folder);
        var start = new ProcessStartInfo(cut.Script, script.Split(' ')) { WorkingDirectory = _folder };
        foreach (var (name, value) in cut.EnvironmentFor())
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(survives ? 0 : 137, process.ExitCode);
        Assert.Equal(survives, cut.Report is null);
    }
}
