namespace Sluice.Tls;

/// <summary>Looks at the certificate's files every few seconds, and tells the log what changed, what is broken and what is about to expire.</summary>
internal sealed class CertificateService(ServingCertificate serving, TimeProvider clock, ILogger<CertificateService> log) : BackgroundService
{
    // New connections are promised a new certificate within seconds; reading a few KiB that often costs nothing that can be measured.
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    internal static readonly TimeSpan ExpiresSoon = TimeSpan.FromDays(14);

    private static readonly TimeSpan RemindEvery = TimeSpan.FromDays(1);

    private bool _isRefused;
    private DateTimeOffset _remindAt = DateTimeOffset.MinValue;

    /// <summary>One look; what it came to is logged.</summary>
    internal void Look()
    {
        switch (serving.Look())
        {
            case CertificateLook.Swapped { Now: var now }:
                _isRefused = false;
                _remindAt = DateTimeOffset.MinValue;
                log.CertificateInUse(now.Leaf.Subject, now.ValidUntil);
                break;
            case CertificateLook.Refused { Why: var why } when !_isRefused:
                _isRefused = true; // once, however often it is looked at and found broken
                log.CertificateRefused(why.Message);
                break;
        }
        Remind();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        log.CertificateInUse(serving.Current.Leaf.Subject, serving.Current.ValidUntil);
        Remind();
        using var turns = new PeriodicTimer(LookEvery, clock);
        try
        {
            while (await turns.WaitForNextTickAsync(stoppingToken))
                Look();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private void Remind()
    {
        var now = clock.GetUtcNow();
        var until = serving.Current.ValidUntil;
        if (now < _remindAt || until - now > ExpiresSoon)
            return;
        _remindAt = now + RemindEvery;
        if (until <= now)
            log.CertificateExpired(serving.Current.Leaf.Subject, until);
        else
            log.CertificateExpiresSoon(serving.Current.Leaf.Subject, until);
    }
}
