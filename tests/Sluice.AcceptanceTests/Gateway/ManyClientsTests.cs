using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.AcceptanceTests.Durability;
using Sluice.Tests.Doubles;

namespace Sluice.AcceptanceTests.Gateway;

/// <summary>Ten thousand clients at once, each on a connection of its own, before the real program in a process of its own.</summary>
[Collection(nameof(WholeMachine))]
public sealed class ManyClientsTests
{
    private const int Clients = 10_000;
    private const int ConnectedAtOnce = 200;

    private const string Cached = """
        <ResponseCache name="RC"><CacheKey><KeyFragment ref="request.queryparam.w"/></CacheKey><ExpirySettings><TimeoutInSeconds>600</TimeoutInSeconds></ExpirySettings><CacheLookupTimeoutInSeconds>120</CacheLookupTimeoutInSeconds>
          <Properties><Property name="sluice.collapse">true</Property></Properties></ResponseCache>
        """;

    [Fact]
    public async Task Ten_thousand_clients_that_ask_at_once_are_all_answered_by_one_call_of_the_target_and_leave_nothing_behind()
    {
        using var folder = new House();
        folder.Settings.Add("Gateway:AllowLoopbackTargets=true");
        await using var server = folder.Start();
        var address = new Uri(await server.ReadyAsync() ?? throw new InvalidOperationException(server.LastLines));
        using var api = await folder.SignInAsync(address.ToString());
        using var target = new HeldTarget();
        await DeployAsync(api, "held", "/held", target.Address, Cached);
        await DeployAsync(api, "dead", "/dead", "http://127.0.0.1:9", null);
        var before = await ConnectionsAsync(api);

        Assert.True(before > 0, "the server counts no connections");
        var clients = await ConnectAsync(address);
        await Until.SeenAsync(() => ConnectionsAsync(api), connected => connected >= Clients); // the server takes them one by one
        await SendAsync(clients, "GET /held?w=1 HTTP/1.1\r\nHost: gateway\r\n\r\n");
        await target.Asked.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        target.Answer("the one answer");
        var held = await ReadAsync(clients);
        await SendAsync(clients, "GET /held?w=1 HTTP/1.1\r\nHost: gateway\r\n\r\n");
        var hits = await ReadAsync(clients);
        await SendAsync(clients, "GET /dead HTTP/1.1\r\nHost: gateway\r\n\r\n");
        var dead = await ReadAsync(clients);
        foreach (var client in clients)
            client.Dispose();

        Assert.All(held.Concat(hits), answer => Assert.True(answer.StartsWith("HTTP/1.1 200 OK", StringComparison.Ordinal) && answer.EndsWith("the one answer", StringComparison.Ordinal), answer));
        Assert.All(dead, answer => Assert.True(answer.StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal) && answer.Contains("messaging.adaptors.http.flow.", StringComparison.Ordinal), answer));
        Assert.Equal(1, target.Calls);
        await Until.SeenAsync(() => ConnectionsAsync(api), counted => counted <= before);
        using var after = await api.GetAsync("/held?w=1", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    private static async Task<Socket[]> ConnectAsync(Uri address)
    {
        var clients = new Socket[Clients];
        await Parallel.ForAsync(0, Clients, new ParallelOptions { MaxDegreeOfParallelism = ConnectedAtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (number, cancellation) =>
        {
            clients[number] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await clients[number].ConnectAsync(IPAddress.Loopback, address.Port, cancellation);
        });
        return clients;
    }

    private static async Task SendAsync(Socket[] clients, string request)
    {
        var bytes = Encoding.ASCII.GetBytes(request);
        foreach (var client in clients)
            await client.SendAsync(bytes, TestContext.Current.CancellationToken);
    }

    private static async Task<string[]> ReadAsync(Socket[] clients)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds(120));
        var answers = new string[clients.Length];
        var buffer = new byte[8_192];
        for (var number = 0; number < clients.Length; number++)
        {
            var length = 0;
            while (!IsWhole(buffer.AsSpan(0, length)))
            {
                var read = await clients[number].ReceiveAsync(buffer.AsMemory(length), late.Token);
                if (read == 0)
                    break;
                length += read;
            }
            answers[number] = Encoding.UTF8.GetString(buffer, 0, length);
        }
        return answers;
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var text = Encoding.ASCII.GetString(answer[..end]);
        var at = text.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        return at >= 0 && answer.Length >= end + 4 + int.Parse(text.AsSpan(at + 16).ToString().Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<long> ConnectionsAsync(HttpClient api)
    {
        var metrics = await api.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        return metrics.Split('\n').Where(line => line.StartsWith("kestrel_active_connections", StringComparison.Ordinal)).Sum(line => long.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task DeployAsync(HttpClient api, string name, string basePath, string target, string? policy)
    {
        var organization = JsonNode.Parse(await api.GetStringAsync("/v1/organizations", TestContext.Current.CancellationToken))![0]!.ToString();
        var step = policy is null ? "" : "<Step><Name>RC</Name></Step>";
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("proxies/default.xml", $"""<ProxyEndpoint name="default"><PreFlow><Request>{step}</Request><Response>{step}</Response></PreFlow><HTTPProxyConnection><BasePath>{basePath}</BasePath></HTTPProxyConnection><RouteRule name="r"><TargetEndpoint>default</TargetEndpoint></RouteRule></ProxyEndpoint>""");
            Add("targets/default.xml", $"""<TargetEndpoint name="default"><HTTPTargetConnection><URL>{target}</URL></HTTPTargetConnection></TargetEndpoint>""");
            if (policy is not null)
                Add("policies/RC.xml", policy);

            void Add(string path, string content)
            {
                using var entry = archive.CreateEntry("apiproxy/" + path).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }
        using var zip = new ByteArrayContent(bytes.ToArray());
        zip.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var imported = await api.PostAsync($"/v1/organizations/{organization}/apis?action=import&name={name}", zip, TestContext.Current.CancellationToken);
        imported.EnsureSuccessStatusCode();
        using var deployed = await api.PostAsync($"/v1/organizations/{organization}/environments/production/apis/{name}/revisions/1/deployments", null, TestContext.Current.CancellationToken);
        deployed.EnsureSuccessStatusCode();
    }

    /// <summary>A target that holds its first caller until it is told what to answer.</summary>
    private sealed class HeldTarget : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<string> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _calls;

        internal HeldTarget()
        {
            _listener.Start();
            _ = TakeAsync();
        }

        internal string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        internal Task Asked => _asked.Task;

        internal int Calls => Volatile.Read(ref _calls);

        internal void Answer(string body) => _answer.SetResult(body);

        public void Dispose() => _listener.Dispose();

        private async Task TakeAsync()
        {
            try
            {
                while (true)
                    _ = AnswerAsync(await _listener.AcceptSocketAsync());
            }
            catch (Exception failure) when (failure is ObjectDisposedException or SocketException)
            {
                // The test is over.
            }
        }

        private async Task AnswerAsync(Socket caller)
        {
            using (caller)
            {
                await caller.ReceiveAsync(new byte[8_192]);
                Interlocked.Increment(ref _calls);
                _asked.TrySetResult();
                var body = await _answer.Task;
                await caller.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
            }
        }
    }
}
