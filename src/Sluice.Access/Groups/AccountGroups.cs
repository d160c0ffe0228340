using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The groups of the installation, which rights attach to (contract audience.md 3.13). Every change is audited and seen by all nodes.</summary>
public sealed class AccountGroups
{
    private const int MaxNameCharacters = 255;
    private const int MaxDescriptionCharacters = 4_000;

    private readonly AccessRuntime _access;

    internal AccountGroups(AccessRuntime access) => _access = access;

    /// <summary>How many groups there may be.</summary>
    public int Most => _access.Options.MaxGroups;

    /// <summary>All groups, by id.</summary>
    public IReadOnlyList<Group> All() => [.. _access.Snapshots.Current.Groups.Values.OrderBy(group => group.GroupId)];

    /// <summary>One group, or null.</summary>
    /// <param name="groupId">Its id.</param>
    public Group? Find(long groupId) => _access.Snapshots.Current.Groups.GetValueOrDefault(groupId);

    /// <summary>Makes a group.</summary>
    /// <param name="http">The request of the admin who makes it.</param>
    /// <param name="wish">What it shall be; a name is needed.</param>
    /// <returns>The group's id, or why not.</returns>
    public async Task<(long GroupId, AccountProblem? Problem)> CreateAsync(HttpContext http, GroupWish wish)
    {
        AccountProblem? problem = null;
        var made = await _access.Changes.RunAsync<Group>(
            AdministrationRequests.ActorOf(http), AuditKinds.GroupCreate,
            async (session, now) =>
            {
                var groups = await GroupStore.ListAsync(session);
                var maker = Caller.Of(http).UserId ?? 0;
                var group = Apply(wish, new Group(0, "", "", [], [], [], now, now, maker, maker));
                problem = groups.Count >= Most ? new AccountProblem(AccountFault.Limit, $"There are {Most} groups already") : await FindFaultAsync(session, groups, group);
                return problem is null ? await GroupStore.AddAsync(session, group) : null;
            },
            group => (group.Name, ""), http.RequestAborted);
        return (made?.GroupId ?? 0, problem);
    }

    /// <summary>Changes a group.</summary>
    /// <param name="http">The request of the admin who changes it.</param>
    /// <param name="groupId">Its id.</param>
    /// <param name="wish">What shall be other.</param>
    /// <returns>Why not, or null.</returns>
    public Task<AccountProblem?> ChangeAsync(HttpContext http, long groupId, GroupWish wish) =>
        RewriteAsync(http, groupId, group => Apply(wish, group), group => string.Join(' ', group.Wildcards));

    /// <summary>Replaces all rights that a group has on objects of one environment.</summary>
    /// <param name="http">The request of the admin who sets them.</param>
    /// <param name="groupId">Its id.</param>
    /// <param name="environment">Where the objects are.</param>
    /// <param name="rows">The rights it shall have there.</param>
    /// <returns>Why not, or null.</returns>
    public Task<AccountProblem?> SetPermissionsAsync(HttpContext http, long groupId, EnvironmentName environment, IReadOnlyList<PermissionRow> rows) => RewriteAsync(
        http, groupId, group => group with { Permissions = [.. group.Permissions.Where(row => row.Environment != environment.Value), .. rows] },
        _ => $"{rows.Count} rights on objects in {environment}");

    /// <summary>Deletes groups with their memberships: all of them, or none.</summary>
    /// <param name="http">The request of the admin who deletes them.</param>
    /// <param name="groupIds">Their ids.</param>
    /// <returns>The ids that are not there; empty when all are gone.</returns>
    public async Task<IReadOnlyList<long>> DeleteAsync(HttpContext http, IReadOnlyCollection<long> groupIds)
    {
        IReadOnlyList<long> missing = [];
        await _access.Changes.RunAsync<List<Group>>(
            AdministrationRequests.ActorOf(http), AuditKinds.GroupDelete,
            async (session, _) =>
            {
                var gone = (await GroupStore.ListAsync(session)).FindAll(group => groupIds.Contains(group.GroupId));
                missing = [.. groupIds.Except(gone.Select(group => group.GroupId))];
                if (missing.Count > 0 || gone.Count == 0)
                    return null;
                foreach (var group in gone)
                    await GroupStore.RemoveAsync(session, group.GroupId);
                return gone;
            },
            gone => (string.Join(", ", gone.Take(100).Select(group => group.Name)), ""), http.RequestAborted);
        return missing;
    }

    private async Task<AccountProblem?> RewriteAsync(HttpContext http, long groupId, Func<Group, Group> change, Func<Group, string> describe)
    {
        AccountProblem? problem = new(AccountFault.NotFound, $"There is no group {groupId}");
        await _access.Changes.RunAsync<Group>(
            AdministrationRequests.ActorOf(http), AuditKinds.GroupChange,
            async (session, now) =>
            {
                var groups = await GroupStore.ListAsync(session);
                if (groups.Find(one => one.GroupId == groupId) is not { } current)
                    return null;
                var group = change(current) with { UpdatedMs = now, UpdatedBy = Caller.Of(http).UserId ?? 0 };
                problem = await FindFaultAsync(session, groups, group);
                if (problem is not null)
                    return null;
                await GroupStore.ChangeAsync(session, group);
                return group;
            },
            group => (group.Name, describe(group)), http.RequestAborted);
        return problem;
    }

    private static Group Apply(GroupWish wish, Group group) => group with
    {
        Name = (wish.Name ?? group.Name).Trim(),
        Description = wish.Description ?? group.Description,
        Wildcards = wish.Wildcards is null ? group.Wildcards : [.. wish.Wildcards.Distinct()],
        Users = wish.Users is null ? group.Users : [.. wish.Users.Distinct().Order()],
    };

    private static async Task<AccountProblem?> FindFaultAsync(SqlSession session, List<Group> groups, Group group)
    {
        if (group.Name.Length is 0 or > MaxNameCharacters || group.Name.Any(char.IsControl))
            return new AccountProblem(AccountFault.Invalid, $"name must have 1 to {MaxNameCharacters} characters, none of them a control character");
        if (group.Description.Length > MaxDescriptionCharacters)
            return new AccountProblem(AccountFault.Invalid, $"description has at most {MaxDescriptionCharacters} characters");
        if (group.Wildcards.FirstOrDefault(one => !RightNames.IsWildcard(one)) is { } unknown)
            return new AccountProblem(AccountFault.Invalid, $"wildcards: there is no right [{(unknown.Length > 50 ? unknown[..50] : unknown)}]");
        if (groups.Exists(one => one.GroupId != group.GroupId && User.KeyOf(one.Name) == User.KeyOf(group.Name)))
            return new AccountProblem(AccountFault.Taken, $"There is a group [{group.Name}] already");
        var users = group.Users.Count == 0 ? [] : (await UserStore.ListAsync(session)).Select(user => user.UserId).ToHashSet();
        return group.Users.Where(id => !users.Contains(id)).Select(id => new AccountProblem(AccountFault.Invalid, $"users: there is no user {id}")).FirstOrDefault();
    }
}
