using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Sluice.AcceptanceTests.Durability;
using Sluice.Storage;
using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>Stories of people who collect data, lived through in the console: the first message, a fault put right, and very many datasets.</summary>
public sealed class CollectionStoryTests(PageBrowser browser)
{
    private const int Many = 100_000;

    private const string DepthPatch = """
        [
          {
            "op": "replace",
            "path": "/body/xdmEntity/environment/colorDepth",
            "value": 24
          }
        ]
        """;

    [Fact]
    [Statement("A9", "A24", "A49")]
    public async Task Somebody_comes_from_nothing_to_the_first_message_by_schema_dataset_connection_and_the_command_that_is_shown()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var page = story.Page;

        await story.SignInAsync("datasets");
        await page.GetByRole(AriaRole.Link, new() { Name = "a schema" }).ClickAsync();
        await CreateSchemaAsync(story);
        await page.GetByRole(AriaRole.Link, new() { Name = "create a dataset" }).ClickAsync();
        await CreateDatasetAsync(story);
        await page.GetByRole(AriaRole.Link, new() { Name = "create a connection", Exact = true }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("Shop's tills");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create connection" }).ClickAsync();
        var answer = await RunAsync(await page.GetByLabel("the command", new() { Exact = true }).InnerTextAsync());
        await story.PictureAsync("connection");

        var xactionId = JsonNode.Parse(answer)!["xactionId"]?.GetValue<string>();
        Assert.True(xactionId is not null, answer);
        await page.GetByRole(AriaRole.Link, new() { Name = "the dataset's activity" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Table, new() { Name = "Batches" }).GetByText("success")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Figure, new() { Name = "Total records" })).ToContainTextAsync("1");
        await Assertions.Expect(page.GetByRole(AriaRole.Figure, new() { Name = "Records ingested per day" }).Locator("svg")).ToBeVisibleAsync();
        await story.PictureAsync("dataset-activity");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Preview" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Table, new() { Name = "Preview" }).GetByText("timestamp")).ToBeVisibleAsync();
        await story.PictureAsync("dataset-preview");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Info" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Page visit" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByLabel("the dataset's id", new() { Exact = true })).ToHaveTextAsync(new Uri(page.Url).Segments[^1]);
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copy the dataset's id" })).ToBeVisibleAsync();
        await story.PictureAsync("dataset-info");
        await page.GetByRole(AriaRole.Link, new() { Name = "Trace a message" }).ClickAsync();
        await page.GetByLabel("xactionId").FillAsync(xactionId);
        await page.GetByRole(AriaRole.Button, new() { Name = "Follow it" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Batch 0" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Table, new() { Name = "First rows" })).ToBeVisibleAsync();
        await story.PictureAsync("batch");
        story.HadNoFaults();
    }

    [Fact]
    public async Task Somebody_finds_what_was_refused_changes_one_message_tries_it_out_and_sends_all_of_them_again()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var (page, admin) = (story.Page, story.Admin);
        var datasetId = await story.House.FurnishAsync(admin);

        await story.SignInAsync("live");
        await Assertions.Expect(page.GetByText("Listening.")).ToBeVisibleAsync();
        for (var number = 0; number < 5; number++)
            await story.House.CollectAsync(admin, datasetId, $$$"""{"_id":"m{{{number}}}","timestamp":"2025-11-22T09:15:01Z","environment":{"colorDepth":"deep"}}""");
        await Assertions.Expect(page.GetByRole(AriaRole.Table, new() { Name = "Messages" }).GetByText("rejected")).ToHaveCountAsync(5);
        await story.PictureAsync("live");
        await page.GetByRole(AriaRole.Link, new() { Name = "Failed messages" }).ClickAsync();
        await page.GetByRole(AriaRole.Table, new() { Name = "Groups" }).GetByRole(AriaRole.Link, new() { Name = "expected type" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Message", new() { Exact = true }).Locator("mark")).ToHaveTextAsync("\"colorDepth\": \"deep\"");
        await story.PictureAsync("failed-group");
        var editor = page.GetByLabel("Change this message");
        await editor.FillAsync((await editor.InputValueAsync()).Replace("\"deep\"", "24", StringComparison.Ordinal));
        await Assertions.Expect(page.GetByLabel("Patch", new() { Exact = true })).ToHaveValueAsync(DepthPatch);
        await page.GetByRole(AriaRole.Button, new() { Name = "Try it out" }).ClickAsync();
        await Assertions.Expect(page.GetByText("5 would pass")).ToBeVisibleAsync();
        await story.PictureAsync("failed-tried");
        await page.GetByRole(AriaRole.Button, new() { Name = "Fix and send again" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Fix and send again" }).ClickAsync();

        await Assertions.Expect(page.GetByText("Nothing failed is left in this group.")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("5 landed or about to land")).ToBeVisibleAsync();
        await story.PictureAsync("failed-fixed");
        await page.GetByRole(AriaRole.Link, new() { Name = "Failed messages" }).First.ClickAsync();
        await Assertions.Expect(page.GetByText("No message waits to be put right")).ToBeVisibleAsync();
        await story.GotoAsync($"datasets/{datasetId}");
        await Assertions.Expect(page.GetByRole(AriaRole.Figure, new() { Name = "Total records" })).ToContainTextAsync("5");
        story.HadNoFaults();
    }

    [Fact]
    public async Task Somebody_follows_a_message_by_its_id_down_to_the_segment_that_it_brought_a_person_into()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var (page, admin) = (story.Page, story.Admin);
        var datasetId = await story.House.FurnishAsync(admin);
        var segment = await FurnishedServer.AddSegmentAsync(admin, "Lock buyers", "productListItems.SKU == \"LOCK-GATE\"");

        await story.SignInAsync($"datasets/{datasetId}");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Info" }).ClickAsync();
        await page.GetByRole(AriaRole.Switch, new() { Name = "For profiles" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Switch, new() { Name = "For profiles" })).ToBeCheckedAsync();
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var answer = await story.House.CollectAsync(
            admin, datasetId, $$$"""{"_id":"m","timestamp":"{{{now}}}","productListItems":[{"SKU":"LOCK-GATE"}],"identityMap":{"Email":[{"id":"ada@example.com","primary":true}]}}""");
        await story.GoAsync("Trace a message");
        await page.GetByLabel("xactionId").FillAsync(answer["xactionId"]!.GetValue<string>());
        await story.ClickAsync("Follow it");

        await Assertions.Expect(page.GetByRole(AriaRole.List, new() { Name = "Segments that it changed" })).ToContainTextAsync($"Into segment {segment}: ada@example.com");
        await story.PictureAsync("trace-to-segment");
        await page.GetByRole(AriaRole.Link, new() { Name = $"segment {segment}" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Lock buyers", Level = 1 })).ToBeVisibleAsync();
        story.HadNoFaults();
    }

    [Fact]
    public async Task A_hundred_thousand_datasets_are_searched_sorted_and_paged_by_the_server_and_a_link_leads_to_what_was_seen()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var (page, admin) = (story.Page, story.Admin);
        await story.House.FurnishAsync(admin);
        await AddDatasetsAsync(story.House);
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);

        await story.SignInAsync("datasets");
        await Assertions.Expect(page.GetByText($"1–25 of {Many + 1:N0}")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Name" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Cell, new() { Name = "Crash 3" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "next page" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Cell, new() { Name = "Stall 000024" })).ToBeVisibleAsync();
        await story.PictureAsync("datasets");
        await page.GetByLabel("Search Datasets").FillAsync("stall 00123");
        await Assertions.Expect(page.GetByText("1–10 of 10")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Columns" }).ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Id" }).CheckAsync();
        await page.ReloadAsync();

        await Assertions.Expect(page.GetByText("1–10 of 10")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByLabel("Search Datasets")).ToHaveValueAsync("stall 00123");
        await Assertions.Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Id" })).ToBeVisibleAsync();
        Assert.DoesNotContain(asked, url => url.Contains("dataSets?", StringComparison.Ordinal) && !url.Contains("limit=25", StringComparison.Ordinal));
        story.HadNoFaults();
    }

    private static async Task CreateSchemaAsync(ConsoleStory story)
    {
        var page = story.Page;
        await page.GetByLabel("Title").FillAsync("Page visit");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a field" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("visitor");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Identity of" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "Email", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Required" }).CheckAsync();
        await story.PictureAsync("schema-create");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create schema" }).ClickAsync();
        await Assertions.Expect(page.GetByText("primary identity: Email")).ToBeVisibleAsync();
        await story.PictureAsync("schema");
    }

    private static async Task CreateDatasetAsync(ConsoleStory story)
    {
        var page = story.Page;
        await page.GetByLabel("Name").FillAsync("Page visits");
        await Assertions.Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Schema" })).ToHaveValueAsync("Page visit");
        await story.PictureAsync("dataset-create");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create dataset" }).ClickAsync();
        await Assertions.Expect(page.GetByText("No batch has landed yet.")).ToBeVisibleAsync();
    }

    // As somebody pastes it into a shell.
    private static async Task<string> RunAsync(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var answer = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, command + await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return answer;
    }

    // Beside the running server: thousands of requests would take longer than the rest of the story.
    private static async Task AddDatasetsAsync(House house)
    {
        await using var sql = new SqliteStore(Path.Combine(house.Folder, "production", "metadata.db"));
        await sql.WriteAsync(async session =>
        {
            for (var number = 0; number < Many; number++)
            {
                await session.ExecuteAsync(
                    "insert into dataset (dataset_id, document, created_ms, created_by, modified_ms, version) values (@id, @document, @time, 'story', @time, 1)",
                    new { id = number.ToString("x24", null), document = $$$"""{"name":"Stall {{{number:000000}}}","schemaRef":{"id":"{{{house.SchemaId}}}"}}""", time = 1_700_000_000_000L + number });
            }
        }, TestContext.Current.CancellationToken);
    }
}
