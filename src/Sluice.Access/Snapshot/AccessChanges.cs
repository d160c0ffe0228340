namespace Sluice.Access;

/// <summary>The kinds of changes this door notes in the <c>change_log</c>.</summary>
internal static class AccessChanges
{
    /// <summary>Clients, users, groups, settings or keys: the snapshot is read anew.</summary>
    internal const string Snapshot = "access";

    /// <summary>One access token was revoked; the subject is its hash.</summary>
    internal const string Token = "access.token";

    /// <summary>A family of tokens was revoked; the subject is its id.</summary>
    internal const string Family = "access.family";
}
