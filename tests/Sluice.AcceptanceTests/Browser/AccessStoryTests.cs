using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>What an administrator does in the console, and what those see then to whom rights were given.</summary>
public sealed class AccessStoryTests(PageBrowser browser)
{
    private const string NewPassword = "staple 9 horse correct";

    [Fact]
    public async Task Somebody_with_rights_on_one_data_source_sees_its_traits_and_nothing_else()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var page = story.Page;
        await new FurnishedServer(story.House, story.Admin).AddAudienceAsync();

        await story.SignInAsync("access/groups");
        await CreateGroupAsync(page);
        var password = await CreateUserAsync(page);
        var (eve, token) = await SignInAsEveAsync(story.Address, password);

        var pages = eve.GetByRole(AriaRole.Navigation, new() { Name = "Pages" });
        await Assertions.Expect(pages.GetByRole(AriaRole.Link, new() { Name = "Overview" })).ToBeVisibleAsync();
        await Assertions.Expect(pages.GetByRole(AriaRole.Link, new() { Name = "Users" })).ToHaveCountAsync(0);
        await Assertions.Expect(pages.GetByRole(AriaRole.Link, new() { Name = "Datasets" })).ToHaveCountAsync(0);
        Assert.Equal(["Buys boots"], await TraitsAsync(story.Address, token));
        await eve.GotoAsync(story.Address + "/console/access/users");
        await Assertions.Expect(eve.GetByRole(AriaRole.Alert)).ToContainTextAsync("You may not");
        await PageBrowser.PictureAsync(eve, "access-story-may-not");
        await eve.Context.CloseAsync();
        story.HadNoFaults();
    }

    [Fact]
    [Statement("B10", "B14", "B16")]
    public async Task A_client_is_made_and_the_token_that_the_button_generates_works_with_the_clients_rights()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var page = story.Page;
        await new FurnishedServer(story.House, story.Admin).AddAudienceAsync();

        await story.SignInAsync("access/groups");
        await CreateGroupAsync(page);
        await story.GotoAsync("access/clients/new");
        await page.GetByLabel("Name").FillAsync("Nightly export");
        await story.ChooseAsync("Kind", "API: tokens for programs");
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Grant types" }).FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.GetByRole(AriaRole.Option, new() { Name = "Sign-in of users" }).ClickAsync(); // taken away: all are chosen at first
        await page.Keyboard.PressAsync("Escape");
        await ChooseGroupAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create client" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("New client secret", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByLabel("Organisation id", new() { Exact = true })).ToHaveTextAsync(story.House.OrgId);
        await page.GetByRole(AriaRole.Button, new() { Name = "Generate access token" }).ClickAsync();
        var token = await page.GetByLabel("Access token", new() { Exact = true }).InnerTextAsync();
        await PageBrowser.PictureAsync(page, "access-story-client");

        Assert.Equal(["Buys boots"], await TraitsAsync(story.Address, token.Trim()));
        var clients = JsonNode.Parse(await story.Admin.GetStringAsync("/api/sluice/v1/clients", TestContext.Current.CancellationToken))!["items"]!.AsArray();
        var client = clients.Single(one => (string)one!["name"]! == "Nightly export")!;
        await Assertions.Expect(page.GetByLabel("API key", new() { Exact = true })).ToHaveTextAsync((string)client["clientId"]!);
        Assert.Equal(["client_credentials", "jwt", "refresh_token"], client["grantTypes"]!.AsArray().Select(one => (string)one!).Order());
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nightly export" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("It is shown this once")).ToHaveCountAsync(0);
        Assert.DoesNotContain("secret", await page.EvaluateAsync<string>("() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage)"), StringComparison.OrdinalIgnoreCase);
        story.HadNoFaults();
    }

    private static async Task CreateGroupAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Create group" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("Shop analysts");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create group" }).ClickAsync();
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Add a data source" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "Shop" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Shop: traits: See" })).ToBeCheckedAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Shop: segments: See" }).UncheckAsync();
        await PageBrowser.PictureAsync(page, "access-story-group");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Shop: segments: See" })).ToHaveCountAsync(0);
    }

    private static async Task<string> CreateUserAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Users" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Create user" }).ClickAsync();
        await page.GetByLabel("User name").FillAsync("eve");
        await ChooseGroupAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Create user" }).ClickAsync();
        var password = await page.GetByLabel("First password", new() { Exact = true }).InnerTextAsync();
        await PageBrowser.PictureAsync(page, "access-story-password");
        return password.Trim();
    }

    private static async Task ChooseGroupAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Groups" }).ClickAsync();
        await page.GetByRole(AriaRole.Option, new() { Name = "Shop analysts" }).ClickAsync();
        await page.Keyboard.PressAsync("Escape");
    }

    // In a browser of their own; the page keeps its token to itself, so it is read off a call.
    private async Task<(IPage Page, string Token)> SignInAsEveAsync(string address, string password)
    {
        var page = await browser.OpenAsync(runsScripts: true, width: 1_280);
        await page.GotoAsync(address + "/console/");
        await page.GetByLabel("User name").FillAsync("eve");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByLabel("Current password").FillAsync(password);
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync(NewPassword);
        await page.GetByLabel("New password, again").FillAsync(NewPassword);
        var call = await page.RunAndWaitForRequestAsync(
            () => page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync(),
            request => request.Url.EndsWith("/api/sluice/v1/self", StringComparison.Ordinal));
        return (page, (await call.HeaderValueAsync("authorization"))!["Bearer ".Length..]);
    }

    private static async Task<IEnumerable<string>> TraitsAsync(string address, string token)
    {
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(address) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var traits = JsonNode.Parse(await http.GetStringAsync("/v1/traits/", TestContext.Current.CancellationToken))!.AsArray();
        return [.. traits.Select(trait => trait!["name"]!.GetValue<string>())];
    }
}
