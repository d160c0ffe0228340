using Microsoft.Playwright;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>What a person does at the sign-in pages, in a browser in which no script runs.</summary>
public sealed class SignInPageTests(PageBrowser browser)
{
    private const string NewPassword = "staple 9 horse correct";

    [Fact]
    public async Task A_person_signs_in_allows_the_client_and_arrives_there_known_by_name()
    {
        var page = await browser.OpenAsync();
        await using var house = await PageHouse.StartAsync();

        await page.GotoAsync(house.Link);
        await PageBrowser.PictureAsync(page, "sign-in");
        await SignInAsync(page, PageHouse.Password);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Allow Weather station to act for you?");
        await PageBrowser.PictureAsync(page, "consent");
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Hello ada, state s 4");
        await page.GotoAsync(house.Link); // the second time nothing is asked
        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Hello ada, state s 4");
        await page.GotoAsync(house.Address + "oauth/sign-out");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("You are signed out");
        await page.GotoAsync(house.Link);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Sign in");
    }

    [Fact]
    public async Task A_person_who_denies_arrives_at_the_client_with_nothing()
    {
        var page = await browser.OpenAsync();
        await using var house = await PageHouse.StartAsync();

        await page.GotoAsync(house.Link);
        await SignInAsync(page, PageHouse.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Deny" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Not allowed: access_denied");
    }

    [Fact]
    public async Task The_whole_way_can_be_gone_by_keyboard_in_the_dark_on_a_telephone()
    {
        var page = await browser.OpenAsync(ColorScheme.Dark, width: 360);
        await using var house = await PageHouse.StartAsync();

        await page.GotoAsync(house.Link);
        await Assertions.Expect(page.GetByLabel("User name")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("ada");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("wrong");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The user name or the password is wrong.");
        await Assertions.Expect(page.GetByLabel("Password", new() { Exact = true })).ToBeFocusedAsync();
        await PageBrowser.PictureAsync(page, "wrong-dark-phone");
        await page.Keyboard.TypeAsync(PageHouse.Password);
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign in" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Allow Weather station to act for you?");
        await page.Keyboard.PressAsync("Tab"); // sign in as somebody else
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Allow" })).ToBeFocusedAsync();
        await PageBrowser.PictureAsync(page, "consent-dark-phone");
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Hello ada, state s 4");
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_and_the_right_one_is_refused_then()
    {
        var page = await browser.OpenAsync();
        await using var house = await PageHouse.StartAsync();

        await page.GotoAsync(house.Link);
        for (var attempt = 1; attempt <= 5; attempt++)
            await SignInAsync(page, $"wrong {attempt}");
        await SignInAsync(page, PageHouse.Password);

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The user is locked after too many wrong passwords");
        await Assertions.Expect(page.GetByLabel("User name")).ToHaveValueAsync("ada");
        await Assertions.Expect(page.GetByLabel("Password", new() { Exact = true })).ToHaveValueAsync("");
        await PageBrowser.PictureAsync(page, "locked");
    }

    [Fact]
    public async Task An_expired_password_must_be_changed_and_then_the_way_goes_on_to_the_client()
    {
        var page = await browser.OpenAsync(ColorScheme.Dark);
        await using var house = await PageHouse.StartAsync();
        await house.AgePasswordAsync();

        await page.GotoAsync(house.Link);
        await SignInAsync(page, PageHouse.Password);
        await Assertions.Expect(page.GetByText("Your password is too old.")).ToBeVisibleAsync();
        await PageBrowser.PictureAsync(page, "expired-dark");
        await ChangeAsync(page, "short");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("A password needs at least 12 characters.");
        await Assertions.Expect(page.GetByLabel("New password", new() { Exact = true })).ToHaveAccessibleDescriptionAsync(
            new System.Text.RegularExpressions.Regex("A password needs at least 12 characters.*12 to 128 characters"));
        await PageBrowser.PictureAsync(page, "rule-dark");
        await ChangeAsync(page, NewPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Hello ada, state s 4");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task All_text_stands_out_from_its_ground_and_every_control_has_a_name(ColorScheme scheme)
    {
        var page = await browser.OpenAsync(scheme, width: 320, runsScripts: true);
        await using var house = await PageHouse.StartAsync();

        await page.GotoAsync(house.Link);
        await PageCheck.AssertReadableAsync(page);
        await SignInAsync(page, "wrong");
        await PageCheck.AssertReadableAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Change your password" }).ClickAsync();
        await PageCheck.AssertReadableAsync(page);
        await page.GotoAsync(house.Link);
        await SignInAsync(page, PageHouse.Password);
        await PageCheck.AssertReadableAsync(page);
        await page.GotoAsync(house.Address + "oauth/sign-out");
        await PageCheck.AssertReadableAsync(page);
        await page.GotoAsync(house.Address + "oauth/authorize?client_id=nobody");
        await PageBrowser.PictureAsync(page, $"fault-{scheme}");
        await PageCheck.AssertReadableAsync(page);
    }

    private static async Task SignInAsync(IPage page, string password)
    {
        await page.GetByLabel("User name").FillAsync("ada");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    private static async Task ChangeAsync(IPage page, string newPassword)
    {
        await page.GetByLabel("Current password").FillAsync(PageHouse.Password);
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync(newPassword);
        await page.GetByLabel("New password, again").FillAsync(newPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
    }
}
