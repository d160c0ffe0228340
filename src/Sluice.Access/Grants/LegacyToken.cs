using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary><c>POST /oauth/token</c>: uuid tokens for legacy clients, by password, code or refresh token (contract audience.md 1.1).</summary>
internal static class LegacyToken
{
    internal static Task<IResult> HandleAsync(HttpContext http, AccessRuntime access) =>
        access.TokenRequests.RunAsync(http, ClientKind.Legacy, readsQuery: false, grantType: null, (client, grant, form) => grant switch
        {
            GrantTypes.Password => ByPasswordAsync(http, access, client, form),
            GrantTypes.AuthorizationCode => ByCodeAsync(http, access, client, form),
            _ => access.RefreshTokens.UseAsync(
                client, form, AuditEntry.AddressOf(http),
                (session, proven) => access.Issuer.GrantOpaqueAsync(session, proven.FamilyId, proven.Scope, withRefresh: true), http.RequestAborted),
        });

    private static async Task<GrantOutcome> ByPasswordAsync(HttpContext http, AccessRuntime access, Client client, TokenForm form)
    {
        var (username, password) = (form["username"], form["password"]);
        if (form.Fault is not null || username.Length == 0 || password.Length == 0)
            return GrantOutcome.Refuse("invalid_request", form.Fault ?? "username and password are both needed.");
        var scope = form["scope"].Length == 0 ? TokenIssuer.LegacyScope : form["scope"];
        if (!RefreshTokens.IsWithin(scope, TokenIssuer.LegacyScope))
            return GrantOutcome.Refuse("invalid_scope", $"The scope can be [{TokenIssuer.LegacyScope}] or one of its words.");

        var (outcome, user) = await access.Passwords.CheckAsync(username, password, client.ClientId, AuditEntry.AddressOf(http), http.RequestAborted);
        return outcome == SignInOutcome.Accepted
            ? GrantOutcome.Grant(await access.Issuer.GrantOpaqueAsync(client, user!, scope, withRefresh: true, http.RequestAborted), user!.Username)
            : GrantOutcome.Refuse("invalid_grant", SignInTexts.Of(outcome));
    }

    private static async Task<GrantOutcome> ByCodeAsync(HttpContext http, AccessRuntime access, Client client, TokenForm form)
    {
        var proven = await access.Codes.UseAsync(client, form, AuditEntry.AddressOf(http), http.RequestAborted);
        return proven.Fault ?? GrantOutcome.Grant(
            await access.Sql.WriteAsync(
                session => access.Issuer.GrantOpaqueAsync(session, proven.FamilyId, proven.Scope, client.Allows(GrantTypes.RefreshToken)), http.RequestAborted),
            proven.User!.Username);
    }
}
