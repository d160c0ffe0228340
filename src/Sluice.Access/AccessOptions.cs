namespace Sluice.Access;

/// <summary>Who may come in (configuration section <c>Access</c>).</summary>
public sealed class AccessOptions
{
    /// <summary>How long an access token lives: 60 s to 7 days. Default 86,399 s, as clients of the original expect.</summary>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromSeconds(86_399);

    /// <summary>Hosts on which <c>x-api-key</c> and <c>x-gw-ims-org-id</c> are enforced as the original does. Default: none.</summary>
    public string[] ImsHosts { get; set; } = [];

    /// <summary>The reason a setting is refused, or null when all are in range.</summary>
    internal string? Fault => TokenLifetime < TimeSpan.FromSeconds(60) || TokenLifetime > TimeSpan.FromDays(7)
        ? $"Access:TokenLifetime is {TokenLifetime}; it must be between 00:01:00 and 7.00:00:00"
        : null;
}
