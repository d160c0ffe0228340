using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>Stories of people who make audiences, lived through in the console: from a data source to somebody in a segment, a rule put right, a target that is away.</summary>
public sealed class AudienceStoryTests(PageBrowser browser)
{
    private const string Ada = "10000000000000000000000000000000000001";
    private const string Ben = "10000000000000000000000000000000000002";
    private const string Customer = "customer-1";

    // A port that nothing listens on.
    private const string DeadTarget = "http://127.0.0.1:9/segments";

    [Fact]
    public async Task Somebody_makes_a_source_a_trait_and_a_segment_and_sees_a_profile_enter_it_with_the_reason()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var (page, admin) = (story.Page, story.Admin);
        await SendAsync(admin, Ada, "product=12");
        await SendAsync(admin, Ben, "product=99");

        await story.SignInAsync("audience/sources");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create data source" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("Shop");
        await page.GetByLabel("Integration code").FillAsync("shop");
        await story.PictureAsync("source-create");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create data source" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Shop", Level = 1 })).ToBeVisibleAsync();
        await story.PictureAsync("source");
        var trait = await CreateTraitAsync(story);
        await SendAsync(admin, Ada, "product=12");
        await Assertions.Expect(page.GetByRole(AriaRole.Figure, new() { Name = "Profiles today" })).ToContainTextAsync("1");
        await story.PictureAsync("trait");
        await CreateSegmentAsync(story, trait);
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Preview" })).ToContainTextAsync("1 profile now");
        await story.PictureAsync("segment");
        await story.GoAsync("Profiles");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Id", Exact = true }).FillAsync(Ben);
        await page.GetByRole(AriaRole.Button, new() { Name = "Look it up" }).ClickAsync();
        await Assertions.Expect(page.GetByText("It is in no segment.")).ToBeVisibleAsync();
        await SendAsync(admin, Ben, "product=12");
        await page.GetByRole(AriaRole.Button, new() { Name = "Why is it in Boot buyers?" }).ClickAsync();

        var explanation = page.GetByRole(AriaRole.Region, new() { Name = "Explanation" });
        await Assertions.Expect(explanation.GetByText("It is in the segment.")).ToBeVisibleAsync();
        await Assertions.Expect(explanation.GetByRole(AriaRole.Region, new() { Name = $"{trait}T" })).ToContainTextAsync("1 time, last today");
        await story.PictureAsync("profile-why");
        await story.GoAsync("Segments");
        await page.GetByRole(AriaRole.Link, new() { Name = "Boot buyers" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Preview" })).ToContainTextAsync("2 profiles now");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Latest changes" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { Name = Ben })).ToContainTextAsync("entered");
        await story.PictureAsync("segment-changes");
        story.HadNoFaults();
    }

    [Fact]
    public async Task A_rule_says_what_is_wrong_where_it_is_and_offers_traits_by_their_names()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var (page, admin) = (story.Page, story.Admin);
        var source = await AddSourceAsync(admin);
        var trait = await AddTraitAsync(admin, source, "Winter boots", "product == 12");

        await story.SignInAsync("audience/segments/new");
        var editor = page.GetByRole(AriaRole.Textbox, new() { Name = "Rule", Exact = true });
        await editor.ClickAsync();
        await page.Keyboard.TypeAsync($"{trait}T AND 999999T");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByText($"Line 1, column {$"{trait}T AND ".Length + 1}: ")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".cm-lintRange-error")).ToHaveTextAsync("999999T");
        await story.PictureAsync("rule-fault");
        await editor.FillAsync("");
        await page.Keyboard.TypeAsync("wint");
        await page.GetByRole(AriaRole.Option, new() { Name = "Winter boots" }).WaitForAsync();
        await story.PictureAsync("rule-completion");
        // A suggestion is not taken in the moment that it comes: nobody has read it yet.
        for (var turn = 0; turn < 50 && (await editor.InnerTextAsync()).Contains("wint", StringComparison.Ordinal); turn++)
            await page.Keyboard.PressAsync("Tab", new() { Delay = 50 });

        await Assertions.Expect(editor).ToContainTextAsync($"{trait}T");
        await Assertions.Expect(editor).ToBeFocusedAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Preview" })).ToContainTextAsync("0 profiles now");
        await Assertions.Expect(page.Locator(".cm-lintRange-error")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(editor).Not.ToBeFocusedAsync();
        await story.GotoAsync("audience/traits/new");
        await editor.ClickAsync();
        await page.Keyboard.TypeAsync("product ==");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByText("Line 1, column 11: ")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_destination_whose_server_is_away_says_so_and_what_waits_for_it()
    {
        await using var story = await ConsoleStory.BeginAsync(browser, setting: "Audience:AllowLoopbackTargets=true");
        var (page, admin) = (story.Page, story.Admin);
        var source = await AddSourceAsync(admin);
        var trait = await AddTraitAsync(admin, source, "Boots", "product == 12");
        await AddSegmentAsync(admin, source, "Boot buyers", $"{trait}T");

        await story.SignInAsync("audience/destinations");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create destination" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("Partner");
        await page.GetByLabel("Server URL").FillAsync(DeadTarget);
        await story.ChooseAsync("Data source", "Shop");
        await story.PictureAsync("destination-create");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create destination" }).ClickAsync();
        await page.GetByRole(AriaRole.Tab, new() { Name = "Segments" }).ClickAsync();
        await story.ChooseAsync("Segment", "Boot buyers");
        await page.GetByRole(AriaRole.Button, new() { Name = "Map", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Table, new() { Name = "Mapped segments" }).GetByText("Boot buyers")).ToBeVisibleAsync();
        await story.PictureAsync("destination-segments");
        await SendAsync(admin, Ada, $"product=12&d_cid={source}%01{Customer}%011");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Deliveries" }).ClickAsync();

        await Assertions.Expect(page.GetByText("It does not take what it is sent; attempts go on.")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Figure, new() { Name = "Waiting" })).ToContainTextAsync("2"); // of the device, and of the customer
        await Assertions.Expect(page.GetByText("Nothing was given up.")).ToBeVisibleAsync();
        await story.PictureAsync("destination-deliveries");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete destination" }).ClickAsync();
        story.HadNoFaults();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete destination" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
    }

    private static async Task<long> CreateTraitAsync(ConsoleStory story)
    {
        var page = story.Page;
        await story.GoAsync("Traits");
        await story.PictureAsync("traits");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create trait" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("Boots");
        await story.ChooseAsync("Data source", "Shop");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Rule", Exact = true }).ClickAsync();
        await page.Keyboard.TypeAsync("product == 12");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try it on past events" }).ClickAsync();
        await Assertions.Expect(page.GetByText("1 in 2 events: 1 device, 0 across devices")).ToBeVisibleAsync();
        await story.PictureAsync("trait-create");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create trait" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Boots", Level = 1 })).ToBeVisibleAsync();
        return long.Parse(new Uri(page.Url).Segments[^1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task CreateSegmentAsync(ConsoleStory story, long trait)
    {
        var page = story.Page;
        await story.GoAsync("Segments");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create segment" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("Boot buyers");
        await story.ChooseAsync("Data source", "Shop");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Rule", Exact = true }).ClickAsync();
        await page.Keyboard.TypeAsync("boo");
        await page.GetByRole(AriaRole.Option, new() { Name = "Boots" }).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Preview" })).ToContainTextAsync("1 profile now");
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { Name = $"{trait}T Boots" })).ToContainTextAsync("1");
        await story.PictureAsync("segment-create");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create segment" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Boot buyers", Level = 1 })).ToBeVisibleAsync();
    }

    // Answered once it was applied.
    private static async Task SendAsync(HttpClient admin, string device, string query)
    {
        using var answer = await admin.GetAsync($"/event?d_uuid={device}&d_rtbd=json&{query}", TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<long> AddSourceAsync(HttpClient admin) =>
        await AddAsync(admin, "datasources", "dataSourceId", new() { ["name"] = "Shop", ["integrationCode"] = "shop", ["idType"] = "CROSS_DEVICE", ["masterDataSourceIdProvider"] = true });

    private static Task<long> AddTraitAsync(HttpClient admin, long source, string name, string rule) =>
        AddAsync(admin, "traits", "sid", new() { ["name"] = name, ["traitType"] = "RULE_BASED_TRAIT", ["dataSourceId"] = source, ["folderId"] = 0, ["traitRule"] = rule });

    private static Task<long> AddSegmentAsync(HttpClient admin, long source, string name, string rule) =>
        AddAsync(admin, "segments", "sid", new() { ["name"] = name, ["segmentRule"] = rule, ["dataSourceId"] = source, ["folderId"] = 0 });

    private static async Task<long> AddAsync(HttpClient admin, string family, string id, JsonObject body)
    {
        using var answer = await admin.PostAsJsonAsync($"/v1/{family}/", body, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)![id]!.GetValue<long>();
    }
}
