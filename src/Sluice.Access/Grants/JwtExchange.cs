using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Sluice.Access;

/// <summary><c>POST /ims/exchange/jwt</c>: a client's own signed JWT for an access token (contract audience.md 1.1, RFC 7519, RFC 7523 section 3).</summary>
internal static class JwtExchange
{
    private const int MaxAssertionCharacters = 16_384;
    private const string PublishedOrigin = "https://ims-na1.adobelogin.com";

    // Clients set exp to now plus a day; their clocks may run ahead.
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(24);
    private static readonly string[] Metascopes = ["ent_audiencemanagerplatform_sdk", "ent_dataservices_sdk"];

    internal static Task<IResult> HandleAsync(HttpContext http, AccessRuntime access) =>
        access.TokenRequests.RunAsync(http, ClientKind.Api, readsQuery: true, GrantTypes.Jwt, async (client, _, form) =>
        {
            var assertion = form["jwt_token"];
            if (form.Fault is not null || assertion.Length is 0 or > MaxAssertionCharacters)
                return GrantOutcome.Refuse("invalid_request", form.Fault ?? "jwt_token is missing or too long.");
            if (await FindFaultAsync(http, access, client, assertion) is { } fault)
                return GrantOutcome.Refuse("invalid_token", fault);

            var granted = access.Issuer.GrantJwt(http.Request, client, "");
            return GrantOutcome.Grant(granted with { ExpiresIn = granted.ExpiresIn * 1_000 }, client.ClientId);
        });

    /// <summary>Reads a public key or a certificate from PEM text; null when it is neither, or no RSA key of at least 2048 bits.</summary>
    internal static RSA? ReadKey(string pem)
    {
        var rsa = RSA.Create();
        try
        {
            if (pem.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal))
            {
                using var certificate = X509Certificate2.CreateFromPem(pem);
                rsa.Dispose();
                rsa = certificate.GetRSAPublicKey();
            }
            else if (pem.Contains("PRIVATE", StringComparison.Ordinal))
                throw new ArgumentException("A private key was sent");
            else
                rsa.ImportFromPem(pem);
        }
        catch (Exception failure) when (failure is ArgumentException or CryptographicException)
        {
            rsa?.Dispose();
            return null;
        }
        if (rsa?.KeySize >= 2048)
            return rsa;
        rsa?.Dispose();
        return null;
    }

    private static async Task<string?> FindFaultAsync(HttpContext http, AccessRuntime access, Client client, string assertion)
    {
        // 1. The signature, by one of the client's live keys.
        var now = access.Clock.GetUtcNow();
        var keys = client.Keys.Where(key => key.ExpiresMs is null || key.ExpiresMs > now.ToUnixTimeMilliseconds()).Select(key => ReadKey(key.PublicKeyPem)!).ToList();
        try
        {
            if (keys.Count == 0)
                return "The client has no public key that is still good.";
            var result = await new JsonWebTokenHandler().ValidateTokenAsync(assertion, new TokenValidationParameters
            {
                ValidateIssuer = false,
                ValidateAudience = false,
                ValidateLifetime = false,
                TryAllIssuerSigningKeys = true,
                IssuerSigningKeys = keys.Select(key => new RsaSecurityKey(key) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } }),
                ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            });
            if (!result.IsValid || result.SecurityToken is not JsonWebToken read)
                return "The JWT is malformed, not signed with RS256, or not by a key of this client.";

            // 2. What it claims, then whether it came before.
            return FindClaimFault(http, access, client, read, now) ?? await FindReplayFaultAsync(access, assertion, read, now, http.RequestAborted);
        }
        finally
        {
            keys.ForEach(key => key.Dispose());
        }
    }

    private static string? FindClaimFault(HttpContext http, AccessRuntime access, Client client, JsonWebToken read, DateTimeOffset now)
    {
        var skew = access.Options.ClockSkew;
        string[] origins = [PublishedOrigin, access.Issuer.IssuerOf(http.Request)];
        if (!read.TryGetPayloadValue<long>("exp", out var exp))
            return "exp is missing.";
        var expires = exp is > 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(exp) : DateTimeOffset.MinValue;
        return expires + skew <= now ? "The JWT expired."
            : expires > now + MaxLifetime + skew ? "exp lies more than 24 hours ahead."
            : IsAhead("nbf") ? "The JWT is not valid yet: nbf."
            : IsAhead("iat") ? "The JWT was issued in the future: iat."
            : read.Issuer != access.Organisation.OrgId ? "iss is not the organisation."
            : read.Subject != client.TechnicalAccount ? "sub is not the technical account of this client."
            : !read.Audiences.Any(audience => origins.Any(origin => audience == $"{origin}/c/{client.ClientId}")) ? $"aud is not {origins[^1]}/c/{{client id}}."
            : !origins.Any(origin => Metascopes.Any(scope => read.TryGetPayloadValue<bool>($"{origin}/s/{scope}", out var isSet) && isSet)) ? "No metascope is claimed."
            : null;

        bool IsAhead(string claim) => read.TryGetPayloadValue<double>(claim, out var seconds) && seconds > (now + skew).ToUnixTimeMilliseconds() / 1_000.0;
    }

    /// <summary>With a <c>jti</c> an assertion serves once; without one, again for a short time after its first use: retries, and equal ones made in one second.</summary>
    private static async Task<string?> FindReplayFaultAsync(
        AccessRuntime access, string assertion, JsonWebToken read, DateTimeOffset now, CancellationToken cancellation)
    {
        var hash = SecretHash.Of(read.Id is { Length: > 0 } id ? $"{read.Subject} {id}" : assertion[..assertion.LastIndexOf('.')]);
        var until = new DateTimeOffset(read.ValidTo, TimeSpan.Zero) + access.Options.ClockSkew;
        var firstMs = await access.Sql.WriteAsync(
            session => TokenStore.UseAssertionAsync(session, hash, now.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds()), cancellation);
        return firstMs is null ? null
            : read.Id is { Length: > 0 } ? "The JWT was exchanged already: its jti came before."
            : now.ToUnixTimeMilliseconds() - firstMs > access.Options.AssertionReuse.TotalMilliseconds ? "The JWT was exchanged already."
            : null;
    }
}
