using System.Net;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>A user's name and password in the <c>Authorization</c> header: gateway management only, over TLS or from this machine.</summary>
internal sealed class BasicCredentials(
    PasswordCheck passwords, TokenCache cache, TokenReader tokens, RequestBounds bounds, AuditLog audit, AccessMetrics metrics, TimeProvider clock)
{
    /// <summary>How long a right pair is remembered: a script's hundred calls cost one slow hash, and a lock or a change is seen soon.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    internal static bool IsSent(HttpRequest request) =>
        request.Headers.Authorization.ToString().StartsWith("Basic ", StringComparison.OrdinalIgnoreCase);

    internal async ValueTask<(CallerFinding Finding, Refusal? Fault)> FindAsync(HttpContext http)
    {
        if (!http.Request.IsHttps && !IPAddress.IsLoopback(http.Connection.RemoteIpAddress ?? IPAddress.None))
            return (CallerFinding.Invalid, Refuse("Basic authentication is taken over TLS only"));
        var header = http.Request.Headers.Authorization.ToString();
        if (header.Length > TokenKey.MaxTokenCharacters || ClientAuthentication.ReadBasic(header) is not { } pair)
            return (CallerFinding.Invalid, Refuse("The Basic header cannot be read"));

        var key = TokenKey.Of(header);
        if (cache.TryGet(key, out var known) && tokens.Judge(known) is { Verdict: TokenVerdict.Valid } remembered)
            return (remembered, null);
        if (bounds.Refuse(http) is not null)
            return (CallerFinding.Invalid, new Refusal(429, "429000", "too_many_requests", "Too many requests or refusals from this address; wait"));

        var removals = cache.Removals;
        var (outcome, user) = await passwords.CheckAsync(pair.Id, pair.Secret, "", AuditEntry.AddressOf(http), http.RequestAborted);
        metrics.SignedIn(outcome);
        await audit.WriteAsync(new AuditEntry
        {
            Kind = AuditKinds.SignIn,
            Outcome = outcome == SignInOutcome.Accepted ? "done" : "refused",
            Actor = pair.Id,
            Address = AuditEntry.AddressOf(http),
            Detail = outcome == SignInOutcome.Accepted ? "basic" : $"basic: {outcome}",
        }, http.RequestAborted);
        if (outcome != SignInOutcome.Accepted)
        {
            bounds.CountRefusal(http);
            return (CallerFinding.Invalid, Refuse(SignInTexts.Of(outcome)));
        }
        var now = clock.GetUtcNow();
        var token = new KnownToken
        {
            ClientId = "",
            UserId = user!.UserId,
            Scope = "",
            IssuedMs = now.ToUnixTimeMilliseconds(),
            ExpiresMs = (now + Remembered).ToUnixTimeMilliseconds(),
            IsBasic = true,
        };
        cache.Add(key, token, removals);
        return (tokens.Judge(token), null);
    }

    private static Refusal Refuse(string message) =>
        new(401, "401013", "unauthorized", message) { Challenge = "Basic realm=\"gateway\"" };
}
