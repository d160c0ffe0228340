using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sluice.Gateway.Targets;

/// <summary>The connections to targets, kept and shared by all flows with the same settings.</summary>
/// <remarks>Threading: any.</remarks>
internal sealed class TargetClients(GatewayOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<ConnectionSettings, HttpMessageInvoker> _invokers = new();

    internal HttpMessageInvoker For(TargetSettings settings) =>
        _invokers.GetOrAdd(new ConnectionSettings(settings.ConnectTimeout, settings.KeepAlive, settings.IgnoresCertificateErrors), Make);

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
        if (settings.IgnoresCertificateErrors)
            handler.SslOptions.RemoteCertificateValidationCallback = AcceptAny;
        return new HttpMessageInvoker(handler);
    }

    // The bundle says so: IgnoreValidationErrors (contract gateway.md 3.3).
    private static bool AcceptAny(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => errors == SslPolicyErrors.None || certificate is not null;

    private sealed record ConnectionSettings(TimeSpan Connect, TimeSpan KeepAlive, bool IgnoresCertificateErrors);
}
