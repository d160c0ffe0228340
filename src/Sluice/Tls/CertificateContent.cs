namespace Sluice.Tls;

/// <summary>What the files of <see cref="TlsSettings"/> held at one look; two looks that are equal need no second opening.</summary>
internal sealed record CertificateContent(byte[] Certificate, byte[]? Key, string? Password)
{
    // A certificate with a long chain has some 20 KiB; whoever names a larger file means another.
    private const int MaxFileBytes = 1 << 20;

    /// <exception cref="CertificateFaultException">A file cannot be read, or is too large.</exception>
    internal static CertificateContent Read(TlsSettings settings) => new(
        Read("Tls:Certificate", settings.Certificate!),
        settings.Key is { } key ? Read("Tls:Key", key) : null,
        settings.PasswordFile is { } file ? System.Text.Encoding.UTF8.GetString(Read("Tls:PasswordFile", file)).TrimEnd('\r', '\n') : settings.Password);

    internal bool IsSameAs(CertificateContent other) =>
        Certificate.AsSpan().SequenceEqual(other.Certificate) && Key.AsSpan().SequenceEqual(other.Key) && Password == other.Password;

    private static byte[] Read(string setting, string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxFileBytes)
                throw new CertificateFaultException($"{setting}: the file {path} has more than {MaxFileBytes} bytes");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CertificateFaultException($"{setting}: the file {path} cannot be read: {failure.Message}", failure);
        }
    }
}
