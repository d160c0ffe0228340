using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Who makes an administrative change, for its line in the audit log.</summary>
/// <param name="Name">A user's name or a client's id.</param>
/// <param name="UserId">The user, 0 for a client without an account.</param>
/// <param name="ClientId">The client it came through.</param>
/// <param name="Address">Where it came from.</param>
internal sealed record Actor(string Name, long UserId, string ClientId, string Address);

/// <summary>Makes changes to users, groups, clients and keys: with their audit line in one transaction, seen by every node, and here at once.</summary>
internal sealed class AccessWriter(SqlStore sql, SnapshotSource snapshots, AuditLog audit, TimeProvider clock)
{
    /// <summary>Runs a change. When it returns, the snapshot has it; when <paramref name="change"/> gives null, nothing is noted.</summary>
    internal async Task<T?> RunAsync<T>(
        Actor actor, string kind, Func<SqlSession, long, Task<T?>> change, Func<T, (string Subject, string Detail)> describe, CancellationToken cancellation)
        where T : class
    {
        var changed = await sql.WriteAsync(async session =>
        {
            var made = await change(session, clock.GetUtcNow().ToUnixTimeMilliseconds());
            if (made is not null)
            {
                var (subject, detail) = describe(made);
                await audit.AddAsync(session, new AuditEntry
                {
                    Kind = kind,
                    Outcome = "done",
                    Actor = actor.Name,
                    ClientId = actor.ClientId,
                    Subject = subject,
                    Address = actor.Address,
                    Detail = detail,
                });
                await ChangeLog.AddAsync(session, AccessChanges.Snapshot, "", clock);
            }
            return made;
        }, cancellation);
        if (changed is not null)
            await snapshots.ReloadAsync(CancellationToken.None); // committed: the next read must see it, whoever hung up
        return changed;
    }
}
