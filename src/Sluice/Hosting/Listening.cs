using System.Net;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.Gateway;

namespace Sluice.Hosting;

/// <summary>Where the program listens: its own addresses, and those that are for proxies alone (<c>Gateway:Listeners</c>).</summary>
internal sealed record Listening(string Urls, IReadOnlyList<string> ForProxies)
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    // HTTP/2 without TLS cannot be told from HTTP/1.1 before it is spoken, so an address has one or the other.
    private const string ClearHttp2 = "h2c";

    /// <summary>All of them, with <c>;</c> between.</summary>
    internal string All => string.Join(';', [Urls, .. ForProxies]);

    internal static Listening Read(ServerSettings settings, IConfiguration configuration) => new(
        settings.Urls ?? configuration["Urls"] ?? DefaultUrl,
        Roles.Parse(settings.Roles ?? configuration["Roles"]).HasFlag(Role.Gateway) ? configuration.GetSection("Gateway:Listeners").Get<string[]>() ?? [] : []);

    /// <exception cref="InvalidOperationException">An address of <c>Gateway:Listeners</c> cannot be listened on.</exception>
    internal void UseOn(WebApplicationBuilder builder)
    {
        // What a target or a policy put in a header goes out as the bytes it came in.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1);
        if (ForProxies.Count == 0)
        {
            builder.WebHost.UseUrls(Urls);
            return;
        }
        // The server takes addresses as texts or as endpoints, not both.
        var endpoints = Urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(url => (Parse("--urls", url), false))
            .Concat(ForProxies.Select(url => (Parse("Gateway:Listeners", url), true))).ToList();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var (address, isForProxies) in endpoints)
                Listen(kestrel, address, isForProxies);
        });
    }

    private static BindingAddress Parse(string setting, string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address.Scheme.ToLowerInvariant() is "http" or "https" or ClearHttp2 && address.PathBase.Length == 0)
                return address;
        }
        catch (FormatException)
        {
            // Said below.
        }
        throw new InvalidOperationException($"{setting}: '{url}' is no address to listen on: http://, https:// or h2c:// (HTTP/2 without TLS), a host and a port, and no path");
    }

    private static void Listen(KestrelServerOptions kestrel, BindingAddress address, bool isForProxies)
    {
        void Configure(ListenOptions listen)
        {
            if (isForProxies)
                GatewayModule.ServeProxiesOnly(listen);
            if (address.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase))
                listen.UseHttps();
            else if (address.Scheme.Equals(ClearHttp2, StringComparison.OrdinalIgnoreCase))
                listen.Protocols = HttpProtocols.Http2;
        }
        if (address.IsUnixPipe)
            kestrel.ListenUnixSocket(address.UnixPipePath, Configure);
        else if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
            kestrel.Listen(ip, address.Port, Configure);
        else if (address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            kestrel.ListenLocalhost(address.Port, Configure);
        else
            kestrel.ListenAnyIP(address.Port, Configure);
    }
}
