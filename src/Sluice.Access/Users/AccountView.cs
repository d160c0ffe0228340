using System.Text.Json.Serialization;

namespace Sluice.Access;

/// <summary>A user as the administration API shows it: what <c>/v1/users</c> has, and what only we have. Times are ms since 1970.</summary>
internal sealed record AccountView(
    long UserId, string Username, string Status, bool IsAdmin, bool ApiOnly, string? ClientId, string? FirstName, string? LastName, string? Email,
    IReadOnlyList<string> Environments, IReadOnlyList<long> Groups, long PasswordSetAt, long? LockedUntil, long CreatedAt, long UpdatedAt)
{
    internal static AccountView Of(User user, AccessSnapshot snapshot, long nowMs) => new(
        user.UserId, user.Username, UserView.StatusOf(user, nowMs), user.IsAdmin, user.Document.ApiOnly, user.ClientId.Length == 0 ? null : user.ClientId,
        user.Document.FirstName, user.Document.LastName, user.Document.Email, user.Document.Environments, snapshot.GroupsOf(user.UserId),
        user.PasswordSetMs, user.LockedUntilMs > nowMs ? user.LockedUntilMs : null, user.CreatedMs, user.UpdatedMs);
}

/// <summary>A user that was made, or given a password; <paramref name="Password"/> is set when it was invented here.</summary>
internal sealed record AccountMade(AccountView User, string? Password);

/// <summary>A password to give. Left out: one is invented and shown once.</summary>
internal sealed record PasswordWish
{
    public string? Password { get; init; }

    /// <summary>Whether it must be changed at the first sign-in. Default true, false for API-only users.</summary>
    public bool? Temporary { get; init; }
}

/// <summary>How users look to the administration API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Page<AccountView>))]
[JsonSerializable(typeof(AccountMade))]
[JsonSerializable(typeof(AccountWish))]
[JsonSerializable(typeof(PasswordWish))]
internal sealed partial class AccountJson : JsonSerializerContext;
