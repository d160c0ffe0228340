using Microsoft.AspNetCore.Http;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary><c>/api/sluice/v1/clients</c>: programs that may ask for tokens; a client keeps its id for life.</summary>
internal static class ClientOperations
{
    internal static IResult List(HttpContext http, AccessRuntime access)
    {
        var snapshot = access.Snapshots.Current;
        return AdministrationRequests.List(
            http, snapshot.Clients.Values.OrderBy(client => client.CreatedMs).ThenBy(client => client.ClientId, StringComparer.Ordinal)
                .Select(client => ClientView.Of(client, snapshot)),
            client => [client.ClientId, client.Name, client.TechnicalAccount], ClientJson.Default.PageClientView);
    }

    internal static IResult Get(string clientId, AccessRuntime access)
    {
        var snapshot = access.Snapshots.Current;
        return snapshot.FindClient(clientId) is { } client ? Answer(client, snapshot) : NotFound(clientId);
    }

    internal static async Task<IResult> CreateAsync(HttpContext http, AccessRuntime access)
    {
        var (wish, bodyFault) = await AccessAnswers.ReadAsync(http, ClientJson.Default.ClientWish);
        if (bodyFault is not null)
            return AccessAnswers.Problem(400, bodyFault);
        if (wish!.Kind is not (null or "api" or "legacy"))
            return AccessAnswers.Problem(400, "kind must be api or legacy");
        var snapshot = access.Snapshots.Current;
        if (snapshot.Clients.Count >= ClientRules.MaxClients)
            return AccessAnswers.Problem(409, $"There are {ClientRules.MaxClients} clients already");

        var kind = wish.Kind == "legacy" ? ClientKind.Legacy : ClientKind.Api;
        var now = access.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var blank = new Client(
            TechnicalAccounts.NewId(wish.Kind ?? "api"), kind, "", kind == ClientKind.Api ? TechnicalAccounts.NewName(access.Organisation) : "",
            new ClientDocument { GrantTypes = ClientRules.DefaultGrants(kind, wish.Public == true) }, [], [], now, now);
        var (client, fault) = ClientRules.Apply(wish, blank, snapshot, access.EnvironmentNames);
        if (fault is not null)
            return AccessAnswers.Problem(400, fault);

        var secret = client.Document.Public ? null : SecretHash.NewSecret();
        await access.Changes.RunAsync<Client>(
            AdministrationRequests.ActorOf(http), AuditKinds.ClientCreate,
            async (session, _) =>
            {
                await ClientStore.AddAsync(session, client);
                if (secret is not null)
                    await ClientStore.AddSecretAsync(session, client.ClientId, ClientSecretOperations.New(secret, now, null));
                await SetAccountAsync(session, client, null, wish, now);
                return client;
            },
            made => (made.ClientId, $"{made.Name}, {made.Kind}"), http.RequestAborted);
        var answer = new ClientMade(ClientView.Of(access.Snapshots.Current.FindClient(client.ClientId)!, access.Snapshots.Current), secret);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(answer, ClientJson.Default.ClientMade, statusCode: 201);
    }

    internal static async Task<IResult> ChangeAsync(HttpContext http, string clientId, AccessRuntime access)
    {
        var (wish, bodyFault) = await AccessAnswers.ReadAsync(http, ClientJson.Default.ClientWish);
        if (bodyFault is not null)
            return AccessAnswers.Problem(400, bodyFault);
        var snapshot = access.Snapshots.Current;
        if (snapshot.FindClient(clientId) is not { } known)
            return NotFound(clientId);
        if (wish!.Kind is not null && wish.Kind != (known.Kind == ClientKind.Api ? "api" : "legacy"))
            return AccessAnswers.Problem(400, "kind cannot change; make another client");
        if (ClientRules.Apply(wish, known, snapshot, access.EnvironmentNames).Fault is { } fault)
            return AccessAnswers.Problem(400, fault);

        var changed = await access.Changes.RunAsync<Client>(
            AdministrationRequests.ActorOf(http), AuditKinds.ClientChange,
            async (session, now) =>
            {
                // Laid over what stands in SQL now: another admin may have changed another member since the snapshot.
                if ((await ClientStore.ListAsync(session)).Find(one => one.ClientId == clientId) is not { } current)
                    return null;
                var client = ClientRules.Apply(wish, current, snapshot, access.EnvironmentNames).Client with { UpdatedMs = now };
                await ClientStore.ChangeAsync(session, client);
                await SetAccountAsync(session, client, (await UserStore.ListAsync(session)).Find(user => user.ClientId == clientId), wish, now);
                return client;
            },
            client => (client.ClientId, client.Document.Enabled ? "enabled" : "disabled"), http.RequestAborted);
        return changed is null ? NotFound(clientId) : Get(clientId, access);
    }

    internal static async Task<IResult> DeleteAsync(HttpContext http, string clientId, AccessRuntime access)
    {
        var removed = await access.Changes.RunAsync<Client>(
            AdministrationRequests.ActorOf(http), AuditKinds.ClientDelete,
            async (session, _) =>
            {
                if ((await ClientStore.ListAsync(session)).Find(one => one.ClientId == clientId) is not { } client)
                    return null;
                await ClientStore.RemoveAsync(session, clientId);
                if ((await UserStore.ListAsync(session)).Find(user => user.ClientId == clientId) is { } account)
                    await UserStore.RemoveAsync(session, account.UserId);
                return client;
            },
            client => (client.ClientId, client.Name), http.RequestAborted);
        return removed is null ? NotFound(clientId) : Results.NoContent();
    }

    /// <summary>Ends every token the client has, at once.</summary>
    internal static async Task<IResult> RevokeTokensAsync(HttpContext http, string clientId, AccessRuntime access)
    {
        var changed = await access.Changes.RunAsync<Client>(
            AdministrationRequests.ActorOf(http), AuditKinds.Revoke,
            async (session, now) =>
            {
                if ((await ClientStore.ListAsync(session)).Find(one => one.ClientId == clientId) is not { } client)
                    return null;
                await ClientStore.ChangeAsync(session, client with { Document = client.Document with { TokensSinceMs = now + 1 } });
                return client;
            },
            client => (client.ClientId, "all tokens of the client"), http.RequestAborted);
        return changed is null ? NotFound(clientId) : Results.NoContent();
    }

    internal static IResult NotFound(string clientId) => AccessAnswers.Problem(404, $"There is no client [{clientId}]");

    private static IResult Answer(Client client, AccessSnapshot snapshot) => Results.Json(ClientView.Of(client, snapshot), ClientJson.Default.ClientView);

    /// <summary>Gives the technical account what the wish says; makes it when it is to have something.</summary>
    private static async Task SetAccountAsync(SqlSession session, Client client, User? account, ClientWish wish, long nowMs)
    {
        if (client.Kind != ClientKind.Api || account is null && wish.Groups is not { Count: > 0 } && !client.Document.IsAdmin)
            return;
        account ??= await TechnicalAccounts.AddAsync(session, client, nowMs);
        if (account.IsAdmin != client.Document.IsAdmin && wish.IsAdmin is not null)
            await UserStore.ChangeAsync(session, account with { IsAdmin = client.Document.IsAdmin, UpdatedMs = nowMs });
        if (wish.Groups is not null)
            await GroupStore.SetGroupsOfAsync(session, account.UserId, wish.Groups);
    }
}
