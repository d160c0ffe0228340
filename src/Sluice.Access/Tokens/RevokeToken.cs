using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary><c>POST /oauth/revoke</c>, <c>/ims/revoke</c> (RFC 7009): a client ends a token of its own. Unknown tokens are ended already.</summary>
internal static class RevokeToken
{
    internal static async Task<IResult> HandleAsync(HttpContext http, AccessRuntime access)
    {
        if (access.Bounds.Refuse(http) is { } tooMany)
            return tooMany;
        var form = await TokenForm.ReadAsync(http, readsQuery: false);
        var (client, fault) = ClientAuthentication.Authenticate(http, form, access.Snapshots.Current, access.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        var token = form["token"];
        fault ??= form.Fault is not null || token.Length == 0 ? GrantOutcome.Refuse("invalid_request", form.Fault ?? "token is missing.") : null;
        fault ??= await RevokeAsync(access, client!, token, http.RequestAborted);
        if (fault is not null)
        {
            access.Bounds.CountRefusal(http);
            return fault.Result(http);
        }
        await access.Audit.WriteAsync(new AuditEntry
        {
            Kind = AuditKinds.Revoke,
            Outcome = "done",
            Actor = client!.ClientId,
            ClientId = client.ClientId,
            Address = AuditEntry.AddressOf(http),
        }, http.RequestAborted);
        return Results.Ok();
    }

    private static async Task<GrantOutcome?> RevokeAsync(AccessRuntime access, Client client, string token, CancellationToken cancellation)
    {
        var hash = SecretHash.Of(token);
        if (await access.Tokens.ReadAsync(token, cancellation) is { } accessToken)
        {
            if (accessToken.ClientId != client.ClientId)
                return Others;
            await access.Sql.WriteAsync(
                session => TokenStore.RevokeAccessTokenAsync(session, hash, accessToken.ExpiresMs, access.Clock), cancellation);
            if (TokenKey.TryParse(hash, out var key))
                access.Cache.Remove(key);
            return null;
        }

        var refresh = await access.Sql.ReadAsync(session => TokenStore.FindRefreshTokenAsync(session, hash), cancellation);
        if (refresh is null)
            return null;
        if (refresh.ClientId != client.ClientId)
            return Others;
        await access.Sql.WriteAsync(session => TokenStore.RevokeFamilyAsync(session, refresh.FamilyId, access.Clock), cancellation);
        access.Cache.RemoveFamily(refresh.FamilyId);
        return null;
    }

    private static GrantOutcome Others => GrantOutcome.Refuse("unauthorized_client", "The token is another client's.");
}
