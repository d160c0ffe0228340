using Microsoft.Playwright;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>What is true of the console whatever somebody does there, with the real program and a real browser.</summary>
public sealed class ConsoleTests(PageBrowser browser)
{
    [Fact]
    public async Task A_list_says_what_to_do_when_it_is_empty_keeps_no_token_and_a_reload_stays_where_it_was()
    {
        await using var story = await ConsoleStory.BeginAsync(browser, ColorScheme.Dark, width: 390);
        var page = story.Page;

        await story.SignInAsync("datasets");
        await Assertions.Expect(page.GetByText("There is no dataset yet.")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Datasets" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Overview" }).ClickAsync();
        await Assertions.Expect(page.GetByText("well", new() { Exact = true })).ToBeVisibleAsync();
        await PageBrowser.PictureAsync(page, "console-overview-dark-phone");

        Assert.DoesNotContain("token", await page.EvaluateAsync<string>("() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"), StringComparison.OrdinalIgnoreCase);
        Assert.True(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth") <= 390);
        story.HadNoFaults();
    }
}
