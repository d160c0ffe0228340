using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>The users of the installation: read, made, changed and taken away, by admins and by users themselves. Every change is audited and seen by all nodes.</summary>
public sealed class Accounts
{
    private const int MaxTextCharacters = 255;
    private const string NoAdminLeft = "This is the last active admin who can sign in; make another one first";

    private readonly AccessRuntime _access;

    internal Accounts(AccessRuntime access) => _access = access;

    /// <summary>
    /// Has the caller of a request act as a user from here on: a client without its technical account gets it now, so that whatever it makes has a
    /// maker who is found among the users (contract audience.md section 8).
    /// </summary>
    public async Task<Caller> ActAsUserAsync(HttpContext http)
    {
        var caller = Caller.Of(http);
        if (caller.UserId is not null)
            return caller;
        if (await TechnicalAccounts.EnsureAsync(http, _access, caller) is null)
            await _access.Snapshots.ReloadAsync(http.RequestAborted); // another call was faster; its account may not be in the snapshot yet
        caller = caller.As(_access.Snapshots.Current.FindTechnicalAccount(caller.ClientId));
        http.Features.Set(caller);
        return caller;
    }

    /// <summary>How many users there may be.</summary>
    public int Most => _access.Options.MaxUsers;

    /// <summary>All users, by id.</summary>
    public IReadOnlyList<Account> All()
    {
        var (snapshot, now) = (_access.Snapshots.Current, NowMs);
        return [.. snapshot.Users.Values.OrderBy(user => user.UserId).Select(user => Account.Of(user, snapshot, now))];
    }

    /// <summary>One user, or null.</summary>
    /// <param name="userId">Its id.</param>
    public Account? Find(long userId) =>
        _access.Snapshots.Current is var snapshot && snapshot.Users.GetValueOrDefault(userId) is { } user ? Account.Of(user, snapshot, NowMs) : null;

    /// <summary>Makes a user. A wish without a password gets an invented one, which serves for the first sign-in.</summary>
    /// <param name="http">The request of the admin who makes it.</param>
    /// <param name="wish">What it shall be.</param>
    /// <returns>The user's id and the invented password, or why not.</returns>
    public async Task<(long UserId, string? Invented, AccountProblem? Problem)> CreateAsync(HttpContext http, AccountWish wish)
    {
        var snapshot = _access.Snapshots.Current;
        var (user, fault) = Apply(wish, User.New(wish.Username ?? "", new UserDocument(), NowMs), snapshot);
        var password = wish.Password ?? PasswordRules.Invent(user.Username, _access.Options.PasswordMinLength);
        if ((fault ?? PasswordRules.FaultOf(password, user.Username, _access.Options.PasswordMinLength)) is { } reason)
            return (0, null, new AccountProblem(AccountFault.Invalid, reason));

        AccountProblem? problem = null;
        var hash = _access.Passwords.Hash(user.Username, password);
        var maker = Caller.Of(http).UserId ?? 0;
        var made = await _access.Changes.RunAsync<User>(
            AdministrationRequests.ActorOf(http), AuditKinds.UserCreate,
            async (session, _) =>
            {
                problem = await UserStore.CountAsync(session) >= Most ? new AccountProblem(AccountFault.Limit, $"There are {Most} users already")
                    : await UserStore.FindPasswordAsync(session, user.Username) is not null ? Taken(user)
                    : null;
                if (problem is not null)
                    return null;
                var added = await UserStore.AddAsync(
                    session, user with { PasswordIsTemporary = !user.Document.ApiOnly, CreatedBy = maker, UpdatedBy = maker }, hash);
                await GroupStore.SetGroupsOfAsync(session, added.UserId, wish.Groups ?? []);
                return added;
            },
            one => (one.Username, one.Document.ApiOnly ? "API only" : ""), http.RequestAborted);
        return made is null ? (0, null, problem) : (made.UserId, wish.Password is null ? password : null, null);
    }

    /// <summary>Changes a user.</summary>
    /// <param name="http">The request of who changes it.</param>
    /// <param name="userId">Its id.</param>
    /// <param name="wish">What shall be other; a password is given apart.</param>
    /// <returns>Why not, or null.</returns>
    public async Task<AccountProblem?> ChangeAsync(HttpContext http, long userId, AccountWish wish)
    {
        var snapshot = _access.Snapshots.Current;
        if (snapshot.Users.GetValueOrDefault(userId) is not { } known)
            return Missing(userId);
        if (wish.Password is not null)
            return new AccountProblem(AccountFault.Invalid, "password: it is changed by a call of its own");
        if (Apply(wish, known, snapshot).Fault is { } fault)
            return new AccountProblem(AccountFault.Invalid, fault);

        AccountProblem? problem = Missing(userId);
        await _access.Changes.RunAsync<User>(
            AdministrationRequests.ActorOf(http), AuditKinds.UserChange,
            async (session, now) =>
            {
                var users = await UserStore.ListAsync(session);
                if (users.Find(one => one.UserId == userId) is not { } current)
                    return null;
                var user = Apply(wish, current, snapshot).User with { UpdatedMs = now, UpdatedBy = Caller.Of(http).UserId ?? 0 };
                problem = users.Exists(one => one.UserId != userId && User.KeyOf(one.Username) == User.KeyOf(user.Username)) ? Taken(user)
                    : LeavesNoAdmin(users, user) ? new AccountProblem(AccountFault.Conflict, NoAdminLeft)
                    : null;
                if (problem is not null)
                    return null;
                var shutsOut = current.Document.Status == UserStatus.Active && user.Document.Status != UserStatus.Active;
                await UserStore.ChangeAsync(session, shutsOut ? user with { TokensSinceMs = now + 1 } : user);
                if (wish.Groups is not null)
                    await GroupStore.SetGroupsOfAsync(session, userId, wish.Groups);
                return user;
            },
            user => (user.Username, user.Document.Status.ToString()), http.RequestAborted);
        return problem;
    }

    /// <summary>Deletes users: all of them, or none.</summary>
    /// <param name="http">The request of the admin who deletes them.</param>
    /// <param name="userIds">Their ids.</param>
    /// <returns>Why not, one for each that is in the way; empty when all are gone.</returns>
    public async Task<IReadOnlyList<(long UserId, AccountProblem Problem)>> DeleteAsync(HttpContext http, IReadOnlyCollection<long> userIds)
    {
        var problems = new List<(long UserId, AccountProblem Problem)>();
        await _access.Changes.RunAsync<List<User>>(
            AdministrationRequests.ActorOf(http), AuditKinds.UserDelete,
            async (session, _) =>
            {
                var users = await UserStore.ListAsync(session);
                var gone = new List<User>();
                foreach (var userId in userIds.Distinct())
                {
                    if (users.Find(one => one.UserId == userId) is not { } user)
                        problems.Add((userId, Missing(userId)));
                    else if (LeavesNoAdmin(users, user with { IsAdmin = false }))
                        problems.Add((userId, new AccountProblem(AccountFault.Conflict, NoAdminLeft)));
                    else
                    {
                        users.Remove(user);
                        gone.Add(user);
                    }
                }
                if (problems.Count > 0 || gone.Count == 0)
                    return null;
                foreach (var user in gone)
                    await UserStore.RemoveAsync(session, user.UserId);
                return gone;
            },
            gone => (string.Join(", ", gone.Take(100).Select(user => user.Username)), gone.Count == 1 ? "" : $"{gone.Count} users"), http.RequestAborted);
        return problems;
    }

    /// <summary>Puts users into these groups, and out of all others.</summary>
    /// <param name="http">The request of the admin who does it.</param>
    /// <param name="userIds">The users.</param>
    /// <param name="groupIds">The groups.</param>
    /// <returns>Why not, or null.</returns>
    public async Task<AccountProblem?> SetGroupsAsync(HttpContext http, IReadOnlyCollection<long> userIds, IReadOnlyCollection<long> groupIds)
    {
        AccountProblem? problem = null;
        await _access.Changes.RunAsync<List<User>>(
            AdministrationRequests.ActorOf(http), AuditKinds.UserChange,
            async (session, _) =>
            {
                var users = (await UserStore.ListAsync(session)).Where(user => userIds.Contains(user.UserId)).ToList();
                var groups = (await GroupStore.ListAsync(session)).ConvertAll(group => group.GroupId);
                problem = userIds.Where(id => users.TrueForAll(user => user.UserId != id)).Select(Missing).FirstOrDefault()
                    ?? groupIds.Where(id => !groups.Contains(id)).Select(id => new AccountProblem(AccountFault.Invalid, $"groups: there is no group {id}")).FirstOrDefault();
                if (problem is not null || users.Count == 0)
                    return null;
                foreach (var user in users)
                    await GroupStore.SetGroupsOfAsync(session, user.UserId, groupIds);
                return users;
            },
            users => (string.Join(", ", users.Take(100).Select(user => user.Username)), $"groups {string.Join(", ", groupIds)}"), http.RequestAborted);
        return problem;
    }

    /// <summary>Gives a user an invented password that must be changed at the first sign-in (API-only users keep it). All tokens end.</summary>
    /// <param name="http">The request of the admin who gives it.</param>
    /// <param name="userId">The user.</param>
    /// <returns>The password, or why not.</returns>
    public async Task<(string? Password, AccountProblem? Problem)> ResetPasswordAsync(HttpContext http, long userId)
    {
        if (_access.Snapshots.Current.Users.GetValueOrDefault(userId) is not { } user)
            return (null, Missing(userId));
        if (user.ClientId.Length > 0)
            return (null, new AccountProblem(AccountFault.Conflict, "A technical account has no password; its client has secrets"));
        var password = PasswordRules.Invent(user.Username, _access.Options.PasswordMinLength);
        var fault = await _access.PasswordChange.GiveAsync(AdministrationRequests.ActorOf(http), user, password, !user.Document.ApiOnly, http.RequestAborted);
        return fault is null ? (password, null) : (null, new AccountProblem(AccountFault.Invalid, fault));
    }

    /// <summary>Changes the caller's own password, after a check of the old one.</summary>
    /// <param name="http">The caller's request.</param>
    /// <param name="oldPassword">As it is.</param>
    /// <param name="newPassword">As it shall be.</param>
    /// <returns>Why not, or null.</returns>
    public async Task<AccountProblem?> ChangeOwnPasswordAsync(HttpContext http, string oldPassword, string newPassword)
    {
        var caller = Caller.Of(http);
        if (caller.UserId is not { } userId || _access.Snapshots.Current.Users.GetValueOrDefault(userId) is not { } user)
            return Missing(caller.UserId ?? 0);
        if (user.ClientId.Length > 0)
            return new AccountProblem(AccountFault.Conflict, "A technical account has no password; its client has secrets");
        var fault = await _access.PasswordChange.ChangeOwnAsync(user, oldPassword, newPassword, caller.ClientId, AuditEntry.AddressOf(http), http.RequestAborted);
        return fault is null ? null : new AccountProblem(AccountFault.Invalid, fault);
    }

    private long NowMs => _access.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static AccountProblem Missing(long userId) => new(AccountFault.NotFound, $"There is no user {userId}");

    private static AccountProblem Taken(User user) => new(AccountFault.Taken, $"There is a user [{user.Username}] already");

    private (User User, string? Fault) Apply(AccountWish wish, User user, AccessSnapshot snapshot)
    {
        var document = user.Document with
        {
            ApiOnly = wish.ApiOnly ?? user.Document.ApiOnly,
            FirstName = EmptyAsNull(wish.FirstName ?? user.Document.FirstName),
            LastName = EmptyAsNull(wish.LastName ?? user.Document.LastName),
            Email = EmptyAsNull(wish.Email ?? user.Document.Email),
            Title = EmptyAsNull(wish.Title ?? user.Document.Title),
            PhoneNumber = EmptyAsNull(wish.PhoneNumber ?? user.Document.PhoneNumber),
            Environments = [.. (wish.Environments ?? user.Document.Environments).Select(ClientRules.Canonical)],
        };
        if (wish.Status is not null)
        {
            if (!Enum.TryParse<UserStatus>(wish.Status, ignoreCase: true, out var status) || !Enum.IsDefined(status) || char.IsAsciiDigit(wish.Status[0]))
                return (user, "status must be ACTIVE, INACTIVE or LOCKED");
            document = document with { Status = status };
        }
        var wished = user with { Username = (wish.Username ?? user.Username).Trim(), IsAdmin = wish.IsAdmin ?? user.IsAdmin, Document = document };
        string?[] texts = [wished.Username, document.FirstName, document.LastName, document.Email, document.Title, document.PhoneNumber];
        return (wished, wished.Username.Length == 0 || wished.Username.Any(char.IsControl) ? "username must have 1 to 255 characters, none of them a control character"
            : texts.Any(text => text?.Length > MaxTextCharacters) ? $"username, firstName, lastName, email, title and phoneNumber have at most {MaxTextCharacters} characters"
            : user.ClientId.Length > 0 && wish.Username is not null && wish.Username.Trim() != user.Username ? "username: a technical account keeps its name"
            : wish.Groups?.Where(group => !snapshot.Groups.ContainsKey(group)).Select(group => $"groups: there is no group {group}").FirstOrDefault()
            ?? ClientRules.FaultOfEnvironments(document.Environments, _access.EnvironmentNames));
    }

    private static string? EmptyAsNull(string? text) => text is "" ? null : text;

    /// <summary>Whether nobody would be left who can sign in and administer, once this user is as given.</summary>
    private static bool LeavesNoAdmin(List<User> users, User changed) =>
        users.Exists(user => user.UserId == changed.UserId && CanAdminister(user)) && !users.Exists(
            user => CanAdminister(user.UserId == changed.UserId ? changed : user));

    private static bool CanAdminister(User user) => user is { IsAdmin: true, HasPassword: true, Document: { Status: UserStatus.Active, ApiOnly: false } };
}
