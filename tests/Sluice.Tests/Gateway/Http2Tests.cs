using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>HTTP/2 with clients and with targets: a flow is the same whatever is spoken on either side of it (contract gateway.md 3.2, 3.3).</summary>
public sealed class Http2Tests
{
    private const string Describe = """
        <AssignMessage name="Describe"><Set>
          <Headers><Header name="X-Seen">{request.version} {request.verb} {client.scheme}</Header></Headers>
        </Set></AssignMessage>
        """;

    public static TheoryData<bool, bool, bool> Ways()
    {
        var ways = new TheoryData<bool, bool, bool>();
        foreach (var client in (bool[])[false, true])
        {
            foreach (var target in (bool[])[false, true])
            {
                ways.Add(client, target, false);
                ways.Add(client, target, true);
            }
        }
        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Contract("gateway 3.2", "gateway 3.3", "gateway 5.2")]
    public async Task A_body_goes_both_ways_over_either_version_on_either_side(bool clientSpeaks2, bool targetSpeaks2, bool streams)
    {
        await using var target = await SampleTarget.StartAsync(listen => listen.Protocols = targetSpeaks2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        target.Answer = (http, _) => http.Response.WriteAsync(new string('a', 200_000));
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, "Gateway:Listeners:0=h2c://127.0.0.1:0");
        await desk.DeployAsync("two", Proxy(target.Url, targetSpeaks2, streams));
        var sent = new string('q', 150_000);

        using var request = new HttpRequestMessage(HttpMethod.Put, desk.House.Addresses[clientSpeaks2 ? 1 : 0] + "/two/a%2Fb?c=d") { Content = new StringContent(sent) };
        using var answer = await SendAsync(desk, request, clientSpeaks2);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        var call = Assert.Single(target.Calls);
        Assert.Equal((HttpStatusCode.OK, new string('a', 200_000)), (answer.StatusCode, body));
        Assert.Equal(("PUT", "/a%2Fb?c=d", targetSpeaks2 ? "HTTP/2" : "HTTP/1.1", sent), (call.Method, call.PathAndQuery, call.Protocol, call.Body));
        Assert.Equal($"{(clientSpeaks2 ? "2.0" : "1.1")} PUT http", answer.Headers.GetValues("X-Seen").Single());
        Assert.Equal(clientSpeaks2 ? HttpVersion.Version20 : HttpVersion.Version11, answer.Version);
    }

    [Fact]
    [Contract("gateway 3.2", "gateway 5.3")]
    public async Task Over_TLS_client_and_gateway_agree_on_HTTP_2()
    {
        var certificates = new TestCertificates();
        using var leaf = certificates.Leaf();
        var pem = Path.Combine(Directory.CreateTempSubdirectory("sluice-h2-").FullName, "both.pem");
        await File.WriteAllTextAsync(pem, TestCertificates.Pem(leaf) + TestCertificates.KeyPem(leaf), TestContext.Current.CancellationToken);
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, "Gateway:Listeners:0=https://127.0.0.1:0", $"Tls:Certificate={pem}");
        await desk.DeployAsync("two", Proxy(target.Url, targetSpeaks2: false, streams: false));

        using var request = new HttpRequestMessage(HttpMethod.Get, desk.House.Addresses[1] + "/two") { Version = HttpVersion.Version20 };
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == leaf.GetCertHashString() } });
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        Assert.Equal("2.0 GET https", answer.Headers.GetValues("X-Seen").Single());
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task Many_streams_of_one_connection_have_each_its_own_answer()
    {
        const int Streams = 60;
        await using var target = await SampleTarget.StartAsync(listen => listen.Protocols = HttpProtocols.Http2);
        target.Answer = async (http, _) => await http.Response.WriteAsync(http.Request.Path + " " + new string('x', 20_000));
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, "Gateway:Listeners:0=h2c://127.0.0.1:0");
        await desk.DeployAsync("two", Proxy(target.Url, targetSpeaks2: true, streams: false));
        using var client = new HttpMessageInvoker(new SocketsHttpHandler());

        var bodies = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async number =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{desk.House.Addresses[1]}/two/{number}") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return (number, body: await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }));

        Assert.All(bodies, one => Assert.Equal($"/{one.number} {new string('x', 20_000)}", one.body));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Contract("gateway 3.3")]
    public async Task Trailers_and_what_Connection_names_stay_on_their_connection(bool targetSpeaks2)
    {
        await using var target = await SampleTarget.StartAsync(listen => listen.Protocols = targetSpeaks2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        target.Answer = async (http, _) =>
        {
            http.Response.DeclareTrailer("X-Late");
            if (!targetSpeaks2)
                (http.Response.Headers.Connection, http.Response.Headers["X-Hop"]) = ("X-Hop", "1");
            await http.Response.WriteAsync("body");
            if (targetSpeaks2)
                http.Response.AppendTrailer("X-Late", "1");
        };
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("two", Proxy(target.Url, targetSpeaks2, streams: true, """<AssignMessage name="Own"><AssignTo type="request"/><Set><Headers><Header name="X-Own">policy</Header></Headers></Set></AssignMessage>"""));

        using var answer = await desk.SendAsync("GET", "/two", null, ("Connection", "X-Once, X-Own"), ("X-Once", "1"), ("X-Own", "client"), ("X-Kept", "1"), ("TE", "trailers"));
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        var call = Assert.Single(target.Calls);
        Assert.Equal(("body", false, false), (body, answer.Headers.Contains("X-Hop"), answer.Headers.Contains("Trailer")));
        Assert.Empty(answer.TrailingHeaders);
        Assert.False(call.Headers.ContainsKey("X-Once") || call.Headers.ContainsKey("TE"));
        Assert.Equal(("1", "policy"), (call.Headers["X-Kept"], call.Headers["X-Own"]));
    }

    [Theory]
    [InlineData(null, "HTTP/2")]
    [InlineData("false", "HTTP/1.1")]
    [Contract("gateway 3.3")]
    public async Task Over_TLS_gateway_and_target_agree_on_HTTP_2_unless_the_target_endpoint_is_told_not_to(string? property, string protocol)
    {
        using var leaf = new TestCertificates().Leaf();
        await using var target = await SampleTarget.StartAsync(listen => listen.UseHttps(leaf));
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("two", BundleText.Proxy("/two", target.Url).WithTarget(
            target.Url, connection: $"<SSLInfo><Enabled>true</Enabled><IgnoreValidationErrors>true</IgnoreValidationErrors></SSLInfo><Properties>{(property is null ? "" : $"<Property name=\"sluice.http2\">{property}</Property>")}</Properties>"));

        var (status, _) = await desk.GetAsync("/two");

        Assert.Equal((200, protocol), (status, Assert.Single(target.Calls).Protocol));
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task A_target_server_of_protocol_HTTP2_is_spoken_to_in_it_and_one_of_no_known_protocol_is_refused()
    {
        await using var target = await SampleTarget.StartAsync(listen => listen.Protocols = HttpProtocols.Http2);
        await using var desk = await GatewayDesk.OpenAsync();
        System.Text.Json.Nodes.JsonObject Server(string name, string protocol) =>
            new() { ["name"] = name, ["host"] = "127.0.0.1", ["port"] = new Uri(target.Url).Port, ["protocol"] = protocol };
        await desk.CreateAsync("environments/production/targetservers", Server("s", "HTTP2"));
        await desk.DeployAsync("two", BundleText.Proxy("/two", "http://unused").With("targets/default.xml", """
            <TargetEndpoint name="default"><HTTPTargetConnection><LoadBalancer><Server name="s"/></LoadBalancer></HTTPTargetConnection></TargetEndpoint>
            """));

        var (status, _) = await desk.GetAsync("/two");
        var (refused, why) = await desk.ManageAsync("POST", "environments/production/targetservers", Server("t", "GRPC"));

        Assert.Equal((200, "HTTP/2"), (status, Assert.Single(target.Calls).Protocol));
        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.Contains("protocol is 'GRPC'", why!["message"]!.GetValue<string>());
    }

    private static BundleText Proxy(string target, bool targetSpeaks2, bool streams, string own = """<AssignMessage name="Own"/>""")
    {
        var properties = new StringBuilder();
        if (streams)
            properties.Append("""<Property name="request.streaming.enabled">true</Property><Property name="response.streaming.enabled">true</Property>""");
        var more = $"<HTTPProxyConnection><BasePath>/two</BasePath><Properties>{properties}</Properties></HTTPProxyConnection>";
        if (targetSpeaks2)
            properties.Append("""<Property name="sluice.http2">true</Property>""");
        return BundleText.Proxy("/two", target).With("proxies/default.xml", $"""
            <ProxyEndpoint name="default">
              <PreFlow><Request>{BundleText.Steps("Own")}</Request><Response>{BundleText.Steps("Describe")}</Response></PreFlow>
              {more}<RouteRule name="default"><TargetEndpoint>default</TargetEndpoint></RouteRule>
            </ProxyEndpoint>
            """).WithTarget(target, connection: $"<Properties>{properties}</Properties>").Policy(Describe).Policy(own);
    }

    private static Task<HttpResponseMessage> SendAsync(GatewayDesk desk, HttpRequestMessage request, bool speaks2)
    {
        (request.Version, request.VersionPolicy) = (speaks2 ? HttpVersion.Version20 : HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact);
        return desk.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
