namespace Sluice.Access;

/// <summary>Who may come in (configuration section <c>Access</c>).</summary>
public sealed class AccessOptions
{
    /// <summary>How long an access token of the <c>/ims</c> paths lives: 5 s to 7 days. Default 86,399 s, as clients of the original expect.</summary>
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromSeconds(86_399);

    /// <summary>How long an access token of the <c>/oauth</c> paths lives: 1 s to 7 days. Default 21,922 s (contract audience.md, Ruling 3).</summary>
    public TimeSpan LegacyTokenLifetime { get; set; } = TimeSpan.FromSeconds(21_922);

    /// <summary>How long a refresh token lives: 1 minute to 400 days. Default 30 days; each refresh gives a new one.</summary>
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long an authorization code lives: 1 s to 10 minutes (RFC 6749 section 4.1.2). Default 5 minutes.</summary>
    public TimeSpan CodeLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>For how long an assertion without a <c>jti</c> may be exchanged again after its first exchange: 0 to 1 day. Default 5 minutes.</summary>
    public TimeSpan AssertionReuse { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How far clocks of clients may be off: 0 to 10 minutes. Default 1 minute.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>After how long a signing key is replaced by itself: 0 (never) or 1 hour to 10 years. Default 90 days.</summary>
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long a password serves before it must be changed: 0 (for ever) or 1 day to 10 years. Default 90 days. API-only users are exempt.</summary>
    public TimeSpan PasswordLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long a temporary password serves: 1 minute to 30 days. Default 24 hours.</summary>
    public TimeSpan TemporaryPasswordLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The fewest characters of a password: 8 to 64. Default 12.</summary>
    public int PasswordMinLength { get; set; } = 12;

    /// <summary>After how many wrong passwords a user is locked: 1 to 100. Default 5.</summary>
    public int LockAfter { get; set; } = 5;

    /// <summary>How long a user stays locked: 1 s to 30 days. Default 30 minutes; an admin may unlock earlier.</summary>
    public TimeSpan LockDuration { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a sign-in in a browser lasts: 1 minute to 30 days. Default 12 hours.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Requests that one address may make to token endpoints and sign-in pages in a minute: 1 to 1,000,000. Default 1,200.</summary>
    public int RequestsPerMinute { get; set; } = 1_200;

    /// <summary>Refusals that one address may collect there in a minute before it gets 429: 1 to 1,000,000. Default 60.</summary>
    public int RefusalsPerMinute { get; set; } = 60;

    /// <summary>How many tokens are remembered with what they allow: 100 to 10,000,000. Default 100,000, about 400 bytes each.</summary>
    public int CachedTokens { get; set; } = 100_000;

    /// <summary>How long the audit log is kept: 1 day to 10 years. Default 400 days.</summary>
    public TimeSpan AuditRetention { get; set; } = TimeSpan.FromDays(400);

    /// <summary>Users there may be: 1 to 100,000. Default 1,000 (contract audience.md section 7).</summary>
    public int MaxUsers { get; set; } = 1_000;

    /// <summary>Groups there may be: 1 to 100,000. Default 1,000 (ours: the original names none).</summary>
    public int MaxGroups { get; set; } = 1_000;

    /// <summary>Whether rights come from groups when the installation is new; an API changes it later. Default true.</summary>
    public bool RoleBasedAccess { get; set; } = true;

    /// <summary>
    /// Hosts on which <c>x-api-key</c> and <c>x-gw-ims-org-id</c> are enforced as the original does, beside those whose first label begins with
    /// <c>aam</c> (contract audience.md, Ruling 3). Default: none.
    /// </summary>
    public string[] ImsHosts { get; set; } = [];

    /// <summary>Hosts that mean an environment, by its name: <c>Access:EnvironmentHosts:beta:0=api-beta.example.com</c>. Default: none.</summary>
    public Dictionary<string, string[]> EnvironmentHosts { get; set; } = [];

    /// <summary>The address that tokens and the discovery document name as their issuer. Default: scheme and host of the request.</summary>
    public string? Issuer { get; set; }

    /// <summary>The reason a setting is refused, or null when all are in range.</summary>
    internal string? Fault =>
        Outside(nameof(TokenLifetime), TokenLifetime, TimeSpan.FromSeconds(5), TimeSpan.FromDays(7))
        ?? Outside(nameof(LegacyTokenLifetime), LegacyTokenLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7))
        ?? Outside(nameof(RefreshTokenLifetime), RefreshTokenLifetime, TimeSpan.FromMinutes(1), TimeSpan.FromDays(400))
        ?? Outside(nameof(CodeLifetime), CodeLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10))
        ?? Outside(nameof(AssertionReuse), AssertionReuse, TimeSpan.Zero, TimeSpan.FromDays(1))
        ?? Outside(nameof(ClockSkew), ClockSkew, TimeSpan.Zero, TimeSpan.FromMinutes(10))
        ?? OutsideUnlessZero(nameof(SigningKeyLifetime), SigningKeyLifetime, TimeSpan.FromHours(1))
        ?? OutsideUnlessZero(nameof(PasswordLifetime), PasswordLifetime, TimeSpan.FromDays(1))
        ?? Outside(nameof(TemporaryPasswordLifetime), TemporaryPasswordLifetime, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30))
        ?? Outside(nameof(PasswordMinLength), PasswordMinLength, 8, 64)
        ?? Outside(nameof(LockAfter), LockAfter, 1, 100)
        ?? Outside(nameof(LockDuration), LockDuration, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30))
        ?? Outside(nameof(SessionLifetime), SessionLifetime, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30))
        ?? Outside(nameof(RequestsPerMinute), RequestsPerMinute, 1, 1_000_000)
        ?? Outside(nameof(RefusalsPerMinute), RefusalsPerMinute, 1, 1_000_000)
        ?? Outside(nameof(CachedTokens), CachedTokens, 100, 10_000_000)
        ?? Outside(nameof(MaxUsers), MaxUsers, 1, 100_000)
        ?? Outside(nameof(MaxGroups), MaxGroups, 1, 100_000)
        ?? Outside(nameof(AuditRetention), AuditRetention, TimeSpan.FromDays(1), TenYears)
        ?? (Issuer is null || Uri.TryCreate(Issuer, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"
            ? null
            : $"Access:Issuer is {Issuer}; it must be an http or https address");

    private static TimeSpan TenYears => TimeSpan.FromDays(3_660);

    private static string? OutsideUnlessZero(string name, TimeSpan value, TimeSpan least) =>
        value == TimeSpan.Zero ? null : Outside(name, value, least, TenYears);

    private static string? Outside<T>(string name, T value, T least, T most)
        where T : IComparable<T> =>
        value.CompareTo(least) < 0 || value.CompareTo(most) > 0 ? $"Access:{name} is {value}; it must be between {least} and {most}" : null;
}
