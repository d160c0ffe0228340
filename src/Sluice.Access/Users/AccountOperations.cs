using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary><c>/api/sluice/v1/users</c>: what an admin does with users beyond the Audience API: first passwords, environments, locks, tokens.</summary>
internal static class AccountOperations
{
    internal static IResult List(HttpContext http, AccessRuntime access)
    {
        var snapshot = access.Snapshots.Current;
        return AdministrationRequests.List(
            http, snapshot.Users.Values.OrderBy(user => user.UserId).Select(user => AccountView.Of(user, snapshot, Now(access))),
            user => [user.Username, user.FirstName, user.LastName, user.Email], AccountJson.Default.PageAccountView);
    }

    internal static IResult Get(UserId userId, AccessRuntime access)
    {
        var snapshot = access.Snapshots.Current;
        return snapshot.Users.GetValueOrDefault(userId) is { } user
            ? Results.Json(AccountView.Of(user, snapshot, Now(access)), AccountJson.Default.AccountView)
            : NotFound(userId);
    }

    internal static async Task<IResult> CreateAsync(HttpContext http, AccessRuntime access)
    {
        var (wish, bodyFault) = await AccessAnswers.ReadAsync(http, AccountJson.Default.AccountWish);
        if (bodyFault is not null)
            return AccessAnswers.Problem(400, bodyFault);
        var (userId, invented, problem) = await access.Accounts.CreateAsync(http, wish!);
        if (problem is not null)
            return Refuse(problem);
        http.Response.Headers.CacheControl = "no-store";
        return Made(access, userId, invented, 201);
    }

    internal static async Task<IResult> ChangeAsync(HttpContext http, UserId userId, AccessRuntime access)
    {
        var (wish, bodyFault) = await AccessAnswers.ReadAsync(http, AccountJson.Default.AccountWish);
        return bodyFault is not null ? AccessAnswers.Problem(400, bodyFault)
            : await access.Accounts.ChangeAsync(http, userId, wish!) is { } problem ? Refuse(problem)
            : Get(userId, access);
    }

    internal static async Task<IResult> DeleteAsync(HttpContext http, UserId userId, AccessRuntime access) =>
        await access.Accounts.DeleteAsync(http, [userId]) is [var (_, problem), ..] ? Refuse(problem) : Results.NoContent();

    internal static async Task<IResult> GivePasswordAsync(HttpContext http, UserId userId, AccessRuntime access)
    {
        var (wish, bodyFault) = await AccessAnswers.ReadAsync(http, AccountJson.Default.PasswordWish);
        if (bodyFault is not null)
            return AccessAnswers.Problem(400, bodyFault);
        if (access.Snapshots.Current.Users.GetValueOrDefault(userId) is not { } user)
            return NotFound(userId);
        if (user.ClientId.Length > 0)
            return AccessAnswers.Problem(409, "A technical account has no password; its client has secrets");
        var password = wish!.Password ?? PasswordRules.Invent(user.Username, access.Options.PasswordMinLength);
        var isTemporary = wish.Temporary ?? !user.Document.ApiOnly;
        var fault = await access.PasswordChange.GiveAsync(AdministrationRequests.ActorOf(http), user, password, isTemporary, http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        return fault is null ? Made(access, userId, wish.Password is null ? password : null, 200) : AccessAnswers.Problem(400, fault);
    }

    internal static Task<IResult> UnlockAsync(HttpContext http, UserId userId, AccessRuntime access) => TouchAsync(
        http, userId, access, AuditKinds.UserUnlock, "", async (session, user, _) =>
        {
            await UserStore.SetFailuresAsync(session, userId, 0, 0);
            if (user.Document.Status == UserStatus.Locked)
                await UserStore.ChangeAsync(session, user with { Document = user.Document with { Status = UserStatus.Active } });
        });

    /// <summary>Ends every token and sign-in of a user, at once.</summary>
    internal static Task<IResult> RevokeTokensAsync(HttpContext http, UserId userId, AccessRuntime access) => TouchAsync(
        http, userId, access, AuditKinds.Revoke, "all tokens of the user", async (session, user, now) =>
        {
            await UserStore.ChangeAsync(session, user with { TokensSinceMs = now + 1 });
            await session.ExecuteAsync("delete from web_session where user_id = @userId", new { userId = user.UserId });
        });

    private static async Task<IResult> TouchAsync(
        HttpContext http, UserId userId, AccessRuntime access, string kind, string detail, Func<SqlSession, User, long, Task> touch)
    {
        var touched = await access.Changes.RunAsync<User>(
            AdministrationRequests.ActorOf(http), kind,
            async (session, now) =>
            {
                if ((await UserStore.ListAsync(session)).Find(one => one.UserId == userId) is not { } user)
                    return null;
                await touch(session, user, now);
                return user;
            },
            user => (user.Username, detail), http.RequestAborted);
        return touched is null ? NotFound(userId) : Results.NoContent();
    }

    private static IResult Refuse(AccountProblem problem) => AccessAnswers.Problem(
        problem.Fault switch { AccountFault.NotFound => 404, AccountFault.Invalid => 400, _ => 409 }, problem.Reason);

    private static IResult Made(AccessRuntime access, long userId, string? password, int status)
    {
        var snapshot = access.Snapshots.Current;
        return Results.Json(
            new AccountMade(AccountView.Of(snapshot.Users[userId], snapshot, Now(access)), password), AccountJson.Default.AccountMade, statusCode: status);
    }

    private static IResult NotFound(UserId userId) => AccessAnswers.Problem(404, $"There is no user {userId}");

    private static long Now(AccessRuntime access) => access.Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
