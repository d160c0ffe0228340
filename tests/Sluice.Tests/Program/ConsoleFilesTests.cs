using System.Net;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Program;

/// <summary>The files of the console as browsers get them, and the client that its users sign in with.</summary>
public sealed partial class ConsoleFilesTests
{
    [Fact]
    public async Task A_deep_link_is_the_page_and_an_asset_that_is_not_there_is_not()
    {
        await using var house = await TestHouse.StartAsync();
        using var http = Client(house);

        using var bare = await http.GetAsync("/console", TestContext.Current.CancellationToken);
        using var deep = await http.GetAsync("/console/gateway/proxies/some%20name", TestContext.Current.CancellationToken);
        using var missing = await http.GetAsync("/console/assets/none.js", TestContext.Current.CancellationToken);
        var page = await deep.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Found, "/console/"), (bare.StatusCode, bare.Headers.Location!.ToString()));
        Assert.Equal(HttpStatusCode.OK, deep.StatusCode);
        Assert.Contains("frame-ancestors 'none'", deep.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("text/html; charset=utf-8", deep.Content.Headers.ContentType!.ToString());
        if (page.Contains("not part of this build", StringComparison.Ordinal))
            return; // without Node there are no assets that could be missing
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("no-cache", deep.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task What_the_first_page_fetches_before_it_shows_anything_is_below_200_kB_packed()
    {
        await using var house = await TestHouse.StartAsync();
        using var http = Client(house);
        var page = await http.GetStringAsync("/console/", TestContext.Current.CancellationToken);
        Assert.SkipWhen(page.Contains("not part of this build", StringComparison.Ordinal), "Node is not installed: the console is not part of this build");
        var scripts = new Queue<string>(Scripts().Matches(page).Select(found => found.Value));
        var seen = new HashSet<string>(scripts);

        var bytes = 0L;
        while (scripts.TryDequeue(out var script))
        {
            var text = await http.GetByteArrayAsync(script, TestContext.Current.CancellationToken);
            using var packed = new MemoryStream();
            await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
                await gzip.WriteAsync(text, TestContext.Current.CancellationToken);
            bytes += packed.Length;
            foreach (System.Text.RegularExpressions.Match found in StaticImports().Matches(System.Text.Encoding.UTF8.GetString(text)))
            {
                if (seen.Add("/console/assets/" + found.Groups[1].Value))
                    scripts.Enqueue("/console/assets/" + found.Groups[1].Value);
            }
        }

        Assert.InRange(bytes, 20_000, 200_000);
    }

    [Fact]
    public async Task An_asset_is_kept_for_ever_packed_where_the_browser_takes_it_and_not_sent_again_when_it_is_known()
    {
        await using var house = await TestHouse.StartAsync();
        using var http = Client(house);
        var page = await http.GetStringAsync("/console/", TestContext.Current.CancellationToken);
        Assert.SkipWhen(page.Contains("not part of this build", StringComparison.Ordinal), "Node is not installed: the console is not part of this build");
        var script = page[page.IndexOf("/console/assets/", StringComparison.Ordinal)..].Split('"')[0];

        using var request = new HttpRequestMessage(HttpMethod.Get, script) { Headers = { { "Accept-Encoding", "gzip, br" } } };
        using var packed = await http.SendAsync(request, TestContext.Current.CancellationToken);
        using var plain = await http.GetAsync(script, TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, script) { Headers = { { "If-None-Match", plain.Headers.ETag!.Tag } } };
        using var known = await http.SendAsync(again, TestContext.Current.CancellationToken);

        Assert.Equal("br", packed.Content.Headers.ContentEncoding.Single());
        Assert.True(packed.Content.Headers.ContentLength < plain.Content.Headers.ContentLength);
        Assert.Contains("immutable", plain.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Theory]
    [InlineData("/console/", true)]
    [InlineData("/console/other", false)]
    [InlineData("https://elsewhere.example/console/", false)]
    public async Task The_consoles_client_leads_back_to_this_servers_console_and_nowhere_else(string back, bool isRight)
    {
        await using var house = await TestHouse.StartAsync();
        using var http = Client(house);
        var redirect = back.StartsWith('/') ? house.Address + back : back;

        using var answer = await http.GetAsync(
            $"/oauth/authorize?response_type=code&client_id=sluice-console&redirect_uri={Uri.EscapeDataString(redirect)}&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
            TestContext.Current.CancellationToken);

        Assert.Equal(isRight ? HttpStatusCode.Found : HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(isRight, answer.Headers.Location?.ToString().StartsWith("/oauth/sign-in", StringComparison.Ordinal) ?? false);
    }

    private static HttpClient Client(TestHouse house) => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(house.Address) };

    [System.Text.RegularExpressions.GeneratedRegex("/console/assets/[A-Za-z0-9_.-]+\\.js")]
    private static partial System.Text.RegularExpressions.Regex Scripts();

    // import … from "./x.js" and import "./x.js"; import("./x.js") comes later and is none.
    [System.Text.RegularExpressions.GeneratedRegex("(?:from|import)\\s*[\"'`]\\./([A-Za-z0-9_.-]+\\.js)[\"'`]")]
    private static partial System.Text.RegularExpressions.Regex StaticImports();
}
