using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Sluice.Collection.Notifications;

/// <summary>Which addresses a webhook may point to: none of this machine, its link or a private network, unless the operator allows them.</summary>
/// <remarks>
/// The address is looked at when the connection is made, so a name that changes its answer in between gains nothing. A public address
/// of this machine's own is refused there too.
/// </remarks>
internal static class TargetRule
{
    private const int MaxUrlCharacters = 2_048;

    private static readonly IPNetwork[] Local =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
            "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", // forms that carry an IPv4 address inside
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>What is wrong with a target as it is written, or null.</summary>
    internal static string? Fault(string url, bool allowLocal)
    {
        if (url.Length > MaxUrlCharacters || !Uri.TryCreate(url, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https"))
            return $"must be an http or https address of at most {MaxUrlCharacters} characters";
        if (target.UserInfo.Length > 0 || target.Fragment.Length > 0)
            return "must hold neither a user name nor a fragment";
        if (allowLocal)
            return null;
        var host = target.IdnHost.TrimEnd('.');
        var isLocalName = host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
        return isLocalName || (IPAddress.TryParse(host, out var address) && IsLocal(address))
            ? "leads to this machine or a private network, which Collection:AllowLocalWebhooks would have to allow"
            : null;
    }

    internal static bool IsLocal(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(Local, network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain));
    }

    /// <summary>Connects to the first address of the name that may be and answers.</summary>
    /// <exception cref="HttpRequestException">The name has no address that may be connected to.</exception>
    internal static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool allowLocal, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellation);
        IPAddress[] own = allowLocal ? [] : OwnAddresses();
        IPAddress[] allowed = [.. addresses.Where(address => allowLocal || !(IsLocal(address) || own.Contains(address)))];
        if (allowed.Length == 0)
            throw new HttpRequestException($"[{target.Host}] leads to this machine or a private network");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A public address of this machine leads to it like any other.
    private static IPAddress[] OwnAddresses() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address)];
}
