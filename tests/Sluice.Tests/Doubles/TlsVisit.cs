using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sluice.Tests.Doubles;

/// <summary>One TLS connection to a house, with what the server showed on it.</summary>
internal sealed class TlsVisit : IDisposable
{
    private readonly TcpClient _tcp = new();
    private SslStream? _tls;

    private TlsVisit()
    {
    }

    internal string Thumbprint { get; private set; } = "";

    /// <summary>The certificates the server sent behind its own.</summary>
    internal IReadOnlyList<string> SentBehind { get; private set; } = [];

    internal SslProtocols Protocol => _tls!.SslProtocol;

    internal string Application => Encoding.ASCII.GetString(_tls!.NegotiatedApplicationProtocol.Protocol.Span);

    internal static async Task<TlsVisit> OpenAsync(string address, SslProtocols protocols = SslProtocols.None, params SslApplicationProtocol[] applications)
    {
        var visit = new TlsVisit();
        var uri = new Uri(address);
        await visit._tcp.ConnectAsync(uri.Host, uri.Port, TestContext.Current.CancellationToken);
        visit._tls = new SslStream(visit._tcp.GetStream());
        await visit._tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "127.0.0.1",
                EnabledSslProtocols = protocols,
                ApplicationProtocols = [.. applications],
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    visit.Thumbprint = ((X509Certificate2)certificate!).Thumbprint;
                    visit.SentBehind = [.. chain!.ChainPolicy.ExtraStore.Select(one => one.Thumbprint).Where(one => one != visit.Thumbprint)];
                    return true;
                },
            },
            TestContext.Current.CancellationToken);
        return visit;
    }

    /// <summary>Asks on this same connection whether the house lives, and returns the answer's head and body.</summary>
    internal async Task<string> AskAsync()
    {
        await _tls!.WriteAsync("GET /health/live HTTP/1.1\r\nHost: house\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var buffer = new byte[4_096];
        var text = "";
        while (!text.Contains("live\"}", StringComparison.Ordinal))
        {
            var read = await _tls.ReadAsync(buffer, TestContext.Current.CancellationToken);
            if (read == 0)
                break;
            text += Encoding.ASCII.GetString(buffer, 0, read);
        }
        return text;
    }

    public void Dispose()
    {
        _tls?.Dispose();
        _tcp.Dispose();
    }
}
