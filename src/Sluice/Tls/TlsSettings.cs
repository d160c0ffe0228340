namespace Sluice.Tls;

/// <summary>Where the certificate of the https listener lies (configuration section <c>Tls</c>).</summary>
internal sealed class TlsSettings
{
    private static readonly TimeSpan MaxHsts = TimeSpan.FromDays(3_650);

    /// <summary>A PEM file with the certificate first and its chain behind it, or a PFX file.</summary>
    public string? Certificate { get; set; }

    /// <summary>The PEM file with the private key; left out where <see cref="Certificate"/> holds it too.</summary>
    public string? Key { get; set; }

    /// <summary>Opens the PFX or the encrypted key.</summary>
    public string? Password { get; set; }

    /// <summary>A file with the password instead; a line break at its end is not part of it.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>How long browsers are to insist on https. Default 365 days; zero says nothing to them.</summary>
    public TimeSpan Hsts { get; set; } = TimeSpan.FromDays(365);

    /// <summary>The first value out of its range, as a sentence; null when all are within.</summary>
    public string? Fault =>
        Hsts < TimeSpan.Zero || Hsts > MaxHsts ? $"Tls:Hsts is {Hsts}; it must be between 00:00:00 and {MaxHsts}"
        : Password is not null && PasswordFile is not null ? "Tls:Password and Tls:PasswordFile are both set; one of them must go"
        : Certificate is null && (Key ?? PasswordFile) is not null ? "Tls:Certificate is not set, but Tls:Key or Tls:PasswordFile is"
        : null;
}
