using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary><c>GET /oauth/authorize</c>: a client sends a user here, who comes back to it with a code, a token, or the reason why not.</summary>
internal static class Authorize
{
    /// <summary>Reads the request, then sends the user to the next step. The numbers are those of the README.</summary>
    internal static async Task<IResult> HandleAsync(HttpContext http, AccessRuntime access)
    {
        if (Pages.TooMany(http, access) is { } tooMany)
            return tooMany;
        // 1. Is it in order?
        if (Pages.Refuse(http, access, out var asked) is { } refusal)
            return refusal;
        // 2. Who is it?
        if (asked!.MustSignIn || await access.Sessions.FindAsync(http) is not { User: var user })
            return Pages.Redirect(http, AuthorizePages.SignInPath + asked.Query);
        // 3. Does the user allow it?
        if (await ConsentStore.IsMissingAsync(access.Sql, user, asked, http.RequestAborted))
            return Pages.Redirect(http, AuthorizePages.ConsentPath + asked.Query);
        // 4. Back to the client.
        return await GrantAsync(http, access, asked, user);
    }

    /// <summary>Gives the client what it asked for: a code in the query, or a token in the fragment.</summary>
    internal static async Task<IResult> GrantAsync(HttpContext http, AccessRuntime access, AuthorizeRequest asked, User user)
    {
        string address;
        if (asked.WantsCode)
        {
            address = asked.Return.With(("code", await access.Codes.IssueAsync(asked.AllowedBy(user), http.RequestAborted)));
        }
        else
        {
            var granted = await access.Issuer.GrantOpaqueAsync(asked.Client, user, asked.Scope, withRefresh: false, http.RequestAborted);
            access.Metrics.TokenDecided(GrantTypes.Implicit, isGranted: true);
            address = asked.Return.With(
                ("access_token", granted.AccessToken), ("token_type", granted.TokenType),
                ("expires_in", granted.ExpiresIn.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("scope", asked.Scope));
        }
        await access.Audit.WriteAsync(new AuditEntry
        {
            Kind = asked.WantsCode ? AuditKinds.Code : AuditKinds.Token,
            Outcome = "done",
            Actor = user.Username,
            ClientId = asked.Client.ClientId,
            Address = AuditEntry.AddressOf(http),
            Detail = asked.WantsCode ? asked.Scope : $"{GrantTypes.Implicit}: {asked.Scope}",
        }, http.RequestAborted);
        return Pages.Redirect(http, address);
    }
}
