namespace Sluice.Access;

/// <summary>Sets passwords: by the user, who knows the old one, or by an admin, who gives a temporary one.</summary>
internal sealed class PasswordChange(PasswordCheck passwords, AccessWriter changes, SnapshotSource snapshots, AccessOptions options)
{
    /// <summary>Changes a user's own password after a check of the old one. Sign-ins in browsers end; the reason why not, or null.</summary>
    internal async Task<string?> ChangeOwnAsync(User user, string oldPassword, string newPassword, string clientId, string address, CancellationToken cancellation)
    {
        var (outcome, _) = await passwords.CheckAsync(user.Username, oldPassword, clientId, address, cancellation);
        if (outcome is not (SignInOutcome.Accepted or SignInOutcome.Expired or SignInOutcome.Temporary))
            return SignInTexts.Of(outcome);
        if (newPassword == oldPassword)
            return "The new password is the old one.";
        return PasswordRules.FaultOf(newPassword, user.Username, options.PasswordMinLength)
            ?? await SetAsync(new Actor(user.Username, user.UserId, clientId, address), user.UserId, newPassword, isTemporary: false, endsTokens: false, cancellation);
    }

    /// <summary>Gives a user a password, as an admin. All tokens and sign-ins end; the reason why not, or null.</summary>
    internal async Task<string?> GiveAsync(Actor actor, User user, string password, bool isTemporary, CancellationToken cancellation) =>
        PasswordRules.FaultOf(password, user.Username, options.PasswordMinLength)
        ?? await SetAsync(actor, user.UserId, password, isTemporary, endsTokens: true, cancellation);

    private async Task<string?> SetAsync(Actor actor, long userId, string password, bool isTemporary, bool endsTokens, CancellationToken cancellation)
    {
        if (snapshots.Current.Users.GetValueOrDefault(userId) is not { } user)
            return "The user is gone.";
        var hash = passwords.Hash(user.Username, password);
        var changed = await changes.RunAsync<User>(
            actor, AuditKinds.PasswordChange,
            async (session, now) =>
            {
                if ((await UserStore.ListAsync(session)).Find(one => one.UserId == userId) is not { } current)
                    return null;
                await UserStore.SetPasswordAsync(session, userId, hash, isTemporary, now);
                await session.ExecuteAsync("delete from web_session where user_id = @userId", new { userId });
                if (endsTokens)
                    await UserStore.ChangeAsync(session, current with { TokensSinceMs = now });
                return current;
            },
            one => (one.Username, isTemporary ? "temporary" : ""), cancellation);
        return changed is null ? "The user is gone." : null;
    }
}
