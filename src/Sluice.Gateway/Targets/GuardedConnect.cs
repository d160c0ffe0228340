using System.Net;
using System.Net.Sockets;

namespace Sluice.Gateway.Targets;

/// <summary>Connects to targets, but to none on this machine or on link-local addresses unless they are allowed (design.md section 6). What a name resolves to is checked, not the name.</summary>
internal sealed class GuardedConnect(bool allowsLoopback)
{
    internal ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation) => ConnectAsync(context.DnsEndPoint, cancellation);

    internal async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(endpoint.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(endpoint.Host, cancellation);
        var allowed = allowsLoopback ? addresses : [.. addresses.Where(address => !IsOwn(address))];
        if (allowed.Length == 0)
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"{endpoint.Host} is on this machine or link-local; Gateway:AllowLoopbackTargets allows that");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, endpoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static bool IsOwn(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, _, _] or [0, _, _, _]);
    }
}
