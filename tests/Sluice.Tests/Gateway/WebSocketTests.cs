using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Gateway;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>WebSockets through proxies: opened by the request flows, then passed on both ways until either side ends (contract gateway.md 3.3).</summary>
public sealed class WebSocketTests
{
    private const string Listener = "Gateway:Listeners:0=h2c://127.0.0.1:0";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Contract("gateway 3.3")]
    public async Task What_either_side_sends_reaches_the_other_once_the_request_flows_have_run(bool speaks2)
    {
        await using var target = await SampleTarget.StartAsync();
        target.Answer = (http, _) => EchoAsync(http);
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, Listener);
        await desk.DeployAsync("ws", Proxy(target.Url));

        using var socket = await OpenAsync(desk, "/ws/room?a=b", speaks2);
        var large = new string('x', 300_000);
        await SendAsync(socket, "hello");
        var first = await ReceiveAsync(socket);
        await SendAsync(socket, large);
        var second = await ReceiveAsync(socket);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", TestContext.Current.CancellationToken);
        await UntilNoneAsync(desk);

        var call = Assert.Single(target.Calls);
        Assert.Equal(("hello", large), (first, second));
        Assert.Equal(("GET", "/room?a=b", "1", "chat"), (call.Method, call.PathAndQuery, call.Headers["X-Request"], call.Headers["Sec-WebSocket-Protocol"]));
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "chat"), (socket.CloseStatus, socket.SubProtocol));
        Assert.False(socket.HttpResponseHeaders!.ContainsKey("X-Response"));
    }

    [Fact]
    [Contract("gateway 3.3", "gateway 3.6")]
    public async Task A_target_that_refuses_answers_the_usual_way()
    {
        await using var target = await SampleTarget.StartAsync();
        target.AnswerWith(403, "not you");
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("ws", Proxy(target.Url, "<Property name=\"success.codes\">2xx,403</Property>"));

        using var answer = await desk.SendAsync("GET", "/ws", null, ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="));

        Assert.Equal((HttpStatusCode.Forbidden, "not you"), (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("1", answer.Headers.GetValues("X-Response").Single());
        Assert.Equal(0, Open(desk));
    }

    [Theory]
    [InlineData("client closes")]
    [InlineData("client vanishes")]
    [InlineData("target closes")]
    [InlineData("target vanishes")]
    [InlineData("nobody says anything")]
    [Contract("gateway 3.3")]
    public async Task However_a_socket_ends_neither_side_is_left_with_it(string how)
    {
        var atTarget = new TaskCompletionSource<string>();
        await using var target = await SampleTarget.StartAsync();
        target.Answer = async (http, _) =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            if (how == "target closes")
                await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "bye", CancellationToken.None);
            if (how == "target vanishes" && await ReceiveAsync(socket) is not null)
                http.Abort();
            atTarget.SetResult(await EndOfAsync(socket));
        };
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("ws", Proxy(target.Url, how is "nobody says anything" or "target closes" ? "<Property name=\"io.timeout.millis\">300</Property>" : ""));

        using var socket = await OpenAsync(desk, "/ws");
        if (how == "target vanishes")
            await SendAsync(socket, "go");
        if (how == "client closes")
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", TestContext.Current.CancellationToken);
        if (how == "client vanishes")
            socket.Abort();
        var atClient = how == "client vanishes" ? "" : await EndOfAsync(socket);
        var there = await atTarget.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await UntilNoneAsync(desk);

        Assert.Equal(how == "target closes" ? "EndpointUnavailable" : how == "client vanishes" ? "" : "cut", atClient);
        Assert.Equal(how == "client closes" ? "NormalClosure" : "cut", there);
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task A_client_that_does_not_read_makes_the_target_wait_and_is_let_go_when_its_time_is_over()
    {
        const int MostMessages = 4_096;
        var sent = new TaskCompletionSource<int>();
        await using var target = await SampleTarget.StartAsync();
        target.Answer = async (http, _) =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            var count = 0;
            try
            {
                for (; count < MostMessages; count++)
                    await socket.SendAsync(new byte[256 << 10], WebSocketMessageType.Binary, true, http.RequestAborted);
            }
            catch (Exception cut) when (cut is WebSocketException or OperationCanceledException or IOException)
            {
                // The gateway let go.
            }
            sent.SetResult(count);
        };
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("ws", Proxy(target.Url, "<Property name=\"io.timeout.millis\">500</Property>"));

        using var socket = await OpenAsync(desk, "/ws");
        var messages = await sent.Task.WaitAsync(TestContext.Current.CancellationToken);
        await UntilNoneAsync(desk);

        Assert.InRange(messages, 1, 1_000); // what the system's buffers of four sockets take, which differ from machine to machine; far from all
    }

    [Fact]
    [Contract("gateway 3.3", "gateway 3.7")]
    public async Task A_redeploy_leaves_open_sockets_alone()
    {
        await using var target = await SampleTarget.StartAsync();
        target.Answer = (http, _) => EchoAsync(http);
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("ws", Proxy(target.Url));

        using var socket = await OpenAsync(desk, "/ws");
        await desk.DeployAsync("ws", BundleText.Proxy("/ws", null));
        await SendAsync(socket, "still here");

        Assert.Equal("still here", await ReceiveAsync(socket));
        Assert.Equal(200, (await desk.GetAsync("/ws")).Status);
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task A_stop_ends_open_sockets_and_does_not_wait_for_them()
    {
        var ended = new TaskCompletionSource<string>();
        await using var target = await SampleTarget.StartAsync();
        target.Answer = async (http, _) =>
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            ended.SetResult(await EndOfAsync(socket));
        };
        var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("ws", Proxy(target.Url, "<Property name=\"io.timeout.millis\">600000</Property>"));

        using var socket = await OpenAsync(desk, "/ws");
        await desk.DisposeAsync().AsTask().WaitAsync(Hosting.SluiceServer.StopPatience / 2, TestContext.Current.CancellationToken);

        Assert.Equal(("cut", "cut"), (await EndOfAsync(socket), await ended.Task.WaitAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    [Contract("gateway 3.3", "gateway 6.2")]
    public async Task Beyond_the_bound_a_socket_is_refused_until_another_ends()
    {
        await using var target = await SampleTarget.StartAsync();
        target.Answer = (http, _) => EchoAsync(http);
        await using var desk = await GatewayDesk.OpenAsync(StoreKind.Sqlite, "Gateway:MaxWebSockets=1");
        await desk.DeployAsync("ws", Proxy(target.Url));

        using var first = await OpenAsync(desk, "/ws");
        using var refused = new ClientWebSocket();
        refused.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => refused.ConnectAsync(Address(desk, "/ws"), TestContext.Current.CancellationToken));
        first.Abort();
        await UntilNoneAsync(desk);
        using var next = await OpenAsync(desk, "/ws");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.HttpStatusCode);
        Assert.Equal(WebSocketState.Open, next.State);
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task A_WebSocketTargetConnection_and_a_load_balancer_lead_to_their_targets_too()
    {
        await using var target = await SampleTarget.StartAsync();
        target.Answer = (http, _) => EchoAsync(http);
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.CreateAsync("environments/production/targetservers", new JsonObject { ["name"] = "s", ["host"] = "127.0.0.1", ["port"] = new Uri(target.Url).Port });
        await desk.DeployAsync("ws", BundleText.Proxy("/ws", target.Url).With("targets/default.xml",
            $"""<TargetEndpoint name="default"><WebSocketTargetConnection><URL>{target.Url.Replace("http://", "ws://", StringComparison.Ordinal)}</URL></WebSocketTargetConnection></TargetEndpoint>"""));
        await desk.DeployAsync("balanced", BundleText.Proxy("/balanced", target.Url).With("targets/default.xml",
            """<TargetEndpoint name="default"><HTTPTargetConnection><LoadBalancer><Server name="s"/></LoadBalancer></HTTPTargetConnection></TargetEndpoint>"""));

        foreach (var path in (string[])["/ws", "/balanced"])
        {
            using var socket = await OpenAsync(desk, path);
            await SendAsync(socket, path);
            Assert.Equal(path, await ReceiveAsync(socket));
        }

        await UntilNoneAsync(desk);
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task An_upgrade_to_anything_else_is_an_ordinary_request()
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("ws", Proxy(target.Url));

        using var answer = await desk.SendAsync("GET", "/ws", null, ("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA"));

        var call = Assert.Single(target.Calls);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["Host", "X-Request"], call.Headers.Keys);
    }

    private static BundleText Proxy(string target, string properties = "") => BundleText.Proxy("/ws", target, "Mark", "Answer").WithTarget(target, connection: $"<Properties>{properties}</Properties>")
        .Policy(FlowOrderTests.Add("Mark", "X-Request", "1")).Policy(FlowOrderTests.Add("Answer", "X-Response", "1"));

    private static int Open(GatewayDesk desk) => desk.House.Services.GetRequiredService<GatewayRuntime>().Sockets.Count;

    private static async Task UntilNoneAsync(GatewayDesk desk) =>
        await Until.TrueAsync(() => Open(desk) == 0);

    private static Uri Address(GatewayDesk desk, string path, bool speaks2 = false) => new(desk.House.Addresses[speaks2 ? 1 : 0].Replace("http://", "ws://", StringComparison.Ordinal) + path);

    private static async Task<ClientWebSocket> OpenAsync(GatewayDesk desk, string path, bool speaks2 = false)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("chat");
        socket.Options.CollectHttpResponseDetails = true;
        if (!speaks2)
        {
            await socket.ConnectAsync(Address(desk, path), TestContext.Current.CancellationToken);
            return socket;
        }
        (socket.Options.HttpVersion, socket.Options.HttpVersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        using var client = new HttpMessageInvoker(new SocketsHttpHandler(), disposeHandler: false);
        await socket.ConnectAsync(Address(desk, path, speaks2), client, TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task EchoAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync(http.WebSockets.WebSocketRequestedProtocols.FirstOrDefault());
        while (await ReceiveAsync(socket) is { } text)
            await SendAsync(socket, text);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
    }

    private static Task SendAsync(WebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    /// <summary>The next message; null for the other side's close.</summary>
    private static async Task<string?> ReceiveAsync(WebSocket socket)
    {
        var (text, buffer) = (new StringBuilder(), new byte[64 << 10]);
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
            if (received.EndOfMessage)
                return text.ToString();
        }
    }

    /// <summary>How the socket ends: the status of the other side's close, or <c>cut</c>.</summary>
    private static async Task<string> EndOfAsync(WebSocket socket)
    {
        try
        {
            while (await ReceiveAsync(socket) is not null)
            {
            }
            return socket.CloseStatus.ToString()!;
        }
        catch (Exception cut) when (cut is WebSocketException or OperationCanceledException or IOException or InvalidOperationException)
        {
            return "cut";
        }
    }
}
