using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Sluice.AcceptanceTests.Browser.PageBrowser))]

namespace Sluice.AcceptanceTests.Browser;

/// <summary>Debian's Chromium, started once for all page tests. Only the driver comes with the test package; no browser is downloaded.</summary>
public sealed class PageBrowser : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    // As root there is no sandbox; the rest keeps the browser from calling home.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update", "--disable-sync", "--disable-quic",
    ];

    private readonly SemaphoreSlim _turn = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Opens a window of its own, with its own cookies, in which no script runs. Skips the test where there is no browser.</summary>
    public async Task<IPage> OpenAsync(ColorScheme scheme = ColorScheme.Light, int width = 1_000, bool runsScripts = false)
    {
        if (!File.Exists(Chromium) && Environment.GetEnvironmentVariable("SLUICE_TESTS_SKIP_NOTHING") == "1")
            Assert.Fail("chromium is not installed; eng/install-test-servers installs it");
        Assert.SkipUnless(File.Exists(Chromium), "chromium is not installed; eng/install-test-servers installs it");

        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = Arguments });
        }
        finally
        {
            _turn.Release();
        }
        var context = await _browser.NewContextAsync(new()
        {
            JavaScriptEnabled = runsScripts,
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = 800 },
        });
        context.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000); // far longer than a page takes: other tests load the machine
        return await context.NewPageAsync();
    }

    /// <summary>Keeps a picture of the page in the folder that <c>SLUICE_TESTS_PICTURES</c> names, if it names one.</summary>
    public static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("SLUICE_TESTS_PICTURES") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png") });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
        _turn.Dispose();
    }
}
