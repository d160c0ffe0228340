using System.IO.Compression;
using Microsoft.Playwright;

namespace Sluice.AcceptanceTests.Browser;

/// <summary>Archives of bundles, made where they are read.</summary>
internal static class SampleArchive
{
    /// <summary>A proxy that answers by itself what its cache <c>weather</c> does not hold.</summary>
    internal static byte[] Forecast(string policy) => Of(
        ("apiproxy/forecast.xml", """<APIProxy name="forecast"/>"""),
        ("apiproxy/proxies/default.xml", """
            <ProxyEndpoint name="default">
              <PreFlow><Request><Step><Name>RC</Name></Step></Request><Response><Step><Name>RC</Name></Step></Response></PreFlow>
              <HTTPProxyConnection><BasePath>/forecast</BasePath></HTTPProxyConnection><RouteRule name="none"/>
            </ProxyEndpoint>
            """),
        ("apiproxy/policies/RC.xml", policy));

    internal static byte[] Of(params (string Path, string Content)[] files)
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in files)
            {
                using var entry = new StreamWriter(archive.CreateEntry(path).Open());
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }

    /// <summary>Chooses an archive in the page's file dialog.</summary>
    internal static async Task ChooseAsync(IPage page, string button, byte[] archive)
    {
        var dialog = await page.RunAndWaitForFileChooserAsync(() => page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync());
        await dialog.SetFilesAsync(new FilePayload { Name = "bundle.zip", MimeType = "application/zip", Buffer = archive });
    }

    /// <summary>Drops an archive on a part of the page, as from a window of files.</summary>
    internal static async Task DropAsync(ILocator place, byte[] archive)
    {
        var carried = await place.Page.EvaluateHandleAsync(
            """
            bytes => {
                const carried = new DataTransfer()
                carried.items.add(new File([Uint8Array.from(atob(bytes), one => one.charCodeAt(0))], 'dropped.zip', { type: 'application/zip' }))
                return carried
            }
            """, Convert.ToBase64String(archive));
        await place.DispatchEventAsync("dragover", new { dataTransfer = carried });
        await place.DispatchEventAsync("drop", new { dataTransfer = carried });
    }
}
