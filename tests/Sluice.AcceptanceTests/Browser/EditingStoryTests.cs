using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>Things changed by hand in the console: in two tabs at once, in folders, after a partner refused what it was sent, and for the whole server.</summary>
public sealed class EditingStoryTests(PageBrowser browser)
{
    [Fact]
    public async Task Who_saves_second_is_told_so_and_loads_what_the_first_left()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var page = story.Page;
        var segment = await FurnishedServer.AddSegmentAsync(story.Admin, "Boot buyers", "product == 12");

        await story.SignInAsync($"audience/segments/{segment}/edit");
        var name = page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true });
        await name.FillAsync("Mine");
        var other = await story.OpenTabAsync();
        await other.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }).FillAsync("Theirs");
        await other.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Theirs", Level = 1 })).ToBeVisibleAsync();
        await story.ClickAsync("Save");

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Somebody changed it meanwhile");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Load the newer state" })).ToBeInViewportAsync();
        await Assertions.Expect(name).ToHaveValueAsync("Mine"); // to be copied from
        await story.PictureAsync("editing-story-conflict");
        await story.ClickAsync("Load the newer state");
        await Assertions.Expect(name).ToHaveValueAsync("Theirs");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        await name.FillAsync("Ours");
        await story.ClickAsync("Save");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Ours", Level = 1 })).ToBeVisibleAsync();
        Assert.All(story.Faults, fault => Assert.Contains("status of 412", fault, StringComparison.Ordinal)); // the browser's word for the refusal
    }

    [Fact]
    public async Task A_group_that_two_change_is_loaded_anew_and_rights_that_are_refused_leave_the_rest_saved()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var page = story.Page;
        await new FurnishedServer(story.House, story.Admin).AddAudienceAsync();

        await story.SignInAsync("access/groups/new");
        await page.GetByLabel("Name").FillAsync("Analysts");
        await story.ClickAsync("Create group");
        await story.ChooseAsync("Add a data source", "Shop");
        await Assertions.Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Shop: traits: See" })).ToBeCheckedAsync();
        await page.GetByLabel("Description").FillAsync("Reads the shop");
        await page.RouteAsync("**/permissions/", async route =>
        {
            if (route.Request.Method == "PUT")
                await route.FulfillAsync(new() { Status = 400, ContentType = "application/json", Body = """{"code":"validation_error","message":"The data source has just gone"}""" });
            else
                await route.ContinueAsync();
        });
        await story.ClickAsync("Save");
        await story.ExpectText("Name, members and the rights on everything are saved").ToBeVisibleAsync();
        await story.ExpectText("The data source has just gone").ToBeVisibleAsync();
        await story.PictureAsync("editing-story-group");
        await page.UnrouteAsync("**/permissions/");
        await story.ClickAsync("Save"); // not refused as stale: the page knows what its own first call made
        await story.ExpectText("Saved.").ToBeVisibleAsync();
        var other = await story.OpenTabAsync();
        await Assertions.Expect(other.GetByLabel("Description")).ToHaveValueAsync("Reads the shop");
        await Assertions.Expect(other.GetByRole(AriaRole.Checkbox, new() { Name = "Shop: traits: See" })).ToBeCheckedAsync();
        await other.GetByLabel("Description").FillAsync("Reads all");
        await other.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Assertions.Expect(other.GetByText("Saved.")).ToBeVisibleAsync();
        await page.GetByLabel("Description").FillAsync("Reads nothing");
        await story.ClickAsync("Save");

        await story.ClickAsync("Load the newer state");
        await Assertions.Expect(page.GetByLabel("Description")).ToHaveValueAsync("Reads all");
    }

    [Fact]
    public async Task Folders_are_made_renamed_moved_and_deleted_and_a_segment_is_put_into_one()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var page = story.Page;
        var segment = await FurnishedServer.AddSegmentAsync(story.Admin, "Boot buyers", "product == 12");
        var folders = page.GetByRole(AriaRole.Navigation, new() { Name = "Folders" });

        await story.SignInAsync("audience/segments");
        await SaveFolderAsync(story, "New folder", "Shoes");
        await Assertions.Expect(folders.GetByRole(AriaRole.Button, new() { Name = "Shoes" })).ToHaveAttributeAsync("aria-current", "true");
        await story.ExpectText("There is no segment in this folder.").ToBeVisibleAsync();
        await SaveFolderAsync(story, "New folder", "Boots"); // inside of the one that is chosen
        await SaveFolderAsync(story, "Rename or move", "Winter boots", "Not in a folder");
        await Assertions.Expect(folders.GetByRole(AriaRole.Button, new() { Name = "Winter boots" })).ToBeVisibleAsync();
        await Assertions.Expect(folders.GetByRole(AriaRole.Button, new() { Name = "Folders in Shoes" })).ToHaveCountAsync(0);
        await story.PictureAsync("editing-story-folders");
        await story.GotoAsync($"audience/segments/{segment}");
        await story.ClickAsync("Move");
        await story.ChooseAsync("Folder", "Winter boots");
        await story.ConfirmAsync("Move here");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await story.GoAsync("Segments");
        await folders.GetByRole(AriaRole.Button, new() { Name = "Winter boots" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Boot buyers" })).ToBeVisibleAsync();
        story.HadNoFaults();
        await story.ClickAsync("Delete folder");
        await story.ConfirmAsync("Delete folder");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Alert)).ToBeVisibleAsync(); // it is not empty
        await story.ConfirmAsync("Cancel");
        await folders.GetByRole(AriaRole.Button, new() { Name = "Shoes" }).ClickAsync();
        await story.ClickAsync("Delete folder");
        await story.ConfirmAsync("Delete folder");
        await Assertions.Expect(folders.GetByRole(AriaRole.Button, new() { Name = "Shoes" })).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Boot buyers" })).ToBeVisibleAsync(); // all folders again
    }

    [Fact]
    public async Task What_a_partner_refused_is_sent_again_when_somebody_says_so_and_the_rest_is_thrown_away()
    {
        await using var story = await ConsoleStory.BeginAsync(browser, setting: "Audience:AllowLoopbackTargets=true");
        var page = story.Page;
        var (status, taken) = (400, 0);
        await using var partner = StartPartner(() => Interlocked.Increment(ref taken), () => Volatile.Read(ref status));
        await partner.StartAsync(TestContext.Current.CancellationToken);
        var (destination, source) = await FurnishedServer.AddServerDestinationAsync(story.Admin, partner.Urls.First() + "/segments");

        await story.SignInAsync($"audience/destinations/{destination}");
        await story.ExpectText("Nothing was given up.").ToBeVisibleAsync();
        foreach (var device in (string[])["1", "2"])
        {
            await story.Admin.GetStringAsync($"/event?d_uuid={device.PadLeft(38, '1')}&d_rtbd=json&product=12&d_cid={source}%01{device}%010", TestContext.Current.CancellationToken);
            await Assertions.Expect(Letters(page)).ToHaveCountAsync(int.Parse(device, null));
        }
        await story.ExpectText("It has taken nothing so far.").ToBeVisibleAsync();
        await story.PictureAsync("editing-story-letters");
        Volatile.Write(ref status, 200);
        await page.GetByRole(AriaRole.Button, new() { Name = "Redeliver the letter" }).First.ClickAsync();
        await Assertions.Expect(Letters(page)).ToHaveCountAsync(1);
        await story.ExpectText("Last delivered at").ToBeVisibleAsync();
        Assert.Equal(1, Volatile.Read(ref taken));
        await story.ClickAsync("Discard all");
        await story.ConfirmAsync("Discard all");

        await story.ExpectText("Nothing was given up.").ToBeVisibleAsync();
        story.HadNoFaults();
    }

    [Fact]
    public async Task Rights_are_switched_off_for_the_whole_account_after_a_question_and_a_signing_key_is_added_and_deleted()
    {
        await using var story = await ConsoleStory.BeginAsync(browser);
        var page = story.Page;
        var rights = page.GetByRole(AriaRole.Switch, new() { Name = "Role-based access" });
        var keys = page.GetByRole(AriaRole.Table, new() { Name = "Signing keys" }).GetByRole(AriaRole.Row);

        await story.SignInAsync("settings");
        await Assertions.Expect(page.GetByRole(AriaRole.Table, new() { Name = "Server" })).ToContainTextAsync("ready");
        var isOn = await rights.IsCheckedAsync();
        await rights.ClickAsync(new() { Force = true });
        await story.ClickAsync("Leave it");
        await Assertions.Expect(rights).ToBeCheckedAsync(new() { Checked = isOn });
        await rights.ClickAsync(new() { Force = true });
        var wanted = isOn ? "Switch it off" : "Switch it on";
        await story.ClickAsync(wanted);
        await story.ConfirmAsync(wanted);
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await page.ReloadAsync();
        await Assertions.Expect(rights).ToBeCheckedAsync(new() { Checked = !isOn });
        await Assertions.Expect(keys).ToHaveCountAsync(2);
        await story.ClickAsync("Add a key");
        await Assertions.Expect(keys).ToHaveCountAsync(3);
        await story.PictureAsync("editing-story-settings");
        await keys.Filter(new() { HasText = "published" }).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await story.ConfirmAsync("Delete");

        await Assertions.Expect(keys.Filter(new() { HasText = "published" })).ToHaveCountAsync(0);
        story.HadNoFaults();
    }

    private static ILocator Letters(IPage page) => page.GetByRole(AriaRole.Table, new() { Name = "Dead letters" }).GetByRole(AriaRole.Button, new() { Name = "Redeliver the letter" });

    private static async Task SaveFolderAsync(ConsoleStory story, string action, string name, string? inside = null)
    {
        await story.ClickAsync(action);
        await story.Page.GetByLabel("Folder name").FillAsync(name);
        if (inside is not null)
            await story.ChooseAsync("Inside of", inside);
        await story.ConfirmAsync("Save");
        await Assertions.Expect(story.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
    }

    private static WebApplication StartPartner(Action take, Func<int> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(http =>
        {
            if (answer() == StatusCodes.Status200OK)
                take();
            http.Response.StatusCode = answer();
            return Task.CompletedTask;
        });
        return app;
    }
}
