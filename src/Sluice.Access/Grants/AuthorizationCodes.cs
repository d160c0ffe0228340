using System.Security.Cryptography;
using System.Text;
using Sluice.Storage;

namespace Sluice.Access;

/// <summary>What a user allowed a client at the authorize page.</summary>
/// <param name="Client">Which client.</param>
/// <param name="User">Which user.</param>
/// <param name="RedirectUri">Where the answer goes, as the request named it; the token request must name the same. Empty: it named none.</param>
/// <param name="Scope">What was allowed.</param>
/// <param name="Challenge">The code challenge (RFC 7636), empty when none was sent.</param>
/// <param name="ChallengeMethod"><c>S256</c> or <c>plain</c>.</param>
internal sealed record Authorization(Client Client, User User, string RedirectUri, string Scope, string Challenge, string ChallengeMethod);

/// <summary>Who may have tokens, in which family, as a code or refresh token proved it; or why nobody.</summary>
internal readonly record struct ProvenFamily(string FamilyId, User? User, string Scope, GrantOutcome? Fault)
{
    internal static ProvenFamily Refuse(string description) => new("", null, "", GrantOutcome.Refuse("invalid_grant", description));
}

/// <summary>Authorization codes (RFC 6749 section 4.1): each is used once, by the client it was made for, with the address and proof it was made with.</summary>
internal sealed class AuthorizationCodes(SqlStore sql, SnapshotSource snapshots, TokenIssuer issuer, AuditLog audit, AccessOptions options, TimeProvider clock)
{
    private const int MinVerifierCharacters = 43; // RFC 7636 section 4.1
    private const int MaxVerifierCharacters = 128;

    /// <summary>Makes a code.</summary>
    internal Task<string> IssueAsync(Authorization authorization, CancellationToken cancellation) => sql.WriteAsync(async session =>
    {
        var code = SecretHash.NewSecret();
        var now = clock.GetUtcNow();
        var familyId = await issuer.AddFamilyAsync(session, authorization.Client, authorization.User, authorization.Scope);
        await session.ExecuteAsync(
            """
            insert into authorization_code (code_hash, family_id, redirect_uri, challenge, challenge_method, issued_ms, expires_ms)
            values (@hash, @familyId, @RedirectUri, @Challenge, @ChallengeMethod, @issued, @expires)
            """,
            new
            {
                hash = SecretHash.Of(code),
                familyId,
                authorization.RedirectUri,
                authorization.Challenge,
                authorization.ChallengeMethod,
                issued = now.ToUnixTimeMilliseconds(),
                expires = (now + options.CodeLifetime).ToUnixTimeMilliseconds(),
            });
        return code;
    }, cancellation);

    /// <summary>Uses a code up. One that was used already revokes what it gave: somebody stole it (RFC 6749 section 10.5).</summary>
    internal Task<ProvenFamily> UseAsync(Client client, TokenForm form, string address, CancellationToken cancellation)
    {
        var (code, redirectUri, verifier) = (form["code"], form["redirect_uri"], form["code_verifier"]);
        if (form.Fault is not null || code.Length == 0)
            return Task.FromResult(new ProvenFamily("", null, "", GrantOutcome.Refuse("invalid_request", form.Fault ?? "code is missing.")));
        var hash = SecretHash.Of(code);
        return sql.WriteAsync(async session =>
        {
            var row = await session.FindAsync<Row>(
                """
                select c.family_id as FamilyId, c.redirect_uri as RedirectUri, c.challenge as Challenge, c.challenge_method as Method,
                    c.issued_ms as IssuedMs, c.expires_ms as ExpiresMs, f.client_id as ClientId, f.user_id as UserId, f.scope as Scope
                from authorization_code c join token_family f on f.family_id = c.family_id where c.code_hash = @hash
                """, new { hash });
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            if (row is null || row.ClientId != client.ClientId)
                return ProvenFamily.Refuse("The code is unknown, or another client's.");
            var isFirst = await session.ExecuteAsync(
                "update authorization_code set used_ms = @now where code_hash = @hash and used_ms is null", new { hash, now }) == 1;
            if (!isFirst)
            {
                await TokenStore.RevokeFamilyAsync(session, row.FamilyId, clock);
                await audit.AddAsync(session, new AuditEntry
                {
                    Kind = AuditKinds.Reuse,
                    Outcome = "refused",
                    Actor = client.ClientId,
                    ClientId = client.ClientId,
                    Address = address,
                    Detail = "An authorization code came twice; what it had given is revoked",
                });
                return ProvenFamily.Refuse("The code was used already; the tokens it gave are revoked.");
            }
            var user = snapshots.Current.Users.GetValueOrDefault(row.UserId);
            return row.ExpiresMs <= now ? ProvenFamily.Refuse("The code expired.")
                : !IsOfRequest(redirectUri, row, client)
                    ? ProvenFamily.Refuse("redirect_uri is not the one of the authorization request.")
                : FaultOfProof(row, verifier) is { } fault ? ProvenFamily.Refuse(fault)
                : user?.Document.Status != UserStatus.Active || row.IssuedMs < Math.Max(user.TokensSinceMs, client.Document.TokensSinceMs)
                    ? ProvenFamily.Refuse("The user is gone or not active, or the code was revoked.")
                : new ProvenFamily(row.FamilyId, user, row.Scope, null);
        }, cancellation);
    }

    /// <summary>The challenge of a verifier, by method <c>S256</c> (RFC 7636 section 4.2).</summary>
    internal static string ChallengeOf(string verifier) =>
        System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));

    // RFC 6749 section 4.1.3: the address must come again if the authorization request named it.
    private static bool IsOfRequest(string redirectUri, Row row, Client client) =>
        row.RedirectUri.Length > 0 ? row.RedirectUri == redirectUri : redirectUri.Length == 0 || client.Document.RedirectUris.Contains(redirectUri);

    private static string? FaultOfProof(Row row, string verifier)
    {
        if (row.Challenge.Length == 0)
            return verifier.Length == 0 ? null : "A code_verifier came for a code without a challenge.";
        if (verifier.Length is < MinVerifierCharacters or > MaxVerifierCharacters)
            return "code_verifier is missing or not 43 to 128 characters long.";
        var proof = row.Method == "S256" ? ChallengeOf(verifier) : verifier;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(proof), Encoding.UTF8.GetBytes(row.Challenge))
            ? null
            : "code_verifier does not fit the challenge.";
    }

    private sealed class Row
    {
        public string FamilyId { get; set; } = "";
        public string RedirectUri { get; set; } = "";
        public string Challenge { get; set; } = "";
        public string Method { get; set; } = "";
        public long IssuedMs { get; set; }
        public long ExpiresMs { get; set; }
        public string ClientId { get; set; } = "";
        public long UserId { get; set; }
        public string Scope { get; set; } = "";
    }
}
