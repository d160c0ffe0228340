using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Follows what other nodes of the store change, makes new signing keys when theirs are old, and deletes what ended.</summary>
internal sealed class AccessUpkeep(AccessRuntime access, ILogger<AccessUpkeep> log) : BackgroundService
{
    /// <summary>How often changes are looked for. A revocation is to be seen within a second on every node (design.md section 3).</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(10);

    /// <summary>Other programs may keep the public keys for five minutes: a new key is published that long, and once more, before it signs.</summary>
    private static readonly TimeSpan PublishedBefore = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ChangesKept = TimeSpan.FromHours(1);

    private long _seen;
    private DateTimeOffset _nextSweep;

    /// <summary>Changes that come after this moment are followed; what came before is in the snapshot.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _seen = await ChangeLog.LastAsync(access.Sql, cancellationToken);
        await access.Snapshots.ReloadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PollInterval, access.Clock);
        var isAway = false;
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                await FollowAsync(stoppingToken);
                if (access.Clock.GetUtcNow() >= _nextSweep)
                    await SweepAsync(stoppingToken);
                isAway = false;
            }
            catch (Exception failure) when (failure is StoreUnavailableException or System.Data.Common.DbException && !stoppingToken.IsCancellationRequested)
            {
                if (!isAway)
                    log.StoreAway(failure);
                isAway = true; // said once; tried again with the next tick
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        var changes = await ChangeLog.ReadAfterAsync(access.Sql, _seen, cancellation);
        if (changes is null)
        {
            _seen = await ChangeLog.LastAsync(access.Sql, cancellation);
            access.Cache.Clear();
            await access.Snapshots.ReloadAsync(cancellation);
            return;
        }
        if (changes.Count == 0)
            return;

        foreach (var change in changes)
        {
            if (change.Kind == AccessChanges.Token && TokenKey.TryParse(change.Subject, out var key))
                access.Cache.Remove(key);
            else if (change.Kind == AccessChanges.Family)
                access.Cache.RemoveFamily(change.Subject);
        }
        if (changes.Any(change => change.Kind == AccessChanges.Snapshot))
            await access.Snapshots.ReloadAsync(cancellation);
        _seen = changes[^1].Seq;
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        var now = access.Clock.GetUtcNow();
        await access.Sql.WriteAsync(async session =>
        {
            await TokenStore.SweepAsync(session, now.ToUnixTimeMilliseconds());
            await AuditLog.SweepAsync(session, (now - access.Options.AuditRetention).ToUnixTimeMilliseconds());
        }, cancellation);
        await ChangeLog.TrimAsync(access.Sql, now - ChangesKept, cancellation);
        await RotateAsync(now, cancellation);
        _nextSweep = now + SweepInterval;
    }

    private async Task RotateAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var newest = access.Snapshots.Current.Keys.Max(key => key.CreatedMs);
        if (access.Options.SigningKeyLifetime > TimeSpan.Zero && newest <= (now - access.Options.SigningKeyLifetime).ToUnixTimeMilliseconds())
        {
            var keyId = await SigningKeyOperations.AddAsync(
                access, new Actor("sluice", 0, "", ""), newest, (now + PublishedBefore).ToUnixTimeMilliseconds(), cancellation);
            if (keyId is not null)
                log.SigningKeyAdded(keyId);
        }
        await SigningKeyOperations.ForgetOldAsync(access, now, cancellation);
    }
}
