using System.Text.Json;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The <c>user_group</c> and <c>group_member</c> tables.</summary>
internal static class GroupStore
{
    internal static async Task<Group> AddAsync(SqlSession session, Group group)
    {
        var added = group with { GroupId = await session.NextIdAsync("group") };
        await session.ExecuteAsync(
            """
            insert into user_group (group_id, name, name_key, description, wildcards, permissions, created_ms, updated_ms, created_by, updated_by)
            values (@GroupId, @Name, @key, @Description, @wildcards, @permissions, @CreatedMs, @UpdatedMs, @CreatedBy, @UpdatedBy)
            """, Parameters(added));
        await SetMembersAsync(session, added);
        return added;
    }

    internal static async Task ChangeAsync(SqlSession session, Group group)
    {
        await session.ExecuteAsync(
            """
            update user_group set name = @Name, name_key = @key, description = @Description, wildcards = @wildcards, permissions = @permissions,
                updated_ms = @UpdatedMs, updated_by = @UpdatedBy
            where group_id = @GroupId
            """, Parameters(group));
        await SetMembersAsync(session, group);
    }

    internal static async Task RemoveAsync(SqlSession session, long groupId)
    {
        await session.ExecuteAsync("delete from group_member where group_id = @groupId", new { groupId });
        await session.ExecuteAsync("delete from user_group where group_id = @groupId", new { groupId });
    }

    internal static Task AddMemberAsync(SqlSession session, long groupId, long userId) => session.ExecuteAsync(
        "insert into group_member (group_id, user_id) values (@groupId, @userId) on conflict (group_id, user_id) do nothing", new { groupId, userId });

    /// <summary>Puts a user into these groups and out of all others.</summary>
    internal static async Task SetGroupsOfAsync(SqlSession session, long userId, IEnumerable<long> groupIds)
    {
        await session.ExecuteAsync("delete from group_member where user_id = @userId", new { userId });
        foreach (var groupId in groupIds)
            await AddMemberAsync(session, groupId, userId);
    }

    internal static async Task<List<Group>> ListAsync(SqlSession session)
    {
        var members = (await session.QueryAsync<MemberRow>("select group_id as GroupId, user_id as UserId from group_member order by user_id"))
            .ToLookup(row => row.GroupId, row => row.UserId);
        var rows = await session.QueryAsync<Row>(
            """
            select group_id as GroupId, name as Name, description as Description, wildcards as Wildcards, permissions as Permissions,
                created_ms as CreatedMs, updated_ms as UpdatedMs, created_by as CreatedBy, updated_by as UpdatedBy
            from user_group
            """);
        return [.. rows.Select(row => row.Read([.. members[row.GroupId]]))];
    }

    private static async Task SetMembersAsync(SqlSession session, Group group)
    {
        await session.ExecuteAsync("delete from group_member where group_id = @GroupId", new { group.GroupId });
        foreach (var userId in group.Users.Distinct())
            await AddMemberAsync(session, group.GroupId, userId);
    }

    private static object Parameters(Group group) => new
    {
        group.GroupId,
        group.Name,
        key = User.KeyOf(group.Name),
        group.Description,
        wildcards = JsonSerializer.Serialize(group.Wildcards, StoredJson.Default.IReadOnlyListString),
        permissions = JsonSerializer.Serialize(group.Permissions, StoredJson.Default.IReadOnlyListPermissionRow),
        group.CreatedMs,
        group.UpdatedMs,
        group.CreatedBy,
        group.UpdatedBy,
    };

    private sealed class MemberRow
    {
        public long GroupId { get; set; }
        public long UserId { get; set; }
    }

    private sealed class Row
    {
        public long GroupId { get; set; }
        public string Name { get; set; } = "";
        public string Description { get; set; } = "";
        public string Wildcards { get; set; } = "";
        public string Permissions { get; set; } = "";
        public long CreatedMs { get; set; }
        public long UpdatedMs { get; set; }
        public long CreatedBy { get; set; }
        public long UpdatedBy { get; set; }

        internal Group Read(IReadOnlyList<long> users) => new(
            GroupId, Name, Description, JsonSerializer.Deserialize(Wildcards, StoredJson.Default.IReadOnlyListString)!,
            JsonSerializer.Deserialize(Permissions, StoredJson.Default.IReadOnlyListPermissionRow)!, users, CreatedMs, UpdatedMs, CreatedBy, UpdatedBy);
    }
}
