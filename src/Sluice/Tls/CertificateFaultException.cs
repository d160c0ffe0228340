namespace Sluice.Tls;

/// <summary>The files hold no certificate that can be served; the message names the setting, the file and the reason.</summary>
internal sealed class CertificateFaultException(string message, Exception? cause = null) : InvalidOperationException(message, cause);
