using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>A user who is signed in, in one browser.</summary>
/// <param name="Hash">Under which the session is kept.</param>
/// <param name="User">Who, as of now.</param>
internal sealed record WebSession(string Hash, User User);

/// <summary>Sign-ins in browsers: a cookie holds a random id, the <c>web_session</c> table its hash.</summary>
/// <remarks>
/// A session counts until its lifetime ends, and only while its user may sign in; whatever ends a user's tokens ends the sessions too. Each sign-in
/// has a new id and ends the one before it, so an id planted in a browser is worth nothing (session fixation).
/// </remarks>
internal sealed class WebSessions(SqlStore sql, SnapshotSource snapshots, AccessOptions options, TimeProvider clock)
{
    private const int IdCharacters = 48;
    private const int MaxPerUser = 50; // the oldest end

    /// <summary>Finds who is signed in. A form that a page makes after this call is taken in the same session only (<see cref="PageForm"/>).</summary>
    internal async Task<WebSession?> FindAsync(HttpContext http)
    {
        if (HashOf(http) is not { } hash)
            return null;
        var row = await sql.ReadAsync(
            session => session.FindAsync<Row>(
                "select user_id as UserId, created_ms as CreatedMs, expires_ms as ExpiresMs from web_session where session_hash = @hash", new { hash }),
            http.RequestAborted);
        if (row is null || row.ExpiresMs <= clock.GetUtcNow().ToUnixTimeMilliseconds()
            || snapshots.Current.Users.GetValueOrDefault(row.UserId) is not { Document: { Status: UserStatus.Active, ApiOnly: false } } user
            || row.CreatedMs < user.TokensSinceMs)
            return null;
        http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, hash)], "session"));
        return new WebSession(hash, user);
    }

    /// <summary>Begins a session in this browser, in the place of the one it had.</summary>
    internal async Task StartAsync(HttpContext http, User user)
    {
        var (id, replaced) = (SecretHash.NewSecret(), HashOf(http));
        var now = clock.GetUtcNow();
        await sql.WriteAsync(async session =>
        {
            await session.ExecuteAsync("delete from web_session where session_hash = @replaced", new { replaced = replaced ?? "" });
            await session.ExecuteAsync(
                "insert into web_session (session_hash, user_id, created_ms, expires_ms) values (@hash, @UserId, @created, @expires)",
                new
                {
                    hash = SecretHash.Of(id),
                    user.UserId,
                    created = now.ToUnixTimeMilliseconds(),
                    expires = (now + options.SessionLifetime).ToUnixTimeMilliseconds(),
                });
            await session.ExecuteAsync(
                """
                delete from web_session where user_id = @UserId and session_hash not in (
                    select session_hash from web_session where user_id = @UserId order by created_ms desc limit @MaxPerUser)
                """, new { user.UserId, MaxPerUser });
        }, http.RequestAborted);
        http.Response.Cookies.Append(CookieName(http), id, Cookie(http));
    }

    /// <summary>Ends the session of this browser, if it has one.</summary>
    internal async Task EndAsync(HttpContext http)
    {
        if (HashOf(http) is { } hash)
            await sql.WriteAsync(session => session.ExecuteAsync("delete from web_session where session_hash = @hash", new { hash }), http.RequestAborted);
        http.Response.Cookies.Delete(CookieName(http), Cookie(http));
    }

    /// <summary>Whether the browser came over https. Behind a proxy that ends TLS the request comes as http; <c>Access:Issuer</c> then says what browsers see.</summary>
    internal static bool IsSecure(HttpContext http, AccessOptions options) =>
        http.Request.IsHttps || options.Issuer?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true;

    private string? HashOf(HttpContext http) =>
        http.Request.Cookies[CookieName(http)] is { Length: IdCharacters } id ? SecretHash.Of(id) : null;

    // Over https the name itself makes browsers refuse a cookie that a neighbouring host or plain http has planted.
    private string CookieName(HttpContext http) => IsSecure(http) ? "__Host-sluice-session" : "sluice-session";

    // The pages answer below /oauth and /ims. Ends with the browser; how long it counts is for the table to say.
    private CookieOptions Cookie(HttpContext http) => new() { HttpOnly = true, Secure = IsSecure(http), SameSite = SameSiteMode.Lax, Path = "/" };

    private bool IsSecure(HttpContext http) => IsSecure(http, options);

    private sealed class Row
    {
        public long UserId { get; set; }
        public long CreatedMs { get; set; }
        public long ExpiresMs { get; set; }
    }
}
