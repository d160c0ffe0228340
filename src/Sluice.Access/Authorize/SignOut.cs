using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary><c>/oauth/sign-out</c>: ends the session of this browser. Tokens that clients have live on.</summary>
internal static class SignOut
{
    internal static async Task<IResult> GetAsync(HttpContext http, AccessRuntime access) =>
        new PageAnswer<SignOutView>("SignOut", new SignOutView((await access.Sessions.FindAsync(http))?.User.Username));

    internal static async Task<IResult> PostAsync(HttpContext http, AccessRuntime access)
    {
        var session = await access.Sessions.FindAsync(http);
        var (_, refusal) = await PageForm.ReadAsync(http, access);
        if (refusal is not null)
            return refusal;
        await access.Sessions.EndAsync(http);
        if (session is not null)
            await access.Audit.WriteAsync(new AuditEntry
            {
                Kind = AuditKinds.SignOut,
                Outcome = "done",
                Actor = session.User.Username,
                Address = AuditEntry.AddressOf(http),
            }, http.RequestAborted);
        return Pages.SeeOther(http, AuthorizePages.SignOutPath);
    }
}
