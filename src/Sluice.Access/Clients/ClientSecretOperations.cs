using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary><c>/api/sluice/v1/clients/{id}/secrets</c> and <c>/keys</c>: several are good at a time, so that they are replaced without a gap.</summary>
internal static class ClientSecretOperations
{
    private const long MaxExpirySeconds = 10L * 366 * 86_400;

    internal static ClientSecret New(string secret, long nowMs, long? expiresMs)
    {
        var salt = SecretHash.NewSalt();
        return new ClientSecret(TechnicalAccounts.NewId("s"), salt, SecretHash.Of(salt, secret), nowMs, expiresMs);
    }

    internal static async Task<IResult> AddSecretAsync(HttpContext http, string clientId, AccessRuntime access)
    {
        var (wish, fault) = http.Request.ContentLength is 0 or null && !http.Request.HasJsonContentType()
            ? (new SecretWish(), null)
            : await AccessAnswers.ReadAsync(http, ClientJson.Default.SecretWish);
        if ((fault ?? FaultOfExpiry(wish!.ExpiresIn)) is { } reason)
            return AccessAnswers.Problem(400, reason);
        if (access.Snapshots.Current.FindClient(clientId) is not { } client)
            return ClientOperations.NotFound(clientId);
        if (client.Document.Public)
            return AccessAnswers.Problem(409, "A public client has no secrets");
        if (client.Secrets.Count >= ClientRules.MaxSecrets)
            return AccessAnswers.Problem(409, $"The client has {ClientRules.MaxSecrets} secrets already; delete one");

        var secret = SecretHash.NewSecret();
        var made = await access.Changes.RunAsync<ClientSecret>(
            AdministrationRequests.ActorOf(http), AuditKinds.SecretAdd,
            async (session, now) =>
            {
                if ((await ClientStore.ListAsync(session)).TrueForAll(one => one.ClientId != clientId))
                    return null;
                var one = New(secret, now, now + wish!.ExpiresIn * 1_000);
                await ClientStore.AddSecretAsync(session, clientId, one);
                return one;
            },
            one => (clientId, one.SecretId), http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        return made is null
            ? ClientOperations.NotFound(clientId)
            : Results.Json(
                new ClientSecretView(made.SecretId, made.CreatedMs, made.ExpiresMs, secret), ClientJson.Default.ClientSecretView, statusCode: 201);
    }

    internal static async Task<IResult> RemoveSecretAsync(HttpContext http, string clientId, string secretId, AccessRuntime access)
    {
        var removed = await access.Changes.RunAsync<string>(
            AdministrationRequests.ActorOf(http), AuditKinds.SecretRemove,
            async (session, _) => await ClientStore.RemoveSecretAsync(session, clientId, secretId) == 1 ? secretId : null,
            one => (clientId, one), http.RequestAborted);
        return removed is null ? AccessAnswers.Problem(404, $"Client [{clientId}] has no secret [{secretId}]") : Results.NoContent();
    }

    internal static async Task<IResult> AddKeyAsync(HttpContext http, string clientId, AccessRuntime access)
    {
        var (wish, fault) = await AccessAnswers.ReadAsync(http, ClientJson.Default.KeyWish);
        if ((fault ?? FaultOfExpiry(wish!.ExpiresIn)) is { } reason)
            return AccessAnswers.Problem(400, reason);
        using var key = JwtExchange.ReadKey(wish!.PublicKey ?? "");
        if (key is null)
            return AccessAnswers.Problem(400, "publicKey must be an RSA public key or certificate of at least 2048 bits, as PEM");
        if (access.Snapshots.Current.FindClient(clientId) is not { } client)
            return ClientOperations.NotFound(clientId);
        if (client.Kind != ClientKind.Api || client.Document.Public)
            return AccessAnswers.Problem(409, "Only confidential API clients exchange JWTs");
        if (client.Keys.Count >= ClientRules.MaxKeys)
            return AccessAnswers.Problem(409, $"The client has {ClientRules.MaxKeys} keys already; delete one");

        var pem = key.ExportSubjectPublicKeyInfoPem();
        var made = await access.Changes.RunAsync<ClientKey>(
            AdministrationRequests.ActorOf(http), AuditKinds.KeyAdd,
            async (session, now) =>
            {
                if ((await ClientStore.ListAsync(session)).TrueForAll(one => one.ClientId != clientId))
                    return null;
                var one = new ClientKey(TechnicalAccounts.NewId("k"), pem, now, now + wish.ExpiresIn * 1_000);
                await ClientStore.AddKeyAsync(session, clientId, one);
                return one;
            },
            one => (clientId, one.KeyId), http.RequestAborted);
        return made is null
            ? ClientOperations.NotFound(clientId)
            : Results.Json(new ClientKeyView(made.KeyId, made.CreatedMs, made.ExpiresMs), ClientJson.Default.ClientKeyView, statusCode: 201);
    }

    internal static async Task<IResult> RemoveKeyAsync(HttpContext http, string clientId, string keyId, AccessRuntime access)
    {
        var removed = await access.Changes.RunAsync<string>(
            AdministrationRequests.ActorOf(http), AuditKinds.KeyRemove,
            async (session, _) => await ClientStore.RemoveKeyAsync(session, clientId, keyId) == 1 ? keyId : null,
            one => (clientId, one), http.RequestAborted);
        return removed is null ? AccessAnswers.Problem(404, $"Client [{clientId}] has no key [{keyId}]") : Results.NoContent();
    }

    private static string? FaultOfExpiry(long? seconds) =>
        seconds is <= 0 or > MaxExpirySeconds ? $"expiresIn must be a number of seconds from 1 to {MaxExpirySeconds}" : null;
}
