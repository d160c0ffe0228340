using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary><c>/api/sluice/v1/users</c>: what an admin does with users beyond the Audience API: first passwords, environments, locks, tokens.</summary>
internal static class AccountOperations
{
    private const int MaxUsers = 1_000; // contract audience.md section 7
    private const int MaxTextCharacters = 255;

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
        var snapshot = access.Snapshots.Current;
        var now = Now(access);
        var (user, fault) = Apply(wish!, User.New(wish!.Username ?? "", new UserDocument(), now), snapshot, access.EnvironmentNames);
        var password = wish.Password ?? PasswordRules.Invent(user.Username, access.Options.PasswordMinLength);
        if ((fault ?? PasswordRules.FaultOf(password, user.Username, access.Options.PasswordMinLength)) is { } reason)
            return AccessAnswers.Problem(400, reason);
        if (snapshot.Users.Count >= MaxUsers)
            return AccessAnswers.Problem(409, $"There are {MaxUsers} users already");

        var hash = access.Passwords.Hash(user.Username, password);
        var made = await access.Changes.RunAsync<User>(
            AdministrationRequests.ActorOf(http), AuditKinds.UserCreate,
            async (session, _) =>
            {
                if (await UserStore.FindPasswordAsync(session, user.Username) is not null)
                    return null;
                var added = await UserStore.AddAsync(session, user with { PasswordIsTemporary = !user.Document.ApiOnly }, hash);
                await GroupStore.SetGroupsOfAsync(session, added.UserId, wish.Groups ?? []);
                return added;
            },
            one => (one.Username, one.Document.ApiOnly ? "API only" : ""), http.RequestAborted);
        if (made is null)
            return AccessAnswers.Problem(409, $"There is a user [{user.Username}] already");
        http.Response.Headers.CacheControl = "no-store";
        return Made(access, made.UserId, wish.Password is null ? password : null, 201);
    }

    internal static async Task<IResult> ChangeAsync(HttpContext http, UserId userId, AccessRuntime access)
    {
        var (wish, bodyFault) = await AccessAnswers.ReadAsync(http, AccountJson.Default.AccountWish);
        if (bodyFault is not null)
            return AccessAnswers.Problem(400, bodyFault);
        var snapshot = access.Snapshots.Current;
        if (snapshot.Users.GetValueOrDefault(userId) is not { } known)
            return NotFound(userId);
        if (wish!.Password is not null)
            return AccessAnswers.Problem(400, "password: give one with POST …/password");
        if (Apply(wish, known, snapshot, access.EnvironmentNames).Fault is { } fault)
            return AccessAnswers.Problem(400, fault);

        string? conflict = null;
        var changed = await access.Changes.RunAsync<User>(
            AdministrationRequests.ActorOf(http), AuditKinds.UserChange,
            async (session, now) =>
            {
                var users = await UserStore.ListAsync(session);
                if (users.Find(one => one.UserId == userId) is not { } current)
                    return null;
                var user = Apply(wish, current, snapshot, access.EnvironmentNames).User with { UpdatedMs = now, UpdatedBy = Caller.Of(http).UserId ?? 0 };
                conflict = users.Exists(one => one.UserId != userId && User.KeyOf(one.Username) == User.KeyOf(user.Username))
                    ? $"There is a user [{user.Username}] already"
                    : LeavesNoAdmin(users, user) ? NoAdminLeft : null;
                if (conflict is not null)
                    return null;
                var shutsOut = current.Document.Status == UserStatus.Active && user.Document.Status != UserStatus.Active;
                await UserStore.ChangeAsync(session, shutsOut ? user with { TokensSinceMs = now + 1 } : user);
                if (wish.Groups is not null)
                    await GroupStore.SetGroupsOfAsync(session, userId, wish.Groups);
                return user;
            },
            user => (user.Username, user.Document.Status.ToString()), http.RequestAborted);
        return conflict is not null ? AccessAnswers.Problem(409, conflict) : changed is null ? NotFound(userId) : Get(userId, access);
    }

    internal static async Task<IResult> DeleteAsync(HttpContext http, UserId userId, AccessRuntime access)
    {
        string? conflict = null;
        var removed = await access.Changes.RunAsync<User>(
            AdministrationRequests.ActorOf(http), AuditKinds.UserDelete,
            async (session, _) =>
            {
                var users = await UserStore.ListAsync(session);
                if (users.Find(one => one.UserId == userId) is not { } user)
                    return null;
                conflict = LeavesNoAdmin(users, user with { IsAdmin = false }) ? NoAdminLeft : null;
                if (conflict is not null)
                    return null;
                await UserStore.RemoveAsync(session, userId);
                return user;
            },
            user => (user.Username, ""), http.RequestAborted);
        return conflict is not null ? AccessAnswers.Problem(409, conflict) : removed is null ? NotFound(userId) : Results.NoContent();
    }

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

    private const string NoAdminLeft = "This is the last active admin who can sign in; make another one first";

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

    private static (User User, string? Fault) Apply(AccountWish wish, User user, AccessSnapshot snapshot, IReadOnlyList<EnvironmentName> environments)
    {
        var document = user.Document with
        {
            ApiOnly = wish.ApiOnly ?? user.Document.ApiOnly,
            FirstName = wish.FirstName ?? user.Document.FirstName,
            LastName = wish.LastName ?? user.Document.LastName,
            Email = wish.Email ?? user.Document.Email,
            Environments = [.. (wish.Environments ?? user.Document.Environments).Select(ClientRules.Canonical)],
        };
        if (wish.Status is not null)
        {
            if (!Enum.TryParse<UserStatus>(wish.Status, ignoreCase: true, out var status) || !Enum.IsDefined(status) || char.IsAsciiDigit(wish.Status[0]))
                return (user, "status must be ACTIVE, INACTIVE or LOCKED");
            document = document with { Status = status };
        }
        var wished = user with { Username = (wish.Username ?? user.Username).Trim(), IsAdmin = wish.IsAdmin ?? user.IsAdmin, Document = document };
        string?[] texts = [wished.Username, document.FirstName, document.LastName, document.Email];
        return (wished, wished.Username.Length == 0 || wished.Username.Any(char.IsControl) ? "username must have 1 to 255 characters, none of them a control character"
            : texts.Any(text => text?.Length > MaxTextCharacters) ? $"username, firstName, lastName and email have at most {MaxTextCharacters} characters"
            : user.ClientId.Length > 0 && wish.Username is not null ? "username: a technical account keeps its name"
            : wish.Groups?.Where(group => !snapshot.Groups.ContainsKey(group)).Select(group => $"groups: there is no group {group}").FirstOrDefault()
            ?? ClientRules.FaultOfEnvironments(document.Environments, environments));
    }

    /// <summary>Whether nobody would be left who can sign in and administer, once this user is as given.</summary>
    private static bool LeavesNoAdmin(List<User> users, User changed) =>
        users.Exists(user => user.UserId == changed.UserId && CanAdminister(user)) && !users.Exists(
            user => CanAdminister(user.UserId == changed.UserId ? changed : user));

    private static bool CanAdminister(User user) => user is { IsAdmin: true, HasPassword: true, Document: { Status: UserStatus.Active, ApiOnly: false } };

    private static IResult Made(AccessRuntime access, long userId, string? password, int status)
    {
        var snapshot = access.Snapshots.Current;
        return Results.Json(
            new AccountMade(AccountView.Of(snapshot.Users[userId], snapshot, Now(access)), password), AccountJson.Default.AccountMade, statusCode: status);
    }

    private static IResult NotFound(UserId userId) => AccessAnswers.Problem(404, $"There is no user {userId}");

    private static long Now(AccessRuntime access) => access.Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
