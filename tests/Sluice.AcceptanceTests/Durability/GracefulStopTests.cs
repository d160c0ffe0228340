using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Sluice.AcceptanceTests.Durability;

/// <summary>SIGTERM: requests under way are answered, nothing is lost, and the program ends with 0.</summary>
[Collection(nameof(WholeMachine))]
public sealed class GracefulStopTests
{
    // More than the two seconds that a command line library grants by itself, less than the program's own thirty.
    private static readonly TimeSpan SlowProducer = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_stop_under_load_loses_nothing_and_drops_no_request_it_has_begun()
    {
        using var run = new CrashRun(new House());
        await using (var server = run.House.Start())
        {
            var (address, datasetId) = await FurnishAsync(run, server);
            var load = run.Senders.RunAsync(address, datasetId, CancellationToken.None);
            await Task.Delay(new Random(Rounds.Seed).Next(200, 1_000), TestContext.Current.CancellationToken); // the random moment
            server.Terminate();
            Assert.Equal(0, await server.EndedAsync());
            await load;
        }

        var audit = await run.AuditAsync();

        Rounds.Say($"SIGTERM: {audit.Summary}");
        Assert.Empty(audit.Faults);
        Assert.True(audit.Kept == 0, $"A request was taken and then not answered: {audit.Summary}");
    }

    [Fact]
    public async Task A_request_whose_body_is_still_coming_is_answered_before_the_stop()
    {
        using var run = new CrashRun(new House());
        await using (var server = run.House.Start())
        {
            var (address, datasetId) = await FurnishAsync(run, server);
            var number = run.Ledger.Reserve(1);
            var body = Encoding.UTF8.GetBytes(SentMessage.Request(number, 1, run.House, datasetId));
            using var socket = await BeginAsync(address, run.House.InletId, body.Length);

            server.Terminate();
            await Task.Delay(SlowProducer, TestContext.Current.CancellationToken);
            await socket.GetStream().WriteAsync(body, TestContext.Current.CancellationToken);
            using var reader = new StreamReader(socket.GetStream());
            Assert.Equal("HTTP/1.1 207 Multi-Status", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            run.Ledger.Tell(number, MessageFate.Accepted);
            Assert.Equal(0, await server.EndedAsync());
        }

        Assert.Empty((await run.AuditAsync()).Faults);
    }

    private static async Task<(string Address, string DatasetId)> FurnishAsync(CrashRun run, ServerProcess server)
    {
        var address = await server.ReadyAsync();
        Assert.NotNull(address);
        using var api = await run.House.SignInAsync(address);
        return (address, await run.House.FurnishAsync(api));
    }

    // "100 Continue" says that the server has begun with the request and waits for its body.
    private static async Task<TcpClient> BeginAsync(string address, string inletId, int bytes)
    {
        var uri = new Uri(address);
        var socket = new TcpClient();
        await socket.ConnectAsync(uri.Host, uri.Port, TestContext.Current.CancellationToken);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"POST /collection/{inletId} HTTP/1.1\r\nHost: {uri.Authority}\r\nContent-Type: application/json\r\nContent-Length: {bytes}\r\nExpect: 100-continue\r\n\r\n");
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        var expected = "HTTP/1.1 100 Continue\r\n\r\n";
        var answer = new byte[expected.Length];
        await socket.GetStream().ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        Assert.Equal(expected, Encoding.ASCII.GetString(answer));
        return socket;
    }
}
