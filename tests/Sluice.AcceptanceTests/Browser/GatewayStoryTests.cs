using Microsoft.Playwright;
using Sluice.AcceptanceTests.Durability;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>What somebody does who looks after proxies: sees the way of a request, and takes out of a cache what is no longer true.</summary>
public sealed class GatewayStoryTests(PageBrowser browser)
{
    [Fact]
    public async Task Somebody_sees_a_proxy_drawn_reads_a_policy_and_clears_a_cache_by_prefix()
    {
        using var house = new House();
        await using var server = house.Start();
        var address = (await server.ReadyAsync())!;
        using var admin = await house.SignInAsync(address);
        await new FurnishedServer(house, admin, address).DeployAsync();
        var page = await browser.OpenAsync(runsScripts: true, width: 1_280);
        var faults = ConsolePage.FaultsOf(page);

        await ConsolePage.SignInAsync(page, house, address + "/console/gateway/proxies/forecast");
        await page.GetByRole(AriaRole.Link, new() { Name = "Flow of revision 1" }).ClickAsync();
        var drawing = page.GetByRole(AriaRole.Group, new() { Name = "Flow", Exact = true });
        await Assertions.Expect(drawing.GetByText("proxy.pathsuffix MatchesPath \"/week\"")).ToBeVisibleAsync();
        await Assertions.Expect(drawing.GetByText("stations: http://127.0.0.1:9/stations")).ToBeVisibleAsync();
        await Assertions.Expect(drawing.Locator(".react-flow__edge")).ToHaveCountAsync(9);
        await drawing.GetByRole(AriaRole.Button, new() { Name = "RC" }).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "XML of RC" })).ToContainTextAsync("<CacheResource>weather</CacheResource>");
        await PageBrowser.PictureAsync(page, "gateway-story-flow");
        await page.GetByText("List", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Target endpoint stations" }).GetByRole(AriaRole.Button, new() { Name = "Mark" })).ToBeVisibleAsync();

        await page.GotoAsync(address + "/console/gateway/caches/weather");
        await page.GetByLabel("Keys that begin with").FillAsync("day__riga");
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear these" }).ClickAsync();

        await Assertions.Expect(page.GetByText("2 entries cleared.")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Cell, new() { Name = "day__oslo__1" }).First).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Cell, new() { Name = "day__riga__1" })).ToHaveCountAsync(0);
        Assert.Empty(faults);
    }
}
