using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>One line of the audit log. No secret and no token ever stands in one.</summary>
internal sealed record AuditEntry
{
    public long Seq { get; init; }

    /// <summary>When, ms since 1970.</summary>
    public long AtMs { get; init; }

    /// <summary>What happened, such as <c>token.granted</c>; <see cref="AuditKinds"/> has them all.</summary>
    public required string Kind { get; init; }

    /// <summary><c>done</c> or <c>refused</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Who did it: a user's name or a client's id, as given; may be nobody's where it was refused.</summary>
    public string Actor { get; init; } = "";

    /// <summary>The client it came through.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>What it was done to: a user, group, client, key.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Where it came from.</summary>
    public string Address { get; init; } = "";

    /// <summary>The grant type, the reason of a refusal, what was changed.</summary>
    public string Detail { get; init; } = "";

    internal static string AddressOf(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "";
}

/// <summary>What the audit log records.</summary>
internal static class AuditKinds
{
    internal const string SignIn = "user.signed-in";
    internal const string SignOut = "user.signed-out";
    internal const string Consent = "user.consented";
    internal const string Lock = "user.locked";
    internal const string PasswordChange = "user.password-changed";
    internal const string UserCreate = "user.created";
    internal const string UserChange = "user.changed";
    internal const string UserDelete = "user.deleted";
    internal const string UserUnlock = "user.unlocked";
    internal const string GroupCreate = "group.created";
    internal const string GroupChange = "group.changed";
    internal const string GroupDelete = "group.deleted";
    internal const string ClientCreate = "client.created";
    internal const string ClientChange = "client.changed";
    internal const string ClientDelete = "client.deleted";
    internal const string SecretAdd = "client.secret-added";
    internal const string SecretRemove = "client.secret-removed";
    internal const string KeyAdd = "client.key-added";
    internal const string KeyRemove = "client.key-removed";
    internal const string Token = "token.granted";
    internal const string Code = "code.granted";
    internal const string Revoke = "token.revoked";
    internal const string Reuse = "token.reused";
    internal const string SigningKeyAdd = "signing-key.added";
    internal const string SigningKeyRetire = "signing-key.retired";
    internal const string Settings = "account.changed";
}
