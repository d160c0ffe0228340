using Sluice.Storage;

namespace Sluice.Access;

/// <summary>The <c>consent</c> table: what users allowed clients, so that they are not asked again for as much or less.</summary>
internal static class ConsentStore
{
    /// <summary>Whether the user must be asked. A public client proves nothing about itself, so its users are asked each time (RFC 8252 section 8.6); the console is a page of this server itself.</summary>
    internal static async Task<bool> IsMissingAsync(SqlStore sql, User user, AuthorizeRequest asked, CancellationToken cancellation)
    {
        if (ConsoleClient.Is(asked.Client))
            return false;
        if (asked.Client.Document.Public)
            return true;
        if (asked.Client.Document.Trusted)
            return false;
        var allowed = await sql.ReadAsync(
            session => session.FindAsync<string>(
                "select scope from consent where user_id = @UserId and client_id = @ClientId", new { user.UserId, asked.Client.ClientId }),
            cancellation);
        return allowed is null || !RefreshTokens.IsWithin(asked.Scope, allowed);
    }

    /// <summary>Remembers what was allowed now, beside what was allowed before.</summary>
    internal static Task RememberAsync(SqlStore sql, User user, AuthorizeRequest asked, TimeProvider clock, CancellationToken cancellation) =>
        sql.WriteAsync(async session =>
        {
            var key = new { user.UserId, asked.Client.ClientId };
            var before = await session.FindAsync<string>("select scope from consent where user_id = @UserId and client_id = @ClientId", key) ?? "";
            var scope = string.Join(' ', before.Split(' ', StringSplitOptions.RemoveEmptyEntries).Union(asked.Scope.Split(' ')));
            await session.ExecuteAsync(
                """
                insert into consent (user_id, client_id, scope, given_ms) values (@UserId, @ClientId, @scope, @now)
                on conflict (user_id, client_id) do update set scope = excluded.scope, given_ms = excluded.given_ms
                """, new { user.UserId, asked.Client.ClientId, scope, now = clock.GetUtcNow().ToUnixTimeMilliseconds() });
        }, cancellation);
}
