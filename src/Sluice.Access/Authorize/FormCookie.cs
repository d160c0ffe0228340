using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>The cookie that forms are compared with. It is marked for https as the session's is, which the framework's own settings cannot say behind a proxy.</summary>
internal sealed class FormCookie(AccessOptions options) : CookieBuilder
{
    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var cookie = base.Build(context, expiresFrom);
        cookie.Secure |= WebSessions.IsSecure(context, options);
        return cookie;
    }
}
