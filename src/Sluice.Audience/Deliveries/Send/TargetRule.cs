using System.Net;
using System.Net.Sockets;

namespace Sluice.Audience.Deliveries.Send;

/// <summary>Where deliveries may go: https anywhere but to this machine or its link; those, and http to this machine, only where the operator allows it.</summary>
/// <remarks>Addresses are looked at when the connection is made, so a name that changes its answer in between gains nothing.</remarks>
internal static class TargetRule
{
    internal const int MaxUrlCharacters = 2_048;

    private static readonly IPNetwork[] Local =
    [
        .. new[]
        {
            "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/96", "fe80::/10", "fec0::/10", "ff00::/8",
            "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", // forms that carry an IPv4 address inside
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>What is wrong with a target as it is written, whatever the operator allows; null when nothing is.</summary>
    internal static string? Fault(string url)
    {
        if (url.Length > MaxUrlCharacters || !Uri.TryCreate(url, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https"))
            return $"must be an https URL of at most {MaxUrlCharacters} characters";
        if (target.UserInfo.Length > 0 || target.Fragment.Length > 0)
            return "must hold neither a user name nor a fragment";
        return target.Scheme == "http" && !IsThisMachine(target) ? "must be an https URL; http is for this machine only" : null;
    }

    /// <summary>What keeps a delivery from a target, with what the operator allows.</summary>
    internal static string? Fault(string url, bool allowLoopback) =>
        Fault(url) ?? (!allowLoopback && IsThisMachine(new Uri(url)) ? "leads to this machine, which Audience:AllowLoopbackTargets would have to allow" : null);

    internal static bool IsLocal(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(Local, network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain));
    }

    /// <summary>Connects to the first address of the name that may be and answers.</summary>
    /// <exception cref="HttpRequestException">The name has no address that may be connected to.</exception>
    internal static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool allowLoopback, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellation);
        IPAddress[] allowed = [.. addresses.Where(address => !IsLocal(address) || (allowLoopback && IPAddress.IsLoopback(address)))];
        if (allowed.Length == 0)
            throw new HttpRequestException($"[{target.Host}] leads to this machine or its link");
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

    private static bool IsThisMachine(Uri target)
    {
        var host = target.IdnHost.TrimEnd('.');
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));
    }
}
