using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Sluice.AcceptanceTests.Durability;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>What every story in the console begins with: signing in, and listening for what the browser complains of.</summary>
internal static class ConsolePage
{
    /// <summary>Goes to a page of the console and signs in as the administrator; ends where it wanted to go.</summary>
    internal static async Task SignInAsync(IPage page, House house, string address)
    {
        var credentials = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(house.Folder, "credentials.json"), TestContext.Current.CancellationToken))!["admin"]!;
        await page.GotoAsync(address);
        Assert.SkipWhen(await page.GetByText("not part of this build").CountAsync() > 0, "Node 20 is not installed: the console is not part of this build");
        await page.GetByLabel("User name").FillAsync(credentials["username"]!.GetValue<string>());
        await page.GetByLabel("Password").FillAsync(credentials["password"]!.GetValue<string>());
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync(address);
    }

    /// <summary>What the page's scripts throw and what the browser refuses, as it happens.</summary>
    internal static List<string> FaultsOf(IPage page)
    {
        var faults = new List<string>();
        page.PageError += (_, fault) => faults.Add(fault);
        page.Console += (_, said) =>
        {
            if (said.Type == "error")
                faults.Add(said.Text);
        };
        return faults;
    }

    /// <summary>Changes the browser's colours and waits for them to be there.</summary>
    internal static async Task TurnDarkAsync(IPage page)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.Locator("html[data-mantine-color-scheme=dark]").WaitForAsync();
    }
}
