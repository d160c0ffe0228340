using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>What is known of a token (RFC 7662 section 2.2). Of a token that is not good, only that.</summary>
internal sealed record TokenDescription(bool Active)
{
    public string? Scope { get; init; }
    public string? ClientId { get; init; }
    public string? Username { get; init; }
    public string? TokenType { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public long? Exp { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public long? Iat { get; init; }

    public string? Sub { get; init; }
    public string? Org { get; init; }
}

/// <summary><c>POST /oauth/introspect</c>, <c>/ims/introspect</c> (RFC 7662): a confidential client asks of its own tokens, one of an admin's of all.</summary>
internal static class IntrospectToken
{
    internal static async Task<IResult> HandleAsync(HttpContext http, AccessRuntime access)
    {
        if (access.Bounds.Refuse(http) is { } tooMany)
            return tooMany;
        var form = await TokenForm.ReadAsync(http, readsQuery: false);
        var snapshot = access.Snapshots.Current;
        var (client, fault) = ClientAuthentication.Authenticate(http, form, snapshot, access.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        var token = form["token"];
        fault ??= client!.Document.Public ? ClientAuthentication.Challenge(http, "A public client proves nothing and is told nothing.") : null;
        fault ??= form.Fault is not null || token.Length == 0 ? GrantOutcome.Refuse("invalid_request", form.Fault ?? "token is missing.") : null;
        if (fault is not null)
        {
            access.Bounds.CountRefusal(http);
            return fault.Result(http);
        }

        var mayAskOfAll = client!.Document.IsAdmin || snapshot.FindTechnicalAccount(client.ClientId)?.IsAdmin == true;
        var description = await DescribeAsync(access, snapshot, client, mayAskOfAll, token, http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(description, IntrospectionJson.Default.TokenDescription);
    }

    private static async Task<TokenDescription> DescribeAsync(
        AccessRuntime access, AccessSnapshot snapshot, Client client, bool mayAskOfAll, string token, CancellationToken cancellation)
    {
        var known = await access.Tokens.ReadAsync(token, cancellation);
        if (known is not null && access.Tokens.Judge(known).Caller is { } caller && (mayAskOfAll || known.ClientId == client.ClientId))
            return new TokenDescription(true)
            {
                Scope = known.Scope,
                ClientId = known.ClientId,
                Username = caller.Name,
                TokenType = "bearer",
                Exp = known.ExpiresMs / 1_000,
                Iat = known.IssuedMs / 1_000,
                Sub = caller.Name,
                Org = caller.OrgId,
            };

        var refresh = await access.Sql.ReadAsync(session => TokenStore.FindRefreshTokenAsync(session, SecretHash.Of(token)), cancellation);
        var user = refresh is null ? null : snapshot.Users.GetValueOrDefault(refresh.UserId);
        var isGood = refresh is { RevokedMs: null, UsedMs: null } && refresh.ExpiresMs > access.Clock.GetUtcNow().ToUnixTimeMilliseconds()
            && user?.Document.Status == UserStatus.Active && refresh.IssuedMs >= user.TokensSinceMs
            && snapshot.FindClient(refresh.ClientId)?.Document.Enabled == true && (mayAskOfAll || refresh.ClientId == client.ClientId);
        return !isGood
            ? new TokenDescription(false)
            : new TokenDescription(true)
            {
                Scope = refresh!.Scope,
                ClientId = refresh.ClientId,
                Username = user!.Username,
                TokenType = "refresh_token",
                Exp = refresh.ExpiresMs / 1_000,
                Iat = refresh.IssuedMs / 1_000,
                Sub = user.Username,
                Org = access.Organisation.OrgId,
            };
    }
}

/// <summary>How descriptions of tokens look.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenDescription))]
internal sealed partial class IntrospectionJson : JsonSerializerContext;
