using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Sluice.AcceptanceTests.Durability;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>What every story in the console begins with: a server, a client of its API, and a browser's page that is signed in as the administrator.</summary>
internal sealed class ConsoleStory : IAsyncDisposable
{
    private readonly ServerProcess _server;

    private ConsoleStory(House house, ServerProcess server, string address, HttpClient admin, IPage page)
    {
        (House, _server, Address, Admin, Page) = (house, server, address, admin, page);
        ListenTo(page);
    }

    internal House House { get; }

    internal string Address { get; }

    internal HttpClient Admin { get; }

    internal IPage Page { get; }

    /// <summary>What the pages' scripts threw, and what the browser called an error with the address it came from, so far; a rule that was refused while it was being written is none.</summary>
    internal List<string> Faults { get; } = [];

    internal static async Task<ConsoleStory> BeginAsync(PageBrowser browser, ColorScheme scheme = ColorScheme.Light, int width = 1_280, string? setting = null)
    {
        var page = await browser.OpenAsync(scheme, width, runsScripts: true);
        var house = new House();
        if (setting is not null)
            house.Settings.Add(setting);
        var server = house.Start();
        var address = (await server.ReadyAsync())!;
        return new ConsoleStory(house, server, address, await house.SignInAsync(address), page);
    }

    /// <summary>Signs in on the way to a page of the console, and ends there.</summary>
    internal async Task SignInAsync(string path)
    {
        var credentials = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(House.Folder, "credentials.json"), TestContext.Current.CancellationToken))!["admin"]!;
        await GotoAsync(path);
        Assert.SkipWhen(await Page.GetByText("not part of this build").CountAsync() > 0, "Node 20 is not installed: the console is not part of this build");
        await Page.GetByLabel("User name").FillAsync(credentials["username"]!.GetValue<string>());
        await Page.GetByLabel("Password").FillAsync(credentials["password"]!.GetValue<string>());
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(Page).ToHaveURLAsync($"{Address}/console/{path}");
    }

    /// <summary>Comes to a page of the console as by a link from elsewhere.</summary>
    internal Task GotoAsync(string path) => Page.GotoAsync($"{Address}/console/{path}");

    /// <summary>Another tab of the same browser, on the page where this one is.</summary>
    internal async Task<IPage> OpenTabAsync()
    {
        var tab = await Page.Context.NewPageAsync();
        ListenTo(tab);
        await tab.GotoAsync(Page.Url);
        return tab;
    }

    /// <summary>Takes a way from the menu.</summary>
    internal Task GoAsync(string title) =>
        Page.GetByRole(AriaRole.Navigation, new() { Name = "Pages" }).GetByRole(AriaRole.Link, new() { Name = title, Exact = true }).ClickAsync();

    internal async Task ChooseAsync(string label, string option)
    {
        await Page.GetByRole(AriaRole.Combobox, new() { Name = label, Exact = true }).ClickAsync();
        await Page.GetByRole(AriaRole.Option, new() { Name = option }).First.ClickAsync();
    }

    internal Task ClickAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Answers the question that the page asks before it does something.</summary>
    internal Task ConfirmAsync(string button) => Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    internal ILocatorAssertions ExpectText(string text) => Assertions.Expect(Page.GetByText(text).First);

    /// <summary>Fails with all of <see cref="Faults"/> when there are any.</summary>
    internal void HadNoFaults() => Assert.True(Faults.Count == 0, string.Join('\n', Faults));

    /// <summary>Keeps pictures of the page, light and dark, where <see cref="PageBrowser.PictureAsync"/> keeps any.</summary>
    internal async Task PictureAsync(string name)
    {
        await PageBrowser.PictureAsync(Page, name + "-light");
        if (Environment.GetEnvironmentVariable("SLUICE_TESTS_PICTURES") is not { Length: > 0 })
            return;
        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Page.Locator("html[data-mantine-color-scheme=dark]").WaitForAsync();
        await PageBrowser.PictureAsync(Page, name + "-dark");
        await Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }

    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync(); // left open it would go on asking the server that is gone
        Admin.Dispose();
        await _server.DisposeAsync();
        House.Dispose();
    }

    private void ListenTo(IPage page)
    {
        page.PageError += (_, fault) => Faults.Add(fault);
        page.Console += (_, said) =>
        {
            if (said.Type == "error" && !IsHalfWrittenRule(said))
                Faults.Add($"{said.Text} {said.Location}");
        };
    }

    // The editor asks about a rule whenever the typing pauses, for a slow machine in the middle of a word.
    private static bool IsHalfWrittenRule(IConsoleMessage said) =>
        said.Text.Contains("status of 400", StringComparison.Ordinal) && (said.Location.Contains("/v1/traits/validate", StringComparison.Ordinal) || said.Location.Contains("/v1/segments/preview", StringComparison.Ordinal));
}
