using Microsoft.Playwright;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>What somebody does who looks after proxies: brings a bundle, watches its requests, and takes out of a cache what is no longer true.</summary>
public sealed class GatewayStoryTests(PageBrowser browser)
{
    private const string Cached = """
        <ResponseCache name="RC"><CacheResource>weather</CacheResource><CacheKey><Prefix>day</Prefix><KeyFragment ref="request.queryparam.w"/></CacheKey><ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings></ResponseCache>
        """;

    [Fact]
    public async Task Somebody_brings_a_bundle_by_clicks_calls_it_sees_the_hit_in_the_trace_and_clears_the_cache()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var page = story.Page;

        await story.SignInAsync("gateway/caches");
        await page.GetByLabel("Name of a new cache").FillAsync("weather");
        await story.ClickAsync("Create cache");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "weather" })).ToBeVisibleAsync();
        await story.GoAsync("Proxies");
        await SampleArchive.ChooseAsync(page, "Choose a proxy bundle", SampleArchive.Forecast(Cached));
        await story.ClickAsync("Import");
        await story.ExpectText("is stored. It is not deployed yet.").ToBeVisibleAsync();
        await story.PictureAsync("gateway-story-imported");
        await story.ClickAsync("Deploy revision 1");
        await story.ExpectText("is deployed in production, at /forecast.").ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Table, new() { Name = "Proxies" }).GetByRole(AriaRole.Link, new() { Name = "forecast" }).ClickAsync();
        await story.ClickAsync("Watch requests");
        await story.ExpectText("Nothing has come yet").ToBeVisibleAsync();
        var trace = new Uri(page.Url).AbsolutePath["/console/".Length..];
        await CallAsync(story);
        await CallAsync(story);
        await ExpectOfRequestAsync(page, 1, "MISS");
        await ExpectOfRequestAsync(page, 2, "HIT");
        await page.GetByRole(AriaRole.Button, new() { Name = "ResponseCache RC" }).First.ClickAsync();
        await story.ExpectText("responsecache.RC.cachekey").ToBeVisibleAsync();
        await story.PictureAsync("gateway-story-trace");

        await story.GoAsync("Caches");
        await page.GetByRole(AriaRole.Link, new() { Name = "weather" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Cell, new() { Name = "day__1" }).First).ToBeVisibleAsync();
        await story.ClickAsync("Clear all");
        await story.ExpectText("1 entry cleared.").ToBeVisibleAsync();
        await story.ExpectText("Nothing is cached here now.").ToBeVisibleAsync();
        await CallAsync(story);
        await story.GotoAsync(trace);

        await ExpectOfRequestAsync(page, 3, "MISS");
        story.HadNoFaults();
    }

    [Fact]
    public async Task A_bundle_that_is_wrong_is_refused_with_each_place_and_the_next_one_becomes_another_revision()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        await new FurnishedServer(story.House, story.Admin).DeployAsync();
        var page = story.Page;

        await story.SignInAsync("gateway/proxies/forecast");
        var place = page.GetByRole(AriaRole.Group, new() { Name = "Import" });
        await SampleArchive.DropAsync(place, SampleArchive.Forecast("<ResponseCache name=\"RC\">\n  <CacheKey>\n</ResponseCache>"));
        await story.ClickAsync("Import");
        await Assertions.Expect(place.GetByRole(AriaRole.Table, new() { Name = "What is wrong" })).ToContainTextAsync("policies/RC.xml, line 3");
        await story.PictureAsync("gateway-story-refused");
        await SampleArchive.DropAsync(place, SampleArchive.Forecast("<Cash name=\"RC\"/>"));
        await story.ClickAsync("Import");
        await story.ClickAsync("Deploy revision 2");
        await Assertions.Expect(place.GetByRole(AriaRole.Table, new() { Name = "What is wrong" })).ToContainTextAsync("policies/RC.xml, line 1");
        await story.PictureAsync("gateway-story-not-deployed");
        await SampleArchive.DropAsync(place, SampleArchive.Forecast(Cached));
        await story.ClickAsync("Import");
        await story.ClickAsync("Deploy revision 3");

        await Assertions.Expect(page.GetByRole(AriaRole.Table, new() { Name = "Revisions" }).GetByRole(AriaRole.Row, new() { Name = "Revision 3" })).ToContainTextAsync("deployed");
        Assert.Equal(2, story.Faults.Count(fault => fault.Contains("status of 400", StringComparison.Ordinal))); // the browser's word for a refusal
    }

    [Fact]
    public async Task A_shared_flow_is_brought_and_deployed_and_a_proxy_bundle_is_not_taken_for_one()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var page = story.Page;

        await story.SignInAsync("gateway/sharedflows");
        await SampleArchive.ChooseAsync(page, "Choose a shared flow bundle", SampleArchive.Forecast(Cached));
        await story.ClickAsync("Import");
        await story.ExpectText("The archive holds a proxy").ToBeVisibleAsync();
        await SampleArchive.ChooseAsync(page, "Choose a shared flow bundle", SampleArchive.Of(("sharedflowbundle/sharedflows/default.xml", "<SharedFlow name=\"default\"/>")));
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("guard");
        await story.ClickAsync("Import");
        await story.ClickAsync("Deploy revision 1");
        await page.GetByRole(AriaRole.Table, new() { Name = "Shared flows" }).GetByRole(AriaRole.Link, new() { Name = "guard" }).ClickAsync();

        await story.ExpectText("Proxies of production call revision 1").ToBeVisibleAsync();
        await story.ClickAsync("Undeploy");
        await story.ExpectText("no proxy can call it there").ToBeVisibleAsync();
    }

    [Fact]
    public async Task Somebody_sees_a_proxy_drawn_reads_a_policy_and_clears_a_cache_by_prefix()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        await new FurnishedServer(story.House, story.Admin).DeployAsync();
        var page = story.Page;

        await story.SignInAsync("gateway/proxies/forecast");
        await page.GetByRole(AriaRole.Link, new() { Name = "Flow of revision 1" }).ClickAsync();
        var drawing = page.GetByRole(AriaRole.Group, new() { Name = "Flow", Exact = true });
        await Assertions.Expect(drawing.GetByText("proxy.pathsuffix MatchesPath \"/week\"")).ToBeVisibleAsync();
        await Assertions.Expect(drawing.GetByText("stations: http://127.0.0.1:9/stations")).ToBeVisibleAsync();
        await Assertions.Expect(drawing.Locator(".react-flow__edge")).ToHaveCountAsync(9);
        await drawing.GetByRole(AriaRole.Button, new() { Name = "RC" }).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "XML of RC" })).ToContainTextAsync("<CacheResource>weather</CacheResource>");
        await story.PictureAsync("gateway-story-flow");
        await page.GetByText("List", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Target endpoint stations" }).GetByRole(AriaRole.Button, new() { Name = "Mark" })).ToBeVisibleAsync();

        await story.GotoAsync("gateway/caches/weather");
        await page.GetByLabel("Keys that begin with").FillAsync("day__riga");
        await story.ClickAsync("Clear these");

        await story.ExpectText("2 entries cleared.").ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Cell, new() { Name = "day__oslo__1" }).First).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Cell, new() { Name = "day__riga__1" })).ToHaveCountAsync(0);
        story.HadNoFaults();
    }

    private static async Task CallAsync(ConsoleStory story) => await story.Admin.GetStringAsync("/forecast?w=1", TestContext.Current.CancellationToken);

    private static async Task ExpectOfRequestAsync(IPage page, int number, string found)
    {
        await page.GetByLabel("Requests", new() { Exact = true }).GetByRole(AriaRole.Button, new() { Name = "GET /forecast?w=1" }).Nth(number - 1).ClickAsync();
        await Assertions.Expect(page.GetByText(found, new() { Exact = true })).ToBeVisibleAsync();
    }
}
