using Microsoft.Playwright;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>Looks at a page as people do who see little, use a keyboard or have a small screen.</summary>
internal static class PageCheck
{
    internal static async Task AssertReadableAsync(IPage page) => Assert.Empty(await FindAsync(page));

    /// <summary>What such people would stumble over.</summary>
    // WCAG 2.2: 1.4.3 (text 4.5 to 1), 1.4.11 (edges of fields 3 to 1), 1.4.10 (nothing beyond 320 pixels), 4.1.2 (names), one main heading.
    internal static Task<string[]> FindAsync(IPage page) =>
        page.EvaluateAsync<string[]>(
            """
            () => {
                const faults = [];
                const read = colour => colour.match(/[\d.]+/g).map(Number);
                const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
                const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
                const ground = node => {
                    for (; node; node = node.parentElement) {
                        const colour = read(getComputedStyle(node).backgroundColor);
                        if (colour.length === 3 || colour[3] === 1) return colour;
                    }
                    return [255, 255, 255];
                };
                const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
                while (texts.nextNode()) {
                    const node = texts.currentNode;
                    if (!node.textContent.trim() || !node.parentElement.checkVisibility() || node.parentElement.closest(':disabled, [data-disabled]')) continue;
                    const found = ratio(read(getComputedStyle(node.parentElement).color), ground(node.parentElement));
                    if (found < 4.5) faults.push(`${node.textContent.trim()}: contrast ${found.toFixed(2)}`);
                }
                for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea:not([aria-hidden=true])')) {
                    if (!field.labels.length && !field.getAttribute('aria-label')) faults.push(`${field.name || field.id}: no label`);
                    if (getComputedStyle(field).opacity === '0') continue; // a switch draws itself beside its field
                    // A field that holds its choices too has its edge around all of them.
                    const edged = [field, field.parentElement, field.parentElement.parentElement, field.parentElement.parentElement.parentElement]
                        .find(node => parseFloat(getComputedStyle(node).borderTopWidth) > 0);
                    if (!edged) { faults.push(`${field.name || field.id}: no edge`); continue; }
                    const found = ratio(read(getComputedStyle(edged).borderTopColor), ground(edged.parentElement));
                    if (found < 3) faults.push(`${field.name || field.id}: edge ${found.toFixed(2)}`);
                    if (field.matches('.mantine-Input-input') && getComputedStyle(field).borderTopWidth === '0px') faults.push(`${field.name || field.id}: no edge`);
                    for (const id of (field.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean))
                        if (!document.getElementById(id)) faults.push(`${field.name || field.id}: described by nothing`);
                }
                for (const button of document.querySelectorAll('button, a'))
                    if (!button.textContent.trim() && !button.getAttribute('aria-label') && !button.closest('[aria-hidden=true]')) faults.push('a button or link without a name');
                if (document.querySelectorAll('h1').length !== 1) faults.push('not one heading');
                if (document.documentElement.scrollWidth > innerWidth) faults.push(`${document.documentElement.scrollWidth} pixels wide`);
                if (!document.documentElement.lang || !document.title) faults.push('no language or title');
                return faults;
            }
            """);
}
