using System.Text.Json;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>What a password check needs, read afresh each time: a count of failures kept in memory would differ between nodes.</summary>
internal sealed class PasswordState
{
    public long UserId { get; set; }
    public string Hash { get; set; } = "";
    public long SetMs { get; set; }
    public bool IsTemporary { get; set; }
    public long Failures { get; set; }
    public long LockedUntilMs { get; set; }
}

/// <summary>The <c>user_account</c> table.</summary>
internal static class UserStore
{
    internal static async Task<User> AddAsync(SqlSession session, User user, string passwordHash)
    {
        var added = user with { UserId = await session.NextIdAsync("account") };
        await session.ExecuteAsync(
            """
            insert into user_account (user_id, username, username_key, document, is_admin, password_hash, password_set_ms, password_is_temporary,
                failed_sign_ins, locked_until_ms, tokens_since_ms, client_id, created_ms, updated_ms, created_by, updated_by)
            values (@UserId, @Username, @key, @document, @IsAdmin, @passwordHash, @PasswordSetMs, @PasswordIsTemporary,
                0, 0, 0, @ClientId, @CreatedMs, @UpdatedMs, @CreatedBy, @UpdatedBy)
            """, Parameters(added, passwordHash));
        return added;
    }

    internal static Task ChangeAsync(SqlSession session, User user) => session.ExecuteAsync(
        """
        update user_account set username = @Username, username_key = @key, document = @document, is_admin = @IsAdmin,
            tokens_since_ms = @TokensSinceMs, updated_ms = @UpdatedMs, updated_by = @UpdatedBy
        where user_id = @UserId
        """, Parameters(user, ""));

    internal static async Task RemoveAsync(SqlSession session, long userId)
    {
        await session.ExecuteAsync("delete from group_member where user_id = @userId", new { userId });
        await session.ExecuteAsync("delete from web_session where user_id = @userId", new { userId });
        await session.ExecuteAsync("delete from consent where user_id = @userId", new { userId });
        await session.ExecuteAsync("delete from user_account where user_id = @userId", new { userId });
    }

    internal static Task SetPasswordAsync(SqlSession session, long userId, string hash, bool isTemporary, long nowMs) => session.ExecuteAsync(
        """
        update user_account set password_hash = @hash, password_set_ms = @nowMs, password_is_temporary = @isTemporary, failed_sign_ins = 0, locked_until_ms = 0
        where user_id = @userId
        """, new { userId, hash, isTemporary, nowMs });

    internal static Task<PasswordState?> FindPasswordAsync(SqlSession session, string username) => session.FindAsync<PasswordState>(
        """
        select user_id as UserId, password_hash as Hash, password_set_ms as SetMs, password_is_temporary as IsTemporary,
            failed_sign_ins as Failures, locked_until_ms as LockedUntilMs
        from user_account where username_key = @key
        """, new { key = User.KeyOf(username) });

    internal static Task SetFailuresAsync(SqlSession session, long userId, long failures, long lockedUntilMs) => session.ExecuteAsync(
        "update user_account set failed_sign_ins = @failures, locked_until_ms = @lockedUntilMs where user_id = @userId",
        new { userId, failures, lockedUntilMs });

    internal static async Task<List<User>> ListAsync(SqlSession session)
    {
        var rows = await session.QueryAsync<Row>(
            """
            select user_id as UserId, username as Username, document as Document, is_admin as IsAdmin, password_set_ms as PasswordSetMs,
                password_is_temporary as PasswordIsTemporary, password_hash as PasswordHash, locked_until_ms as LockedUntilMs,
                tokens_since_ms as TokensSinceMs, client_id as ClientId, created_ms as CreatedMs, updated_ms as UpdatedMs,
                created_by as CreatedBy, updated_by as UpdatedBy
            from user_account
            """);
        return [.. rows.Select(row => row.Read())];
    }

    internal static Task<long> CountAsync(SqlSession session) => session.FindAsync<long>("select count(*) from user_account");

    private static object Parameters(User user, string passwordHash) => new
    {
        user.UserId,
        user.Username,
        key = User.KeyOf(user.Username),
        document = JsonSerializer.Serialize(user.Document, StoredJson.Default.UserDocument),
        user.IsAdmin,
        passwordHash,
        user.PasswordSetMs,
        user.PasswordIsTemporary,
        user.TokensSinceMs,
        user.ClientId,
        user.CreatedMs,
        user.UpdatedMs,
        user.CreatedBy,
        user.UpdatedBy,
    };

    private sealed class Row
    {
        public long UserId { get; set; }
        public string Username { get; set; } = "";
        public string Document { get; set; } = "";
        public bool IsAdmin { get; set; }
        public long PasswordSetMs { get; set; }
        public bool PasswordIsTemporary { get; set; }
        public string PasswordHash { get; set; } = "";
        public long LockedUntilMs { get; set; }
        public long TokensSinceMs { get; set; }
        public string ClientId { get; set; } = "";
        public long CreatedMs { get; set; }
        public long UpdatedMs { get; set; }
        public long CreatedBy { get; set; }
        public long UpdatedBy { get; set; }

        internal User Read() => new()
        {
            UserId = UserId,
            Username = Username,
            Document = JsonSerializer.Deserialize(Document, StoredJson.Default.UserDocument)!,
            IsAdmin = IsAdmin,
            PasswordSetMs = PasswordSetMs,
            PasswordIsTemporary = PasswordIsTemporary,
            HasPassword = PasswordHash.Length > 0,
            LockedUntilMs = LockedUntilMs,
            TokensSinceMs = TokensSinceMs,
            ClientId = ClientId,
            CreatedMs = CreatedMs,
            UpdatedMs = UpdatedMs,
            CreatedBy = CreatedBy,
            UpdatedBy = UpdatedBy,
        };
    }
}
