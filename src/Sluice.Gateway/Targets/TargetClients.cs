using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Sluice.Gateway.Targets;

/// <summary>The connections to targets, kept and shared by all flows with the same settings.</summary>
/// <remarks>Threading: any.</remarks>
internal sealed class TargetClients(GatewayOptions options) : IDisposable
{
    private const int MostKept = 1_000;

    private readonly ConcurrentDictionary<ConnectionSettings, HttpMessageInvoker> _invokers = new();

    internal HttpMessageInvoker For(TargetSettings settings, TlsTerms? tls)
    {
        var key = new ConnectionSettings(settings.ConnectTimeout, settings.KeepAlive, tls);
        if (_invokers.TryGetValue(key, out var known))
            return known;
        // Certificates are renewed, names in bundles may be filled by clients: those left behind end when their last connection is idle.
        if (_invokers.Count >= MostKept)
            _invokers.Clear();
        return _invokers.GetOrAdd(key, Make);
    }

    public void Dispose()
    {
        foreach (var invoker in _invokers.Values)
            invoker.Dispose();
    }

    private HttpMessageInvoker Make(ConnectionSettings settings)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = settings.Connect,
            PooledConnectionIdleTimeout = settings.KeepAlive,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // names may move
            MaxResponseHeadersLength = 64,
            EnableMultipleHttp2Connections = true,
            ConnectCallback = new GuardedConnect(options.AllowLoopbackTargets).ConnectAsync,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8, // as clients' headers were read
        };
        settings.Tls?.UseOn(handler.SslOptions);
        return new HttpMessageInvoker(handler);
    }

    private sealed record ConnectionSettings(TimeSpan Connect, TimeSpan KeepAlive, TlsTerms? Tls);
}
