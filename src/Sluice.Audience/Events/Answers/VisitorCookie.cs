using Microsoft.AspNetCore.Http;

namespace Sluice.Audience.Events.Answers;

/// <summary>The cookie by which a browser is known again on every page: <c>demdex</c>, 180 days (contract audience.md 5.3).</summary>
/// <remarks>
/// It belongs to pages of other sites than this host, so it is <c>SameSite=None</c>, which browsers take with <c>Secure</c> only; over plain http, where
/// they refuse both, it is <c>Lax</c>.
/// </remarks>
internal static class VisitorCookie
{
    /// <summary>What stands for an id when the visitor wants none.</summary>
    internal const string OptedOut = "NOTARGET";

    private const string Name = "demdex";
    private const string PartnerName = "dextp";

    private static readonly TimeSpan Life = TimeSpan.FromDays(180);
    private static readonly TimeSpan OptOutLife = TimeSpan.FromDays(3_650);

    /// <summary>What the browser sent; null without one.</summary>
    internal static string? Find(HttpRequest request) => request.Cookies[Name];

    internal static void Write(HttpContext http, string uuid) => Append(http, Name, uuid, Life);

    /// <summary>Has the browser remember that its owner wants none.</summary>
    internal static void WriteOptOut(HttpContext http)
    {
        Append(http, Name, OptedOut, OptOutLife);
        Append(http, PartnerName, OptedOut, OptOutLife);
    }

    private static void Append(HttpContext http, string name, string value, TimeSpan life) => http.Response.Cookies.Append(name, value, new CookieOptions
    {
        Path = "/",
        MaxAge = life,
        HttpOnly = true,
        Secure = http.Request.IsHttps,
        SameSite = http.Request.IsHttps ? SameSiteMode.None : SameSiteMode.Lax,
    });
}
