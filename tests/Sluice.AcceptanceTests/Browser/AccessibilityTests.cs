using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Sluice.AcceptanceTests.Durability;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>Every page of the console as people meet it who see little, use a keyboard or a telephone; with <c>SLUICE_TESTS_PICTURES</c>, a picture of each.</summary>
public sealed class AccessibilityTests(PageBrowser browser)
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task No_page_has_a_serious_fault_and_each_fits_a_telephone(ColorScheme scheme)
    {
        var rules = Checkout.PathOf("src/Sluice.Console/web/node_modules/axe-core/axe.min.js");
        Assert.SkipUnless(File.Exists(rules), "axe-core is not installed: npm ci in src/Sluice.Console/web");
        var axe = await File.ReadAllTextAsync(rules, TestContext.Current.CancellationToken);
        await using var story = await ConsoleStory.BeginAsync(browser, scheme);
        var page = story.Page;
        var filled = new FurnishedServer(story.House, story.Admin);
        await filled.FillAsync();
        var faults = new List<string>();
        page.Response += (_, answer) =>
        {
            if (answer.Status >= 400)
                faults.Add($"{answer.Status} {answer.Url}");
        };

        await story.SignInAsync("");
        foreach (var route in ConsoleRoutes.All.Concat(filled.States).OrderBy(route => route.Length == 0)) // the overview last: by then it has something to draw
        {
            if (ConsoleRoutes.Fill(route, filled.Values) is not { } path)
            {
                faults.Add($"{route}: FurnishedServer has no value for what stands in it");
                continue;
            }
            await page.SetViewportSizeAsync(1_280, 800);
            await story.GotoAsync(path);
            await page.Locator("h1").First.WaitForAsync();
            await Assertions.Expect(page.GetByLabel(": loading")).ToHaveCountAsync(0);
            await Assertions.Expect(page.Locator(".mantine-Skeleton-root, .mantine-Loader-root")).ToHaveCountAsync(0);
            var name = route.Length == 0 ? "overview" : route.Replace('/', '-').Replace(":", "", StringComparison.Ordinal).Replace('?', '-');
            await PageBrowser.PictureAsync(page, $"{name}-{scheme}-1280");
            await page.EvaluateAsync(axe);
            faults.AddRange((await FindAsync(page, scheme)).Select(fault => $"/console/{route} {fault}"));

            await page.SetViewportSizeAsync(390, 800);
            await page.WaitForFunctionAsync("() => document.getAnimations().every(one => one.playState === 'finished')"); // the menu moves out
            await PageBrowser.PictureAsync(page, $"{name}-{scheme}-390");
            faults.AddRange((await PageCheck.FindAsync(page)).Select(fault => $"/console/{route} {fault}"));
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        story.HadNoFaults();
    }

    // Colours are all that is different in the dark. What axe does not look at is whether a field has an edge at all. The name of a branch of a tree is its own and not that of all below it.
    private static async Task<IEnumerable<string>> FindAsync(IPage page, ColorScheme scheme)
    {
        var found = await page.EvaluateAsync<string>("""
            async isDark => JSON.stringify((await axe.run(document, { resultTypes: ['violations'], ...(isDark && { runOnly: ['color-contrast'] }) })).violations
                .filter(one => one.impact === 'serious' || one.impact === 'critical')
                .flatMap(one => one.nodes.filter(node => one.id !== 'label-content-name-mismatch' || !node.html.includes('role="treeitem"')).slice(0, 3).map(node => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`))
                .concat([...document.querySelectorAll('.mantine-Input-input')].filter(one => getComputedStyle(one).borderTopWidth === '0px').map(one => `no edge: ${one.outerHTML.slice(0, 200)}`)))
            """, scheme == ColorScheme.Dark);
        return JsonNode.Parse(found)!.AsArray().Select(one => one!.GetValue<string>());
    }
}
