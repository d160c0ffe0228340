using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Gateway.Deployments;
using Sluice.Storage;

namespace Sluice.Gateway;

/// <summary>Opens the gateway before the listener takes requests, then learns four times a second what other nodes changed, and sweeps caches and counters.</summary>
internal sealed class GatewayService(GatewayRuntime gateway, GatewayMetrics metrics, IDataProtectionProvider protection, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<GatewayRuntime> log) : BackgroundService
{
    private readonly GatewayMetrics _metrics = metrics; // its counters ask on their own; it has to be made, that is all
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly HashSet<GatewayEnvironment> _away = [];
    private bool _isOrganizationAway;
    private DateTimeOffset _nextSweep = clock.GetUtcNow() + SweepInterval;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await gateway.StartAsync(protection, cancellationToken);
        // The listener waits for requests under way before this service is told to stop; a WebSocket is one.
        lifetime.ApplicationStopping.Register(gateway.Sockets.EndAll);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FollowOrganizationAsync(stoppingToken);
                foreach (var environment in gateway.Environments)
                    await FollowAsync(environment, stoppingToken);
                if (clock.GetUtcNow() < _nextSweep)
                    continue;
                foreach (var environment in gateway.Environments)
                {
                    await environment.Services.Caches.SweepAsync(stoppingToken);
                    environment.Services.Debug.Sweep();
                    await environment.Services.Limits.SweepAsync(clock.GetUtcNow(), stoppingToken);
                }
                _nextSweep = clock.GetUtcNow() + SweepInterval;
            }
        }
        catch (OperationCanceledException)
        {
            // The program stops.
        }
    }

    private async Task FollowOrganizationAsync(CancellationToken cancellation)
    {
        try
        {
            await gateway.FollowAsync(cancellation);
            _isOrganizationAway = false;
        }
        catch (Exception failure) when (failure is StoreUnavailableException or System.Data.Common.DbException)
        {
            if (!_isOrganizationAway)
                log.OrganizationAway(failure);
            _isOrganizationAway = true; // said once; tried again with the next tick
        }
    }

    private async Task FollowAsync(GatewayEnvironment environment, CancellationToken cancellation)
    {
        try
        {
            await environment.FollowAsync(cancellation);
            _away.Remove(environment);
        }
        catch (Exception failure) when (failure is StoreUnavailableException or System.Data.Common.DbException)
        {
            if (_away.Add(environment))
                log.StoreAway(environment.Name.Value, failure); // said once; tried again with the next tick
        }
    }
}
