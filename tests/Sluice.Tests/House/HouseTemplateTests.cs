using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.House;

/// <summary>The copies that tests live in: as good as a first start, and each alone.</summary>
public sealed class HouseTemplateTests
{
    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task A_copied_house_has_what_a_first_start_makes_and_nothing_more(StoreKind kind)
    {
        await using var copied = await TestHouse.StartAsync(kind);
        await using var empty = await TestHouse.StartEmptyAsync(kind);

        Assert.Equal(await ContentAsync(empty), await ContentAsync(copied));
        Assert.NotEqual(empty.OrgId, copied.OrgId);
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task What_is_changed_in_one_copy_is_not_seen_in_another(StoreKind kind)
    {
        await using var one = await TestHouse.StartAsync(kind);
        await using var other = await TestHouse.StartAsync(kind);
        using var here = await one.SignInAsync();
        using var there = await other.SignInAsync();

        var made = await here.PostTextAsync("/api/sluice/v1/users", """{"username":"ada"}""");

        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Contains("\"ada\"", (await here.GetAsync("/api/sluice/v1/users")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"ada\"", (await there.GetAsync("/api/sluice/v1/users")).Text, StringComparison.Ordinal);
    }

    // The files, and how much of everything a client sees there is.
    private static async Task<string> ContentAsync(TestHouse house)
    {
        using var api = await house.SignInAsync();
        string[] lists = ["clients", "users", "signing-keys", "audit"];
        var counts = new List<string>();
        foreach (var list in lists)
        {
            var answer = await api.GetAsync($"/api/sluice/v1/{list}");
            counts.Add($"{list}: {answer.Json.AsObject().Select(one => one.Value).OfType<System.Text.Json.Nodes.JsonArray>().Single().Count}");
        }
        var files = Directory.EnumerateFiles(house.Folder, "*", SearchOption.AllDirectories)
            .Select(file => $"{Path.GetRelativePath(house.Folder, file)} {(OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file))}")
            .Order(StringComparer.Ordinal);
        return string.Join('\n', [.. counts, .. files]);
    }
}
