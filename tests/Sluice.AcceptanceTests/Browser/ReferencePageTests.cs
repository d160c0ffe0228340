using System.Net.Http.Headers;
using Microsoft.Playwright;
using Sluice.AcceptanceTests.Durability;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>What somebody does who reads the API at <c>/v1/docs</c> and tries its calls.</summary>
[Trait("contract", "audience Ruling 8")]
public sealed class ReferencePageTests(PageBrowser browser)
{
    [Fact]
    [Trait("statement", "B12")]
    [Trait("statement", "B17")]
    public async Task Somebody_authorizes_finds_the_data_sources_tries_the_call_and_sees_the_automatic_one()
    {
        var page = await browser.OpenAsync(runsScripts: true);
        var faults = FaultsOf(page);
        using var house = new House();
        await using var server = house.Start();
        var (address, token) = await SignInAsync(house, server);

        await page.GotoAsync(address + "v1/docs");
        await page.GetByLabel("Access token").FillAsync("Bearer " + token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Authorize" }).ClickAsync();
        await Assertions.Expect(page.Locator("#authorized")).ToContainTextAsync("Authorized");
        await page.GetByLabel("Search").FillAsync("get datasources list the");
        await Assertions.Expect(page.Locator("#found")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^3 of [0-9]+ operations$"));
        await PageBrowser.PictureAsync(page, "reference-found");
        var operation = page.Locator("details#listDataSources");
        await operation.Locator("summary").First.ClickAsync();
        await operation.GetByRole(AriaRole.Button, new() { Name = "Try it out" }).ClickAsync();
        await operation.GetByLabel("pageSize").FillAsync("5");
        await operation.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();

        await Assertions.Expect(operation.Locator(".status")).ToHaveTextAsync("200 OK");
        await Assertions.Expect(operation.Locator("pre.body")).ToContainTextAsync("adobe-provided");
        await Assertions.Expect(operation.Locator("pre.headers")).ToContainTextAsync("content-type: application/json");
        await Assertions.Expect(operation.Locator(".answer")).ToContainTextAsync($"curl -X GET '{address}v1/datasources/?pageSize=5'");
        Assert.DoesNotContain(token, await page.InnerTextAsync("body"), StringComparison.Ordinal);
        Assert.Equal("{}|{}|", await page.EvaluateAsync<string>("() => [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie].join('|')"));
        await PageBrowser.PictureAsync(page, "reference-light");
        await operation.Locator(".status").ScrollIntoViewIfNeededAsync();
        await PageBrowser.PictureAsync(page, "reference-answer-light");
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_refused_call_shows_its_reasons_and_a_body_that_is_mended_is_taken()
    {
        var page = await browser.OpenAsync(ColorScheme.Dark, width: 360, runsScripts: true);
        using var house = new House();
        await using var server = house.Start();
        var (address, token) = await SignInAsync(house, server);

        await page.GotoAsync(address + "v1/docs#createPartnerSite");
        var operation = page.Locator("details#createPartnerSite");
        await operation.GetByRole(AriaRole.Button, new() { Name = "Try it out" }).ClickAsync();
        await operation.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await Assertions.Expect(operation.Locator(".status")).ToHaveTextAsync("401 Unauthorized");
        await page.GetByLabel("Access token").FillAsync(token);
        await page.GetByLabel("Access token").PressAsync("Enter");
        await operation.GetByLabel("Text").FillAsync("""{"url":"not a host"}""");
        await operation.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await Assertions.Expect(operation.Locator(".status")).ToHaveTextAsync("400 Bad Request");
        await Assertions.Expect(operation.Locator("pre.body")).ToContainTextAsync("url must be a host name");
        await operation.Locator(".status").ScrollIntoViewIfNeededAsync();
        await PageBrowser.PictureAsync(page, "reference-refused-dark-phone");
        await operation.GetByLabel("Text").FillAsync("""{"url":"shop.example.com"}""");
        await operation.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();

        await Assertions.Expect(operation.Locator(".status")).ToHaveTextAsync("201 Created");
        await page.GetByRole(AriaRole.Button, new() { Name = "Forget the token" }).ClickAsync();
        await operation.GetByRole(AriaRole.Button, new() { Name = "Execute" }).ClickAsync();
        await Assertions.Expect(operation.Locator(".status")).ToHaveTextAsync("401 Unauthorized");
    }

    [Fact]
    public async Task The_whole_way_can_be_gone_by_keyboard()
    {
        var page = await browser.OpenAsync(runsScripts: true);
        using var house = new House();
        await using var server = house.Start();
        var (address, token) = await SignInAsync(house, server);

        await page.GotoAsync(address + "v1/docs");
        await Assertions.Expect(page.Locator("#found")).ToContainTextAsync(" of ");
        foreach (var _ in (string[])["skip link", "document", "token"])
            await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(token);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#authorized")).ToContainTextAsync("Authorized");
        foreach (var _ in (string[])["Authorize", "Forget", "search"])
            await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("listdatasources");
        await Assertions.Expect(page.Locator("#found")).ToContainTextAsync("1 of ");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter"); // opens the operation
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Try it out" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Tab"); // what is folded away
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Try it out" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByLabel("integrationCode")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("adobe-provided");
        await page.Keyboard.PressAsync("Enter"); // in a field: Execute

        await Assertions.Expect(page.Locator("#listDataSources .status")).ToHaveTextAsync("200 OK");
    }

    [Theory]
    [InlineData("", "Sluice, the Audience door – API reference", "createSegment")]
    [InlineData("?document=collection", "Sluice, the Collection door – API reference", "")]
    [InlineData("?document=access", "Sluice, the Access door – API reference", "grantImsToken")]
    public async Task Every_document_is_shown_and_all_its_text_stands_out_on_the_narrowest_screen(string query, string title, string opened)
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            var page = await browser.OpenAsync(scheme, width: 320, runsScripts: true);
            var faults = FaultsOf(page);
            using var house = new House();
            await using var server = house.Start();
            var (address, _) = await SignInAsync(house, server);

            await page.GotoAsync($"{address}v1/docs{query}#{opened}");
            await Assertions.Expect(page.Locator("#found")).ToContainTextAsync(" of ");
            Assert.Equal(title, await page.TitleAsync());
            if (opened.Length > 0)
                await page.Locator($"details#{opened}").GetByRole(AriaRole.Button, new() { Name = "Try it out" }).ClickAsync();
            await PageBrowser.PictureAsync(page, $"reference-{scheme}-phone-{opened}");
            await page.EvaluateAsync("() => document.querySelectorAll('details[open] details').forEach(one => { one.open = true; })");
            await PageCheck.AssertReadableAsync(page);
            Assert.Empty(faults);
        }
    }

    private static async Task<(string Address, string Token)> SignInAsync(House house, ServerProcess server)
    {
        using var admin = await house.SignInAsync((await server.ReadyAsync())!);
        return (admin.BaseAddress!.ToString(), (admin.DefaultRequestHeaders.Authorization ?? new AuthenticationHeaderValue("Bearer")).Parameter!);
    }

    // What the policy stops, what is not there, and what the script throws: all of it is said on the console.
    private static List<string> FaultsOf(IPage page)
    {
        var faults = new List<string>();
        page.PageError += (_, error) => faults.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                faults.Add(message.Text);
        };
        return faults;
    }
}
