using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sluice.Gateway.Targets;

namespace Sluice.Gateway.Logging;

/// <summary>Where a syslog line goes.</summary>
internal sealed record SyslogAddress(string Host, int Port, bool IsTcp, bool IsTls)
{
    public override string ToString() => $"{(IsTls ? "tls" : IsTcp ? "tcp" : "udp")}://{Host}:{Port}";
}

/// <summary>Sends lines of MessageLogging to syslog servers, behind the backs of the flows that made them (contract gateway.md 7).</summary>
/// <remarks>
/// Guarantees: a flow never waits and never fails here. What waits is bounded; over the bound, and when a server is away, lines are dropped, which is
/// said once until a line gets through again.
/// Threading: any number of callers, one sender.
/// </remarks>
internal sealed class SyslogSender : IAsyncDisposable
{
    /// <summary>Longer lines are cut: what a datagram takes.</summary>
    internal const int MaxLineBytes = 60_000;

    private const int MaxWaiting = 4_096;
    private const int MaxConnections = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Channel<(SyslogAddress To, byte[] Line)> _waiting = Channel.CreateBounded<(SyslogAddress, byte[])>(MaxWaiting);
    private readonly Dictionary<SyslogAddress, Stream> _connections = [];
    private readonly HashSet<SyslogAddress> _away = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly bool _allowsLoopback;
    private readonly ILogger _log;
    private readonly Task _sender;

    internal SyslogSender(GatewayOptions options, ILogger log)
    {
        (_allowsLoopback, _log) = (options.AllowLoopbackTargets, log);
        _sender = Task.Run(SendAllAsync);
    }

    /// <summary>Puts a line up to be sent; false when too many wait already.</summary>
    internal bool TrySend(SyslogAddress to, byte[] line) => _waiting.Writer.TryWrite((to, line.Length > MaxLineBytes ? line[..MaxLineBytes] : line));

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        _stop.CancelAfter(Patience); // what waits still goes out, if it goes quickly
        await _sender;
        foreach (var connection in _connections.Values)
            await connection.DisposeAsync();
        _stop.Dispose();
    }

    private async Task SendAllAsync()
    {
        await foreach (var (to, line) in _waiting.Reader.ReadAllAsync())
        {
            try
            {
                using var late = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                late.CancelAfter(Patience);
                await (to.IsTcp ? SendStreamAsync(to, line, late.Token) : SendDatagramAsync(to, line, late.Token));
                _away.Remove(to);
            }
            catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                if (_connections.Remove(to, out var broken))
                    await broken.DisposeAsync();
                if (_away.Count < MaxConnections && _away.Add(to))
                    _log.SyslogAway(to.ToString(), failure);
            }
        }
    }

    private async Task SendDatagramAsync(SyslogAddress to, byte[] line, CancellationToken cancellation)
    {
        var address = (await AddressesAsync(to, cancellation))[0];
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.SendToAsync(line, SocketFlags.None, new IPEndPoint(address, to.Port), cancellation);
    }

    // RFC 6587, 3.4.2: a line ends with LF.
    private async Task SendStreamAsync(SyslogAddress to, byte[] line, CancellationToken cancellation)
    {
        if (!_connections.TryGetValue(to, out var stream))
        {
            stream = await ConnectAsync(to, cancellation);
            if (_connections.Count == MaxConnections)
            {
                var (oldest, connection) = _connections.First();
                _connections.Remove(oldest);
                await connection.DisposeAsync();
            }
            _connections[to] = stream;
        }
        byte[] framed = [.. line.Select(one => one is (byte)'\n' or (byte)'\r' ? (byte)' ' : one), (byte)'\n'];
        await stream.WriteAsync(framed, cancellation);
        await stream.FlushAsync(cancellation);
    }

    private async Task<Stream> ConnectAsync(SyslogAddress to, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(await AddressesAsync(to, cancellation), to.Port, cancellation);
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (!to.IsTls)
                return stream;
            var secure = new SslStream(stream);
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = to.Host }, cancellation);
            return secure;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> AddressesAsync(SyslogAddress to, CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(to.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(to.Host, cancellation);
        var allowed = _allowsLoopback ? addresses : [.. addresses.Where(address => !GuardedConnect.IsOwn(address))];
        return allowed.Length > 0 ? allowed : throw new IOException($"{to.Host} is on this machine or link-local; Gateway:AllowLoopbackTargets allows that");
    }
}
