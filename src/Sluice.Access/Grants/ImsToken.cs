using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary><c>POST /ims/token[/v1|/v2|/v3]</c>: JWTs for API clients, by form or query (contract collection.md section 7, audience.md 1.1).</summary>
internal static class ImsToken
{
    internal static Task<IResult> HandleAsync(HttpContext http, AccessRuntime access) =>
        access.TokenRequests.RunAsync(http, ClientKind.Api, readsQuery: true, grantType: null, (client, grant, form) => grant switch
        {
            GrantTypes.AuthorizationCode => ExchangeCodeAsync(http, access, client, form),
            GrantTypes.RefreshToken => access.RefreshTokens.UseAsync(
                client, form, AuditEntry.AddressOf(http), async (session, proven) => access.Issuer.GrantJwt(
                    http.Request, client, proven, await access.Issuer.AddRefreshTokenAsync(session, proven.FamilyId)),
                http.RequestAborted),
            GrantTypes.ClientCredentials when !client.Document.Public => Task.FromResult(GrantToItself(http, access, client, form["scope"])),
            _ => Task.FromResult(GrantOutcome.Refuse("unauthorized_client", $"The client may not use {grant} here.")),
        });

    private static GrantOutcome GrantToItself(HttpContext http, AccessRuntime access, Client client, string scope) =>
        scope.Length > 1_000
            ? GrantOutcome.Refuse("invalid_scope", "scope has more than 1000 characters.")
            : GrantOutcome.Grant(access.Issuer.GrantJwt(http.Request, client, scope), client.ClientId);

    private static async Task<GrantOutcome> ExchangeCodeAsync(HttpContext http, AccessRuntime access, Client client, TokenForm form)
    {
        var proven = await access.Codes.UseAsync(client, form, AuditEntry.AddressOf(http), http.RequestAborted);
        if (proven.Fault is not null)
            return proven.Fault;
        var refresh = client.Allows(GrantTypes.RefreshToken)
            ? await access.Sql.WriteAsync(session => access.Issuer.AddRefreshTokenAsync(session, proven.FamilyId), http.RequestAborted)
            : null;
        return GrantOutcome.Grant(access.Issuer.GrantJwt(http.Request, client, proven, refresh), proven.User!.Username);
    }
}
