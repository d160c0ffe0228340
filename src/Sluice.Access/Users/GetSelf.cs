using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>A user as the Audience API shows it (contract audience.md 3.12 and 11): some members twice, as different clients read them.</summary>
internal sealed record UserView(
    long Pid, long Uid, long UserId, string Username, string Status, string? FirstName, string? LastName, string? Email, string? Title,
    string? PhoneNumber, string CompanyName, IReadOnlyList<long> Groups, bool IsAdmin, bool Admin, long CreateTime, long UpdateTime, long CrUID, long UpUID)
{
    internal static UserView Of(User user, AccessSnapshot snapshot, Organisation organisation, long nowMs) => new(
        Organisation.AccountId, user.UserId, user.UserId, user.Username, StatusOf(user, nowMs), user.Document.FirstName, user.Document.LastName,
        user.Document.Email, user.Document.Title, user.Document.PhoneNumber, organisation.TenantId, snapshot.GroupsOf(user.UserId), user.IsAdmin,
        user.IsAdmin, user.CreatedMs, user.UpdatedMs, user.CreatedBy, user.UpdatedBy);

    internal static string StatusOf(User user, long nowMs) =>
        user.Document.Status == UserStatus.Locked || user.LockedUntilMs > nowMs ? "LOCKED"
        : user.Document.Status == UserStatus.Inactive ? "INACTIVE"
        : user.PasswordIsTemporary ? "PENDING"
        : "ACTIVE";
}

/// <summary><c>GET /v1/users/self</c>: who I am; the first call of a client makes its technical account (contract audience.md 1.2).</summary>
internal static class GetSelf
{
    internal static async Task<IResult> HandleAsync(HttpContext http, AccessRuntime access)
    {
        var caller = Caller.Of(http);
        var snapshot = access.Snapshots.Current;
        if (caller.UserId is null)
        {
            caller = await access.Accounts.ActAsUserAsync(http);
            snapshot = access.Snapshots.Current;
        }
        var user = caller.UserId is { } userId ? snapshot.Users.GetValueOrDefault(userId) : null;
        return user is null
            ? new Refusal(403, "403000", "forbidden", "The caller is gone").In(AccessArea.Audience, http)
            : Results.Json(UserView.Of(user, snapshot, access.Organisation, access.Clock.GetUtcNow().ToUnixTimeMilliseconds()), UserJson.Default.UserView);
    }
}

/// <summary>How users look to clients of the Audience API.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(UserView))]
internal sealed partial class UserJson : JsonSerializerContext;
