namespace Sluice.Access;

/// <summary>A user, as other doors see it (contract audience.md 3.12). Times are ms since 1970.</summary>
/// <param name="UserId">Positive, never used again.</param>
/// <param name="Username">Unique, whatever its case.</param>
/// <param name="Status"><c>ACTIVE</c>, <c>INACTIVE</c>, <c>LOCKED</c> or <c>PENDING</c> (a temporary password).</param>
/// <param name="IsAdmin">Whether the user administers the installation.</param>
/// <param name="FirstName">Null when not given.</param>
/// <param name="LastName">Null when not given.</param>
/// <param name="Email">Null when not given.</param>
/// <param name="Title">Null when not given.</param>
/// <param name="PhoneNumber">Null when not given.</param>
/// <param name="Groups">The groups the user is in, by id.</param>
/// <param name="CreatedMs">When it was made.</param>
/// <param name="UpdatedMs">When it was changed last.</param>
/// <param name="CreatedBy">A user's id, 0 for the program itself.</param>
/// <param name="UpdatedBy">A user's id.</param>
public sealed record Account(
    long UserId, string Username, string Status, bool IsAdmin, string? FirstName, string? LastName, string? Email, string? Title, string? PhoneNumber,
    IReadOnlyList<long> Groups, long CreatedMs, long UpdatedMs, long CreatedBy, long UpdatedBy)
{
    internal static Account Of(User user, AccessSnapshot snapshot, long nowMs) => new(
        user.UserId, user.Username, UserView.StatusOf(user, nowMs), user.IsAdmin, user.Document.FirstName, user.Document.LastName, user.Document.Email,
        user.Document.Title, user.Document.PhoneNumber, snapshot.GroupsOf(user.UserId), user.CreatedMs, user.UpdatedMs, user.CreatedBy, user.UpdatedBy);
}

/// <summary>A user to make, or what to change of one; a member left out keeps its value.</summary>
public sealed record AccountWish
{
    /// <summary>1 to 255 characters.</summary>
    public string? Username { get; init; }

    /// <summary>The first password, which serves until the first sign-in unless the user is API-only. Left out: one is invented and shown once.</summary>
    public string? Password { get; init; }

    /// <summary><c>ACTIVE</c>, <c>INACTIVE</c> or <c>LOCKED</c>.</summary>
    public string? Status { get; init; }

    /// <summary>Whether the user administers the installation.</summary>
    public bool? IsAdmin { get; init; }

    /// <summary>Whether the user never signs in in a browser.</summary>
    public bool? ApiOnly { get; init; }

    /// <summary>At most 255 characters.</summary>
    public string? FirstName { get; init; }

    /// <summary>At most 255 characters.</summary>
    public string? LastName { get; init; }

    /// <summary>At most 255 characters.</summary>
    public string? Email { get; init; }

    /// <summary>At most 255 characters.</summary>
    public string? Title { get; init; }

    /// <summary>At most 255 characters.</summary>
    public string? PhoneNumber { get; init; }

    /// <summary>The environments the user is limited to; empty: all.</summary>
    public IReadOnlyList<string>? Environments { get; init; }

    /// <summary>The groups to be in, by id, and in no other.</summary>
    public IReadOnlyList<long>? Groups { get; init; }
}

/// <summary>Why users or groups cannot be changed as wished.</summary>
public enum AccountFault
{
    /// <summary>There is no such user or group.</summary>
    NotFound,

    /// <summary>A member is not as it must be.</summary>
    Invalid,

    /// <summary>Another has the name.</summary>
    Taken,

    /// <summary>It would leave the installation without an admin, or the like.</summary>
    Conflict,

    /// <summary>There are as many as there may be.</summary>
    Limit,
}

/// <summary>A fault with its reason, for people.</summary>
/// <param name="Fault">Its kind.</param>
/// <param name="Reason">What is wrong, with the place.</param>
public sealed record AccountProblem(AccountFault Fault, string Reason);
