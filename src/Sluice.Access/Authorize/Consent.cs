using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary><c>/oauth/consent</c>: the user allows a client to act for them, or does not.</summary>
internal static class Consent
{
    internal static async Task<IResult> GetAsync(HttpContext http, AccessRuntime access)
    {
        if (Pages.Refuse(http, access, out var asked) is { } refusal)
            return refusal;
        return asked!.MustSignIn || await access.Sessions.FindAsync(http) is not { User: var user }
            ? Pages.Redirect(http, AuthorizePages.SignInPath + asked.Query)
            : new PageAnswer<ConsentView>("Consent", new ConsentView(
                asked.Client.Name, asked.Return.Host, user.Username, [.. asked.Scope.Split(' ').Select(InWords)], asked.Query));
    }

    internal static async Task<IResult> PostAsync(HttpContext http, AccessRuntime access)
    {
        if (Pages.Refuse(http, access, out var asked) is { } refusal)
            return refusal;
        var session = await access.Sessions.FindAsync(http);
        var (form, formRefusal) = await PageForm.ReadAsync(http, access);
        if (formRefusal is not null)
            return formRefusal;
        if (asked!.MustSignIn || session is null)
            return Pages.SeeOther(http, AuthorizePages.SignInPath + asked.Query);
        if (form!["decision"] is not ("allow" or "deny"))
            return Pages.SeeOther(http, AuthorizePages.ConsentPath + asked.Query);

        var isAllowed = form["decision"] == "allow";
        if (isAllowed && !asked.Client.Document.Public)
            await ConsentStore.RememberAsync(access.Sql, session.User, asked, access.Clock, http.RequestAborted);
        await access.Audit.WriteAsync(new AuditEntry
        {
            Kind = AuditKinds.Consent,
            Outcome = isAllowed ? "done" : "refused",
            Actor = session.User.Username,
            ClientId = asked.Client.ClientId,
            Address = AuditEntry.AddressOf(http),
            Detail = asked.Scope,
        }, http.RequestAborted);
        return isAllowed
            ? await Authorize.GrantAsync(http, access, asked, session.User)
            : Pages.Redirect(http, asked.Return.With(("error", "access_denied"), ("error_description", "The user did not allow it.")));
    }

    private static string InWords(string scope) => scope switch
    {
        "read" => "See everything that you may see",
        "write" => "Create, change and delete all that you may",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
