namespace Sluice.Access;

/// <summary>A token that was found good, with what it says; who its caller is now depends on the snapshot, and is remembered with it.</summary>
internal sealed class KnownToken
{
    private volatile Judgement? _last;

    internal required string ClientId { get; init; }

    /// <summary>The user it acts for; 0 when it acts for the client's own technical account.</summary>
    internal required long UserId { get; init; }

    internal required string Scope { get; init; }

    /// <summary>When it was issued, ms since 1970.</summary>
    internal required long IssuedMs { get; init; }

    /// <summary>From when on it is no longer good, ms since 1970.</summary>
    internal required long ExpiresMs { get; init; }

    /// <summary>The family of a token that descends from a sign-in, else empty.</summary>
    internal string FamilyId { get; init; } = "";

    /// <summary>The key that signed a JWT, else empty.</summary>
    internal string KeyId { get; init; } = "";

    /// <summary>Whether this is no token but a user's name and password (gateway management only).</summary>
    internal bool IsBasic { get; init; }

    /// <summary>Who it is, as of this snapshot; computed again only when the snapshot is another.</summary>
    internal CallerFinding Judge(AccessSnapshot snapshot, Organisation organisation, long nowMs)
    {
        if (nowMs >= ExpiresMs)
            return CallerFinding.Expired;
        if (_last is { } last && ReferenceEquals(last.Snapshot, snapshot))
            return last.Finding;

        var finding = Find(snapshot, organisation);
        _last = new Judgement(snapshot, finding);
        return finding;
    }

    private CallerFinding Find(AccessSnapshot snapshot, Organisation organisation)
    {
        if (KeyId.Length > 0 && !snapshot.Keys.Any(key => key.KeyId == KeyId && key.RetiredMs is null))
            return CallerFinding.Invalid;
        var client = snapshot.FindClient(ClientId);
        if (!IsBasic && (client?.Document.Enabled != true || IssuedMs < client.Document.TokensSinceMs))
            return CallerFinding.Invalid;

        var user = UserId == 0 ? snapshot.FindTechnicalAccount(ClientId) : snapshot.Users.GetValueOrDefault(UserId);
        var isGone = user is null && UserId != 0; // a client may lack an account, a user may not
        return isGone
            || user is not null && (user.Document.Status != UserStatus.Active || IssuedMs < user.TokensSinceMs || IsBasic && IssuedMs < user.PasswordSetMs)
            ? CallerFinding.Invalid
            : CallerFinding.Of(new Caller(organisation, client, user, snapshot, Scope));
    }

    private sealed record Judgement(AccessSnapshot Snapshot, CallerFinding Finding);
}
