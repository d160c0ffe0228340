using System.Net;
using Microsoft.Playwright;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>What somebody does who gives others access to proxies: makes a product, takes in a developer with an app, and decides whose keys count.</summary>
public sealed class ConsumerStoryTests(PageBrowser browser)
{
    [Fact]
    public async Task Somebody_offers_a_product_gives_an_app_a_key_approves_it_and_revokes_it_again()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var page = story.Page;

        await story.SignInAsync("gateway/proxies");
        await SampleArchive.ChooseAsync(page, "Choose a proxy bundle", Guarded());
        await story.ClickAsync("Import");
        await story.ClickAsync("Deploy revision 1");
        await story.ExpectText("is deployed in production").ToBeVisibleAsync();
        await CreateProductAsync(story);
        await story.GoAsync("Developers");
        await page.GetByRole(AriaRole.Link, new() { Name = "Create developer" }).ClickAsync();
        await page.GetByLabel("E-mail").FillAsync("jane@example.com");
        await page.GetByLabel("First name").FillAsync("Jane");
        await page.GetByLabel("Last name").FillAsync("Doe");
        await story.ClickAsync("Create developer");
        await page.GetByLabel("Last name").FillAsync("Roe");
        await story.ClickAsync("Save");
        await story.ExpectText("Saved.").ToBeVisibleAsync();
        await page.GetByLabel("Name of a new app").FillAsync("umbrella");
        await ChooseProductAsync(story, "Its products");
        await story.ClickAsync("Create app");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "umbrella" })).ToBeVisibleAsync();
        var key = (await page.GetByLabel("Consumer key", new() { Exact = true }).InnerTextAsync()).Trim();

        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(story, key)); // it waits for approval
        await story.PictureAsync("consumer-story-waiting");
        await story.ClickAsync("Approve weather-gold");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Revoke weather-gold" })).ToBeVisibleAsync();
        Assert.Equal(HttpStatusCode.OK, await CallAsync(story, key));
        await story.ClickAsync("Revoke the key");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Approve the key" })).ToBeVisibleAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(story, key));
        await ChooseProductAsync(story, "Products of a new key");
        await story.ClickAsync("Add a key");
        await Assertions.Expect(page.GetByLabel("Consumer key", new() { Exact = true })).ToHaveCountAsync(2);
        await story.GoAsync("Apps");
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { Name = "umbrella" })).ToContainTextAsync("jane@example.com");
        story.HadNoFaults();
    }

    [Fact]
    public async Task A_products_scopes_attributes_and_quota_are_changed_and_taken_away_again()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var page = story.Page;

        await story.SignInAsync("gateway/products");
        await CreateProductAsync(story);
        await page.GetByRole(AriaRole.Combobox, new() { Name = "OAuth scopes" }).FillAsync("READ");
        await page.Keyboard.PressAsync("Enter");
        await story.ClickAsync("Add an attribute");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Attribute", Exact = true }).FillAsync("tier");
        await page.GetByLabel("Value", new() { Exact = true }).FillAsync("gold");
        await page.GetByLabel("Quota").FillAsync("100");
        await story.ClickAsync("Save");
        await story.ExpectText("Saved.").ToBeVisibleAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByLabel("Value", new() { Exact = true })).ToHaveValueAsync("gold");
        await Assertions.Expect(page.GetByLabel("Quota")).ToHaveValueAsync("100");
        await Assertions.Expect(page.GetByText("READ", new() { Exact = true })).ToBeVisibleAsync();
        await story.PictureAsync("consumer-story-product");
        await story.ClickAsync("Remove attribute tier");
        await page.GetByLabel("Quota").FillAsync("");
        await story.ClickAsync("Save");
        await story.ExpectText("Saved.").ToBeVisibleAsync();

        await story.GoAsync("API products");
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { Name = "weather-gold" })).ToContainTextAsync("none");
        await page.GetByRole(AriaRole.Link, new() { Name = "weather-gold" }).ClickAsync();
        await story.ExpectText("An attribute is a name and a value that proxies can read.").ToBeVisibleAsync();
        await story.ClickAsync("Delete");
        await story.ConfirmAsync("Delete");
        await story.ExpectText("There is no API product yet.").ToBeVisibleAsync();
        story.HadNoFaults();
    }

    private static async Task CreateProductAsync(ConsoleStory story)
    {
        await story.GoAsync("API products");
        await story.Page.GetByRole(AriaRole.Link, new() { Name = "Create product" }).ClickAsync();
        await story.Page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("weather-gold");
        await story.ChooseAsync("Keys", "Wait for approval");
        await story.ClickAsync("Create product");
        await Assertions.Expect(story.Page.GetByRole(AriaRole.Heading, new() { Name = "weather-gold" })).ToBeVisibleAsync();
    }

    private static async Task ChooseProductAsync(ConsoleStory story, string label)
    {
        await story.ChooseAsync(label, "weather-gold");
        await story.Page.Keyboard.PressAsync("Escape");
    }

    private static async Task<HttpStatusCode> CallAsync(ConsoleStory story, string key)
    {
        using var answer = await story.Admin.GetAsync($"/guarded?apikey={key}", TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static byte[] Guarded() => SampleArchive.Of(
        ("apiproxy/guarded.xml", """<APIProxy name="guarded"/>"""),
        ("apiproxy/proxies/default.xml", """
            <ProxyEndpoint name="default">
              <PreFlow><Request><Step><Name>Key</Name></Step></Request></PreFlow>
              <HTTPProxyConnection><BasePath>/guarded</BasePath></HTTPProxyConnection><RouteRule name="none"/>
            </ProxyEndpoint>
            """),
        ("apiproxy/policies/Key.xml", """<VerifyAPIKey name="Key"><APIKey ref="request.queryparam.apikey"/></VerifyAPIKey>"""));
}
