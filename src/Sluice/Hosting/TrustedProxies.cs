using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.HttpOverrides;

namespace Sluice.Hosting;

/// <summary>Whose word about a client's address, scheme and host is believed (configuration <c>Proxies:Trusted:0</c> …): by default nobody's.</summary>
internal sealed class TrustedProxies
{
    // A request passes a load balancer, perhaps a mesh and an edge network. The bound keeps a long header from costing anything,
    // even where the trusted networks are so wide that every address in it would be believed.
    private const int MaxHops = 8;

    private readonly List<System.Net.IPNetwork> _networks;

    private TrustedProxies(List<System.Net.IPNetwork> networks) => _networks = networks;

    /// <exception cref="InvalidOperationException">A value is no address and no network; the message names it.</exception>
    internal static TrustedProxies From(IConfiguration configuration)
    {
        var networks = new List<System.Net.IPNetwork>();
        foreach (var entry in configuration.GetSection("Proxies:Trusted").GetChildren())
        {
            networks.Add(TryParse(entry.Value ?? "", out var network)
                ? network
                : throw new InvalidOperationException($"{entry.Path} is '{entry.Value}'; it must be an address or a network, such as 10.0.0.7 or 10.0.0.0/8"));
        }
        return new TrustedProxies(networks);
    }

    internal void UseOn(IApplicationBuilder app)
    {
        if (_networks.Count == 0)
            return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = MaxHops,
        };
        options.KnownProxies.Clear(); // it believes this machine unless told otherwise
        options.KnownIPNetworks.Clear();
        foreach (var network in _networks)
            options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }

    private static bool TryParse(string text, out System.Net.IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? text : text[..slash];
        // The parser of the platform takes 10.1 for 10.0.0.1; whoever writes that has left something out.
        if (!IPAddress.TryParse(address, out var parsed) || (parsed.AddressFamily == AddressFamily.InterNetwork && address.Count('.') != 3))
            return false;
        if (slash >= 0)
            return System.Net.IPNetwork.TryParse(text, out network);
        network = new System.Net.IPNetwork(parsed, parsed.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return true;
    }
}
