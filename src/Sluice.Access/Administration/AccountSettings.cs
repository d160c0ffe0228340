using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The <c>account_setting</c> table: what an admin switches for the whole account.</summary>
internal static class AccountSettings
{
    private const string RoleBasedAccess = "roleBasedAccess";

    internal static async Task<bool> IsRoleBasedAsync(SqlSession session) =>
        await session.FindAsync<string>("select value from account_setting where name = @name", new { name = RoleBasedAccess }) != "off";

    internal static Task SetRoleBasedAsync(SqlSession session, bool isOn) => session.ExecuteAsync(
        """
        insert into account_setting (name, value) values (@name, @value)
        on conflict (name) do update set value = excluded.value
        """, new { name = RoleBasedAccess, value = isOn ? "on" : "off" });
}
