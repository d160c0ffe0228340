using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>What every token request goes through: its bounds, its client, its grant, its line in the audit log.</summary>
internal sealed class TokenRequests(AuditLog audit, SnapshotSource snapshots, RequestBounds bounds, AccessMetrics metrics, TimeProvider clock)
{
    /// <summary>Decides one request by the grant its form names.</summary>
    /// <param name="http">The request.</param>
    /// <param name="kind">The kind of client that the path serves.</param>
    /// <param name="readsQuery">Whether fields may stand in the query too.</param>
    /// <param name="grantType">The grant of a path that has only one; null when the form names it.</param>
    /// <param name="decide">Decides for a client that proved itself.</param>
    internal async Task<IResult> RunAsync(
        HttpContext http, ClientKind kind, bool readsQuery, string? grantType, Func<Client, string, TokenForm, Task<GrantOutcome>> decide)
    {
        if (bounds.Refuse(http) is { } tooMany)
            return tooMany;
        var form = await TokenForm.ReadAsync(http, readsQuery);
        var grant = grantType ?? form["grant_type"];
        var (client, outcome) = await DecideAsync(http, kind, grant, form, decide);

        if (outcome.Granted is null)
            bounds.CountRefusal(http);
        metrics.TokenDecided(grant, outcome.Granted is not null);
        await audit.WriteAsync(new AuditEntry
        {
            Kind = AuditKinds.Token,
            Outcome = outcome.Granted is null ? "refused" : "done",
            Actor = outcome.Actor.Length > 0 ? outcome.Actor : form["username"],
            ClientId = client?.ClientId ?? form["client_id"],
            Address = AuditEntry.AddressOf(http),
            Detail = outcome.Refused is { } refused ? $"{grant}: {refused.Error}: {refused.ErrorDescription}" : grant,
        }, http.RequestAborted);
        return outcome.Result(http);
    }

    private async Task<(Client? Client, GrantOutcome Outcome)> DecideAsync(
        HttpContext http, ClientKind kind, string grant, TokenForm form, Func<Client, string, TokenForm, Task<GrantOutcome>> decide)
    {
        if (form.Fault is { } fault)
            return (null, GrantOutcome.Refuse("invalid_request", fault));
        if (grant.Length == 0)
            return (null, GrantOutcome.Refuse("invalid_request", "grant_type is missing."));
        if (!GrantTypes.PossibleFor(kind).Contains(grant) || grant == GrantTypes.Implicit)
            return (null, GrantOutcome.Refuse("unsupported_grant_type", $"This endpoint grants {string.Join(", ", Offered(kind))} only."));

        var (client, clientFault) = ClientAuthentication.Authenticate(http, form, snapshots.Current, clock.GetUtcNow().ToUnixTimeMilliseconds());
        return clientFault is not null ? (null, clientFault)
            : client!.Kind != kind ? (client, GrantOutcome.Refuse("invalid_client", "The client is of a kind that this endpoint does not serve."))
            : !client.Allows(grant) ? (client, GrantOutcome.Refuse("unauthorized_client", $"The client may not use {grant}."))
            : (client, await decide(client, grant, form));
    }

    private static IEnumerable<string> Offered(ClientKind kind) =>
        GrantTypes.PossibleFor(kind).Where(one => one is not (GrantTypes.Implicit or GrantTypes.Jwt));
}
