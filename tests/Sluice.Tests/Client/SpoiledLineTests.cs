using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Client;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Client;

/// <summary>A line that is no message harms only itself: lines before and behind it arrive as they stand, whatever would come of them put together.</summary>
public sealed class SpoiledLineTests : IDisposable
{
    private const int Lines = 1_500;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-spoiled-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Spoiled_lines_are_rejected_by_their_number_and_the_others_are_stored_once_as_they_are(int seed)
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await Producer.OpenAsync(house);
        var (random, lines, sound) = (new Random(seed), new List<string>(), new List<(int Number, string Id)>());
        while (lines.Count < Lines)
        {
            var id = $"m{lines.Count:D4} {Text(random)}";
            var line = desk.Message(Producer.Entity(id)).ToJsonString();
            if (random.Next(4) > 0)
                sound.Add((lines.Count + 1, id));
            else
                line = Spoil(line, random);
            lines.AddRange(line.Split('\n'));
        }
        var (file, rejects) = (Path.Combine(_folder.FullName, "lines"), Path.Combine(_folder.FullName, "rejects"));
        await File.WriteAllTextAsync(file, string.Join('\n', lines), Cancellation);

        await using var source = File.OpenRead(file);
        using var upload = FileUpload.Open(new UploadOptions { Inlet = new Uri(house.Address + desk.Path), Source = source, RejectsFile = rejects });
        var end = await upload.RunAsync(Cancellation);

        var rejected = (await File.ReadAllLinesAsync(rejects, Cancellation)).Select(line => JsonNode.Parse(line)!).ToDictionary(one => (int)one["line"]!);
        var landed = (await desk.LandedAsync((int)end.Accepted)).Select(line => (string)line["_id"]!).ToList();
        Assert.Equal((lines.Count, rejected.Count), ((int)(end.Accepted + end.Rejected), (int)end.Rejected));
        Assert.Equal(end.Accepted, landed.Count);
        Assert.DoesNotContain(sound, one => rejected.ContainsKey(one.Number));
        Assert.Empty(sound.Select(one => one.Id).Except(landed));
        Assert.DoesNotContain(lines.Index(), line => !IsObject(line.Item) && !rejected.ContainsKey(line.Index + 1));
        Assert.Equal(landed.Order(StringComparer.Ordinal), lines.Index().Where(line => !rejected.ContainsKey(line.Index + 1)).Select(line => (string)JsonNode.Parse(line.Item)!["body"]!["xdmEntity"]!["_id"]!).Order(StringComparer.Ordinal));
        Assert.All(rejected.Values.Where(one => one["text"] is not null), one => Assert.StartsWith("The message is not", (string)one["reason"]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_of_two_messages_and_two_lines_of_one_are_not_taken_for_as_many_messages_as_lines()
    {
        await using var house = await TestHouse.StartAsync();
        using var desk = await Producer.OpenAsync(house);
        string Message(string id) => desk.Message(Producer.Entity(id)).ToJsonString();
        var cut = Message("cut here");
        var middle = cut.IndexOf(" here", StringComparison.Ordinal);
        string[] lines = [Message("first"), Message("one") + "," + Message("two"), cut[..middle], cut[middle..], Message("last")];
        var (file, rejects) = (Path.Combine(_folder.FullName, "lines"), Path.Combine(_folder.FullName, "rejects"));
        await File.WriteAllLinesAsync(file, lines, Cancellation);

        await using var source = File.OpenRead(file);
        using var upload = FileUpload.Open(new UploadOptions { Inlet = new Uri(house.Address + desk.Path), Source = source, RejectsFile = rejects });
        var end = await upload.RunAsync(Cancellation);

        Assert.Equal((2, 3), (end.Accepted, end.Rejected));
        Assert.Equal([2, 3, 4], (await File.ReadAllLinesAsync(rejects, Cancellation)).Select(line => (int)JsonNode.Parse(line)!["line"]!));
        Assert.Equal(["first", "last"], (await desk.LandedAsync(2)).Select(line => (string)line["_id"]!).Order(StringComparer.Ordinal));
    }

    // Marks that JSON counts by, in strings, where they count for nothing; of any length, so that they lie anywhere in a word of the machine.
    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => random.GetItems(["{", "}", "[", "]", "\"", "\\", ",", "a", "\\\\", "é", "\u2028"], 1)[0]));

    private static string Spoil(string line, Random random)
    {
        var marks = line.Index().Where(one => "{}[]\",:\\".Contains(one.Item)).Select(one => one.Index).ToList();
        var at = marks[random.Next(1, marks.Count)]; // not the first: nothing would be left of it, and a blank line is none
        return random.Next(8) switch
        {
            0 => line[..at] + line[(at + 1)..],
            1 => line[..at] + line[at] + line[at..],
            2 => line[..at] + random.GetItems(['{', '}', '[', ']', '"', '\\', '\u0001'], 1)[0] + line[(at + 1)..],
            3 => line[..(at + 1)] + '\n' + line[(at + 1)..], // two lines that would be one message
            4 => line + "," + line,
            5 => line + "}",
            6 => "[" + line + "]",
            _ => line[..at],
        };
    }

    private static bool IsObject(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
