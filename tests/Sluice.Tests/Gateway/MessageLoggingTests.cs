using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Hosting;
using Sluice.Tests.Doubles;

namespace Sluice.Tests.Gateway;

/// <summary>MessageLogging: lines go to the program's log or to a syslog server, and a call never fails for them (contract gateway.md 7).</summary>
[Contract("gateway 7")]
public sealed class MessageLoggingTests
{
    [Fact]
    public async Task A_line_for_a_cloud_goes_to_the_programs_log()
    {
        using var book = new LogBook();
        await using var desk = await GatewayDesk.OpenAsync(new ServerSettings { LogTo = book });
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "L", "", "<PostClientFlow><Response><Step><Name>L</Name></Step></Response></PostClientFlow>").Policy("""
            <MessageLogging name="L"><CloudLogging><LogName>projects/{organization.name}/logs/x</LogName>
              <Message contentType="application/json">{"path": {proxy.basepath}, "q": {request.queryparam.q}, "none": {none}}</Message>
              <Labels><Label><Key>flow</Key><Value>{current.flow.name}</Value></Label></Labels></CloudLogging><logLevel>WARN</logLevel></MessageLogging>
            """));

        await desk.GetAsync("/x?q=7");

        await book.HasAsync($"x, L: projects/{desk.House.TenantId}/logs/x: ");
        await book.HasAsync("q\\u0022: 7, \\u0022none\\u0022: } [flow=PreFlow]");
        await book.HasAsync("q\\u0022: 7, \\u0022none\\u0022: } [flow=PostClientFlow]");
    }

    [Fact]
    public async Task A_line_for_syslog_goes_out_as_a_datagram_or_over_a_connection()
    {
        using var datagrams = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var desk = await GatewayDesk.OpenAsync();
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "Udp Tcp")
            .Policy($$"""<MessageLogging name="Udp"><Syslog><Message>one {request.queryparam.q}</Message><Host>127.0.0.1</Host><Port>{{((IPEndPoint)datagrams.Client.LocalEndPoint!).Port}}</Port></Syslog></MessageLogging>""")
            .Policy($$"""<MessageLogging name="Tcp"><Syslog><Message>two {request.queryparam.q}</Message><Host>127.0.0.1</Host><Port>{{((IPEndPoint)listener.LocalEndpoint).Port}}</Port><Protocol>TCP</Protocol><FormatMessage>true</FormatMessage><DateFormat>yyyy</DateFormat></Syslog><logLevel>ERROR</logLevel></MessageLogging>"""));

        var answer = await desk.GetAsync("/x?q=a%0Ab");
        var datagram = await datagrams.ReceiveAsync(TestContext.Current.CancellationToken);
        using var connection = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(connection.GetStream());
        var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);

        Assert.Equal(200, answer.Status);
        Assert.Equal("one a\nb", Encoding.UTF8.GetString(datagram.Buffer));
        Assert.Matches($@"^<11>1 \d{{4}} {Environment.MachineName} x - - - two a b$", line);
    }

    [Fact]
    public async Task A_server_that_is_not_there_fails_no_call()
    {
        using var book = new LogBook();
        await using var desk = await GatewayDesk.OpenAsync(new ServerSettings { LogTo = book });
        await desk.DeployAsync("x", BundleText.Proxy("/x", null, "L").Policy("""<MessageLogging name="L"><Syslog><Message>m</Message><Host>127.0.0.1</Host><Port>1</Port><Protocol>TCP</Protocol></Syslog></MessageLogging>"""));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => desk.GetAsync("/x")));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        await book.HasAsync("Lines for tcp://127.0.0.1:1 cannot be sent");
    }

    [Theory]
    [InlineData("", "MessageMissing")]
    [InlineData("<CloudLogging/>", "MessageMissing")]
    [InlineData("<Syslog><Message>m</Message><Protocol>SMTP</Protocol></Syslog>", "InvalidProtocol")]
    [InlineData("<Syslog><Message>m</Message><Port>0</Port></Syslog>", "InvalidPort")]
    [Contract("gateway 6.4")]
    public async Task What_is_wrong_in_the_policy_refuses_the_deployment(string inner, string name)
    {
        await using var desk = await GatewayDesk.OpenAsync();

        var refusal = await desk.RefusalAsync("x", BundleText.Proxy("/x", null, "L").Policy($"<MessageLogging name='L'>{inner}</MessageLogging>"));

        Assert.Equal(name, refusal["faults"]![0]!["name"]!.GetValue<string>());
    }
}
