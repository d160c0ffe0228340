using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Sluice.Tls;

/// <summary>What one look at the files came to.</summary>
internal abstract record CertificateLook
{
    private CertificateLook()
    {
    }

    /// <summary>They hold what they held.</summary>
    internal sealed record Unchanged : CertificateLook;

    /// <summary>They hold another that opens; new connections get it from now on.</summary>
    internal sealed record Swapped(ServerCertificate Now) : CertificateLook;

    /// <summary>They hold nothing that opens; what was in use stays in use.</summary>
    internal sealed record Refused(CertificateFaultException Why) : CertificateLook;
}

/// <summary>The certificate that new connections get, as one reference that is swapped when the files hold another.</summary>
/// <remarks>
/// Guarantees: what <see cref="Current"/> gives can always be served. Threading: any thread reads it; one thread looks.
/// After a failure: the next look opens the files again when they hold something else than at the failure.
/// </remarks>
internal sealed class ServingCertificate
{
    private static readonly CertificateLook Nothing = new CertificateLook.Unchanged();

    private readonly TlsSettings _settings;
    private volatile ServerCertificate _current;
    private CertificateContent? _seen; // null after files that could not be read: whatever comes next is new

    private ServingCertificate(TlsSettings settings, CertificateContent content)
    {
        _settings = settings;
        _seen = content;
        _current = ServerCertificate.Open(content, settings);
    }

    internal ServerCertificate Current => _current;

    /// <exception cref="CertificateFaultException">The files hold nothing that can be served.</exception>
    internal static ServingCertificate Open(TlsSettings settings) => new(settings, CertificateContent.Read(settings));

    /// <summary>
    /// Reads the files themselves, not their times: they are small, and a swapped link anywhere on the way to them,
    /// a renamed folder or a copy that keeps its time are all seen.
    /// </summary>
    internal CertificateLook Look()
    {
        try
        {
            var before = _seen;
            _seen = null;
            _seen = CertificateContent.Read(_settings);
            if (before is not null && _seen.IsSameAs(before))
                return Nothing;
            _current = ServerCertificate.Open(_seen, _settings);
            return new CertificateLook.Swapped(_current);
        }
        catch (CertificateFaultException fault)
        {
            return new CertificateLook.Refused(fault);
        }
    }

    internal void UseOn(HttpsConnectionAdapterOptions https)
    {
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        // Kestrel wants a selector, but would send a selected certificate without its chain; so each handshake gets the context, which has it.
        https.ServerCertificateSelector = (_, _) => _current.Leaf;
        https.OnAuthenticate = (_, handshake) =>
        {
            handshake.ServerCertificateSelectionCallback = null;
            handshake.ServerCertificateContext = _current.Context;
        };
    }
}
