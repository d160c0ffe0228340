using Sluice.Storage;

namespace Sluice.Tests.Storage;

/// <summary>What <see cref="FileStore"/> promises: a file is there whole or not at all.</summary>
public sealed class FileStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-files-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_is_not_there_before_it_is_completed_and_is_whole_after()
    {
        var store = new FileStore(_folder.FullName);
        using var pending = store.Begin("dataset=a/date=2026-01-01/batch.gz");
        pending.Stream.Write("hello"u8);

        Assert.Null(store.Find("dataset=a/date=2026-01-01/batch.gz"));
        Assert.Equal(5, pending.Complete());
        using var found = store.Find("dataset=a/date=2026-01-01/batch.gz")!;
        Assert.Equal("hello", new StreamReader(found).ReadToEnd());
    }

    [Fact]
    public void A_file_given_up_leaves_nothing_and_keeps_the_earlier_one()
    {
        var store = new FileStore(_folder.FullName);
        using (var first = store.Begin("a"))
        {
            first.Stream.Write("first"u8);
            first.Complete();
        }
        using (var second = store.Begin("a"))
            second.Stream.Write("second"u8);

        Assert.Equal(["a"], Directory.GetFiles(_folder.FullName).Select(Path.GetFileName));
        Assert.Equal("first", File.ReadAllText(Path.Combine(_folder.FullName, "a")));
    }

    [Fact]
    public void Parts_of_a_stopped_process_are_removed()
    {
        var store = new FileStore(_folder.FullName);
        File.WriteAllText(Path.Combine(_folder.FullName, "left.part"), "x");

        store.RemoveParts();

        Assert.Empty(Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void A_name_that_leads_out_of_the_store_is_refused()
    {
        var store = new FileStore(_folder.FullName);

        Assert.Throws<ArgumentException>(() => store.Begin("../outside"));
        Assert.Throws<ArgumentException>(() => store.Find("/etc/passwd"));
    }

    [Theory]
    [InlineData("prod", "production")]
    [InlineData("production", "production")]
    [InlineData(" Beta-2 ", "beta-2")]
    [InlineData("", null)]
    [InlineData("2nd", null)]
    [InlineData("a/b", null)]
    public void An_environment_name_is_read_as_clients_write_it(string text, string? name)
    {
        Assert.Equal(name is not null, EnvironmentName.TryParse(text, out var parsed));
        if (name is not null)
            Assert.Equal(name, parsed.Value);
    }
}
