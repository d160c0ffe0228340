using Microsoft.AspNetCore.Identity;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Gives an installation its admin back when nobody can sign in as one: by whoever may write its store, not over HTTP.</summary>
public static class AdminRecovery
{
    /// <summary>
    /// Makes a user an active admin with a new temporary password, ends its lock, tokens and sign-ins, and tells running nodes. Returns name and
    /// password; null when there is no such user, or no organisation yet.
    /// </summary>
    /// <param name="installation">The store; a server may be running on it.</param>
    /// <param name="username">The user, or null for the first admin there is.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellation">Stops before the change is committed.</param>
    public static async Task<AdminCredentials?> RunAsync(Installation installation, string? username, TimeProvider clock, CancellationToken cancellation)
    {
        await installation.Sql.MigrateAsync([new MigrationSet("access", typeof(AdminRecovery).Assembly)], clock, cancellation);
        var password = SecretHash.NewSecret();
        var audit = new AuditLog(installation.Sql, clock);
        var user = await installation.Sql.WriteAsync(async session =>
        {
            var people = (await UserStore.ListAsync(session)).Where(one => one.ClientId.Length == 0).OrderBy(one => one.UserId);
            var found = username is null
                ? people.FirstOrDefault(one => one.IsAdmin)
                : people.FirstOrDefault(one => User.KeyOf(one.Username) == User.KeyOf(username));
            if (found is null)
                return null;

            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            await UserStore.ChangeAsync(session, found with
            {
                IsAdmin = true,
                Document = found.Document with { Status = UserStatus.Active, ApiOnly = false },
                TokensSinceMs = now,
                UpdatedMs = now,
            });
            await UserStore.SetPasswordAsync(session, found.UserId, new PasswordHasher<string>().HashPassword(found.Username, password), isTemporary: true, now);
            await session.ExecuteAsync("delete from web_session where user_id = @UserId", new { found.UserId });
            await audit.AddAsync(session, new AuditEntry
            {
                Kind = AuditKinds.PasswordChange,
                Outcome = "done",
                Actor = "command line",
                Subject = found.Username,
                Detail = "recovered as admin",
            });
            await ChangeLog.AddAsync(session, AccessChanges.Snapshot, "", clock);
            return found;
        }, cancellation);
        return user is null ? null : new AdminCredentials(user.Username, password);
    }
}
