using Sluice.Storage;

namespace Sluice.Access;

/// <summary>Whether a user may come in, as an admin set it. A lock after wrong passwords is apart from it and passes.</summary>
internal enum UserStatus
{
    Active,
    Inactive,
    Locked,
}

/// <summary>What of a user is kept as one JSON text: all that no rule asks for by itself.</summary>
internal sealed record UserDocument
{
    public UserStatus Status { get; init; }
    public string? FirstName { get; init; }
    public string? LastName { get; init; }
    public string? Email { get; init; }
    public string? Title { get; init; }
    public string? PhoneNumber { get; init; }

    /// <summary>Whether the user signs in through the API only, never in a browser (contract audience.md, Ruling 6).</summary>
    public bool ApiOnly { get; init; }

    /// <summary>The environments the user is limited to; empty: all.</summary>
    public IReadOnlyList<string> Environments { get; init; } = [];
}

/// <summary>Somebody with rights: a person, a generic API user, or the technical account of a client.</summary>
internal sealed record User
{
    public required long UserId { get; init; }
    public required string Username { get; init; }
    public required UserDocument Document { get; init; }
    public required bool IsAdmin { get; init; }

    /// <summary>The client whose technical account this is; empty for all others.</summary>
    public required string ClientId { get; init; }

    public required long PasswordSetMs { get; init; }
    public required bool PasswordIsTemporary { get; init; }
    public required bool HasPassword { get; init; }
    public required long LockedUntilMs { get; init; }

    /// <summary>Tokens issued earlier than this are no longer valid, ms since 1970.</summary>
    public required long TokensSinceMs { get; init; }

    public required long CreatedMs { get; init; }
    public required long UpdatedMs { get; init; }
    public required long CreatedBy { get; init; }
    public required long UpdatedBy { get; init; }

    /// <summary>A user to be, who gets an id when it is kept.</summary>
    internal static User New(string username, UserDocument document, long nowMs) => new()
    {
        UserId = 0,
        Username = username,
        Document = document,
        IsAdmin = false,
        ClientId = "",
        HasPassword = true,
        PasswordSetMs = nowMs,
        PasswordIsTemporary = false,
        LockedUntilMs = 0,
        TokensSinceMs = 0,
        CreatedMs = nowMs,
        UpdatedMs = nowMs,
        CreatedBy = 0,
        UpdatedBy = 0,
    };

    internal bool MayUse(EnvironmentName environment) => Document.Environments.Count == 0 || Document.Environments.Contains(environment.Value);

    /// <summary>One key per name, whatever its case.</summary>
    internal static string KeyOf(string username) => username.Trim().ToLowerInvariant();
}
