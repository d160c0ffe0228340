using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Sluice.AcceptanceTests.Durability;
using Sluice.Cli;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>Stories that people live through in the console, with the real program and a real browser.</summary>
public sealed class ConsoleTests(PageBrowser browser)
{
    [Fact]
    public async Task Somebody_brings_a_bundle_calls_it_twice_sees_the_hit_in_the_trace_and_clears_the_cache()
    {
        using var house = new House();
        await using var server = house.Start();
        var address = (await server.ReadyAsync())!;
        using var admin = await house.SignInAsync(address);
        await CreateCacheAsync(admin);
        await DeployAsync(house, address);
        var page = await browser.OpenAsync(runsScripts: true, width: 1_280);
        var faults = ConsolePage.FaultsOf(page);

        await ConsolePage.SignInAsync(page, house, address + "/console/gateway/proxies");
        await page.GetByRole(AriaRole.Link, new() { Name = "forecast" }).ClickAsync();
        await PageBrowser.PictureAsync(page, "console-proxy-light");
        await page.GetByRole(AriaRole.Button, new() { Name = "Watch requests" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Nothing has come yet")).ToBeVisibleAsync();
        await admin.GetStringAsync("/forecast?w=1", TestContext.Current.CancellationToken);
        await admin.GetStringAsync("/forecast?w=1", TestContext.Current.CancellationToken);

        var requests = page.GetByLabel("Requests", new() { Exact = true }).GetByRole(AriaRole.Button, new() { Name = "GET /forecast?w=1" });
        await Assertions.Expect(requests).ToHaveCountAsync(2);
        await requests.Nth(0).ClickAsync();
        await Assertions.Expect(page.GetByText("MISS", new() { Exact = true })).ToBeVisibleAsync();
        await requests.Nth(1).ClickAsync();
        await Assertions.Expect(page.GetByText("HIT", new() { Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "ResponseCache RC" }).First.ClickAsync();
        await Assertions.Expect(page.GetByText("responsecache.RC.cachekey").First).ToBeVisibleAsync();
        await PageBrowser.PictureAsync(page, "console-trace-light");

        await page.GetByRole(AriaRole.Link, new() { Name = "Caches" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "weather" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Cell, new() { Name = "day__1" }).First).ToBeVisibleAsync();
        await PageBrowser.PictureAsync(page, "console-cache-light");
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear all" }).ClickAsync();
        await Assertions.Expect(page.GetByText("1 entry cleared.")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Nothing is cached here now.")).ToBeVisibleAsync();
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_list_says_what_to_do_when_it_is_empty_keeps_no_token_and_a_reload_stays_where_it_was()
    {
        using var house = new House();
        await using var server = house.Start();
        var address = (await server.ReadyAsync())!;
        var page = await browser.OpenAsync(ColorScheme.Dark, width: 390, runsScripts: true);
        var faults = ConsolePage.FaultsOf(page);

        await ConsolePage.SignInAsync(page, house, address + "/console/datasets");
        await Assertions.Expect(page.GetByText("There is no dataset yet.")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Datasets" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Overview" }).ClickAsync();
        await Assertions.Expect(page.GetByText("well", new() { Exact = true })).ToBeVisibleAsync();
        await PageBrowser.PictureAsync(page, "console-overview-dark-phone");

        Assert.DoesNotContain("token", await page.EvaluateAsync<string>("() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"), StringComparison.OrdinalIgnoreCase);
        Assert.True(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= 390);
        Assert.Empty(faults);
    }

    private static async Task CreateCacheAsync(HttpClient admin)
    {
        var organization = JsonNode.Parse(await admin.GetStringAsync("/v1/organizations", TestContext.Current.CancellationToken))![0]!.ToString();
        using var made = await admin.PostAsJsonAsync($"/v1/organizations/{organization}/environments/production/caches?name=weather", new JsonObject(), TestContext.Current.CancellationToken);
        made.EnsureSuccessStatusCode();
    }

    private static async Task DeployAsync(House house, string address)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-bundle-").FullName;
        try
        {
            Write("forecast.xml", """<APIProxy name="forecast"/>""");
            Write("proxies/default.xml", """
                <ProxyEndpoint name="default">
                  <PreFlow><Request><Step><Name>RC</Name></Step></Request><Response><Step><Name>RC</Name></Step></Response></PreFlow>
                  <HTTPProxyConnection><BasePath>/forecast</BasePath></HTTPProxyConnection><RouteRule name="none"/>
                </ProxyEndpoint>
                """);
            Write("policies/RC.xml", """
                <ResponseCache name="RC"><CacheResource>weather</CacheResource><CacheKey><Prefix>day</Prefix><KeyFragment ref="request.queryparam.w"/></CacheKey><ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings></ResponseCache>
                """);
            using var output = new StringWriter();
            var code = await CommandLine.Build().Parse(["proxies", "deploy", folder, "--server", address, "--data", house.Folder])
                .InvokeAsync(new InvocationConfiguration { Output = output, Error = output }, TestContext.Current.CancellationToken);
            Assert.True(code == 0, output.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Write(string path, string content)
        {
            var file = new FileInfo(Path.Combine(folder, "apiproxy", path));
            file.Directory!.Create();
            File.WriteAllText(file.FullName, content);
        }
    }
}
