using System.Reflection;
using Microsoft.Extensions.Logging;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.House;

/// <summary>Small files, unique log ids, and no words that belong elsewhere.</summary>
public sealed class FileTests
{
    private const int MaxSourceLines = 400;
    private const int MaxTestLines = 600;

    // Files that may be longer, each with its reason.
    private static readonly string[] Longer = [];

    [Fact]
    public void No_file_is_too_long_to_read_in_one_sitting()
    {
        var sizes = Files("src", "*.cs").Select(file => (file, Lines: File.ReadLines(file).Count())).OrderBy(one => one.Lines).ToList();
        var tooLong = sizes.Where(one => one.Lines > MaxSourceLines)
            .Concat(Files("tests", "*.cs").Select(file => (file, Lines: File.ReadLines(file).Count())).Where(one => one.Lines > MaxTestLines))
            .Where(one => !Longer.Contains(Path.GetFileName(one.file)));

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{sizes.Count} source files: median {sizes[sizes.Count / 2].Lines} lines, p95 {sizes[sizes.Count * 95 / 100].Lines}, longest {sizes[^1].Lines}");
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Log_event_ids_are_unique_across_the_program()
    {
        Type[] oneOfEach = [typeof(Sluice.Hosting.SluiceServer), typeof(Sluice.Collection.CollectionModule), typeof(Sluice.Journal.EventJournal), typeof(Sluice.Client.CollectionProducer)];
        var ids =
            from type in oneOfEach.SelectMany(one => one.Assembly.GetTypes())
            from method in type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)
            let log = method.GetCustomAttribute<LoggerMessageAttribute>()
            where log is not null
            select log.EventId;

        var all = ids.ToList();
        Assert.True(all.Count > 5, "the attribute must be found at all");
        Assert.Equal(all.Distinct().Count(), all.Count);
    }

    [Fact]
    public void Nothing_is_left_to_be_done_without_an_issue()
    {
        var left =
            from file in Files("src", "*.cs").Concat(Files("bench", "*.cs"))
            from line in File.ReadLines(file)
            where line.Contains("TODO", StringComparison.Ordinal) || line.Contains("FIXME", StringComparison.Ordinal)
                || line.Contains("NotImplementedException", StringComparison.Ordinal)
            select $"{file}: {line.Trim()}";

        Assert.Empty(left);
    }

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(SharedData.Repository, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/node_modules/", StringComparison.Ordinal));
}
