using System.Text.Json.Nodes;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>Changes of what is served while it is served, on one node and on two (contract gateway.md 2.4, 3.7), and bodies at their bound.</summary>
public sealed class RedeployTests
{
    private const int LargestBody = 10 << 20;

    [Fact]
    [Contract("gateway 3.7")]
    public async Task No_request_is_dropped_while_its_proxy_is_deployed_again_and_again()
    {
        await using var target = await SampleTarget.StartAsync();
        target.AnswerWith(200, "there");
        await using var desk = await GatewayDesk.OpenAsync();
        for (var number = 0; number < 50; number++)
            await desk.DeployAsync($"other{number}", BundleText.Proxy($"/other/{number}", null));
        await desk.DeployAsync("busy", Revision(target, 1));
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 8).Select(_ => LoadAsync(desk, stop.Token)).ToList();

        for (var revision = 2; revision <= 25; revision++)
            await desk.DeployAsync("busy", Revision(target, revision));
        await stop.CancelAsync();
        var seen = await Task.WhenAll(clients);

        Assert.All(seen, one => Assert.NotEmpty(one));
        Assert.All(seen.SelectMany(one => one), answer => Assert.Equal(200, answer.Status));
        Assert.All(seen, one => Assert.Equal(one.Select(answer => answer.Revision).Order(), one.Select(answer => answer.Revision)));
        Assert.True(seen.SelectMany(one => one).Select(answer => answer.Revision).Distinct().Count() > 3, "the load saw hardly any of the revisions");
    }

    [Fact]
    [Contract("gateway 2.3", "gateway 2.4")]
    public async Task What_one_node_invalidates_the_others_no_longer_answer_from_memory()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var nodes = await GatewayNodes.StartAsync("Gateway:CacheMemoryLifetime=01:00:00");
        var bundle = BundleText.Proxy("/kept", target.Url, "RC", "RC")
            .Policy("""<ResponseCache name="RC"><CacheKey><Prefix>p</Prefix><KeyFragment ref="request.queryparam.w"/></CacheKey><ExpirySettings><TimeoutInSeconds>3000</TimeoutInSeconds></ExpirySettings></ResponseCache>""");
        await nodes.One.DeployAsync("kept", bundle);
        await nodes.One.DeployAsync("drop", BundleText.Proxy("/drop", null, "Drop")
            .Policy("""<InvalidateCache name="Drop"><CacheKey><Prefix>p</Prefix><KeyFragment>1</KeyFragment></CacheKey></InvalidateCache>"""));
        await nodes.One.GetAsync("/kept?w=1");
        await Until.SeenAsync(() => nodes.Two.GetAsync("/kept?w=1"), answer => answer.Status == 200);
        var before = target.Calls.Count;

        await nodes.One.GetAsync("/drop");
        await Until.SeenAsync(() => nodes.Two.GetAsync("/kept?w=1"), answer => answer.Body != "answer 1");

        Assert.Equal((1, 2), (before, target.Calls.Count));
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task A_body_of_the_largest_size_passes_whole_both_ways_and_one_byte_more_is_the_documented_fault()
    {
        var sent = new byte[LargestBody];
        new Random(7).NextBytes(sent);
        await using var target = await SampleTarget.StartAsync();
        target.Answer = async (http, _) =>
        {
            var size = int.Parse(http.Request.Query["size"]!, System.Globalization.CultureInfo.InvariantCulture);
            http.Response.ContentLength = size;
            await http.Response.Body.WriteAsync(size == LargestBody ? sent : new byte[size], http.RequestAborted);
        };
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("large", BundleText.Proxy("/large", target.Url));

        var whole = await PostAsync(desk, $"/large?size={LargestBody}", sent);
        var tooLarge = await PostAsync(desk, "/large?size=1", new byte[LargestBody + 1]);
        var answerTooLarge = await PostAsync(desk, $"/large?size={LargestBody + 1}", [1]);

        Assert.Equal(200, whole.Status);
        Assert.True(sent.AsSpan().SequenceEqual(whole.Body), "the answer's body is not what the target sent");
        Assert.Equal(LargestBody, target.Calls[0].Headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) : 0);
        Assert.Equal("protocol.http.TooBigBody", Code(tooLarge));
        Assert.Equal("protocol.http.TooBigBody", Code(answerTooLarge));
        Assert.Equal(2, target.Calls.Count);
    }

    private static BundleText Revision(SampleTarget target, int number) => BundleText.Proxy("/busy", target.Url, "", "Mark")
        .Policy($"""<AssignMessage name="Mark"><Set><Headers><Header name="X-Revision">{number}</Header></Headers></Set></AssignMessage>""");

    private static async Task<IReadOnlyList<(int Status, int Revision)>> LoadAsync(GatewayDesk desk, CancellationToken stop)
    {
        var seen = new List<(int, int)>();
        while (!stop.IsCancellationRequested)
        {
            using var answer = await desk.SendAsync("GET", "/busy", null);
            seen.Add(((int)answer.StatusCode, int.Parse(answer.Headers.GetValues("X-Revision").Single(), System.Globalization.CultureInfo.InvariantCulture)));
        }
        return seen;
    }

    private static async Task<(int Status, byte[] Body)> PostAsync(GatewayDesk desk, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using var response = await desk.Http.PostAsync(path, content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    private static string? Code((int Status, byte[] Body) answer) => (string?)JsonNode.Parse(answer.Body)!["fault"]!["detail"]!["errorcode"];
}
