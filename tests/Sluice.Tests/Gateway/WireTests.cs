using System.Net.Sockets;
using System.Text;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>What clients and targets write that others could read in two ways: header bytes outside ASCII, and messages with two lengths.</summary>
public sealed class WireTests
{
    [Fact]
    [Contract("gateway 3.3")]
    public async Task Header_bytes_outside_ASCII_pass_both_ways_unharmed()
    {
        await using var target = await SampleTarget.StartAsync(); // writes headers as UTF-8
        target.AnswerWith(200, "body", ("X-City", "Zürich ✓"));
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("wire", BundleText.Proxy("/wire", target.Url));

        var answer = await TalkAsync(desk, "GET /wire HTTP/1.1\r\nHost: x\r\nX-Town: Genève ✓\r\nConnection: close\r\n\r\n");

        Assert.Contains("X-City: Zürich ✓\r\n", answer);
        Assert.Equal("Genève ✓", Assert.Single(target.Calls).Headers["X-Town"]);
    }

    [Theory]
    [InlineData("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nGET /wire/smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 200\r\n", "5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\nGET /wire/smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Transfer-Encoding: gzip, chunked, identity\r\n", "0\r\n\r\nGET /wire/smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("Content-Length: 4\r\nContent-Length: 50\r\n", "body")]
    [InlineData("Transfer-Encoding : chunked\r\nContent-Length: 4\r\n", "0\r\n\r\nGET /wire/smuggled HTTP/1.1\r\nHost: x\r\n\r\n")]
    public async Task A_request_of_two_lengths_is_refused_or_sent_on_with_one(string headers, string body)
    {
        await using var target = await SampleTarget.StartAsync();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("wire", BundleText.Proxy("/wire", target.Url));

        var answer = await TalkAsync(desk, $"POST /wire HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n{body}");

        Assert.DoesNotContain(target.Calls, call => call.PathAndQuery.Contains("smuggled", StringComparison.Ordinal));
        Assert.All(target.Calls, call => Assert.False(call.Headers.ContainsKey("Content-Length") && call.Headers.ContainsKey("Transfer-Encoding")));
        Assert.True(answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal) || target.Calls.Count == 1, answer);
    }

    [Fact]
    [Contract("gateway 3.3")]
    public async Task An_answer_of_two_lengths_is_sent_on_with_one()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var call = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            var stream = call.GetStream();
            _ = await stream.ReadAsync(new byte[4_096], TestContext.Current.CancellationToken);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("wire", BundleText.Proxy("/wire", $"http://{listener.LocalEndpoint}"));

        var answer = await TalkAsync(desk, "GET /wire HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        await answering;

        Assert.EndsWith("\r\n\r\nhello", answer);
        Assert.Contains("Content-Length: 5\r\n", answer);
        Assert.DoesNotContain("Transfer-Encoding", answer);
    }

    /// <summary>Sends bytes, and reads until the server closes.</summary>
    private static async Task<string> TalkAsync(GatewayDesk desk, string request)
    {
        var address = new Uri(desk.House.Address);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        try
        {
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            return ""; // cut off, which is a refusal
        }
    }
}
