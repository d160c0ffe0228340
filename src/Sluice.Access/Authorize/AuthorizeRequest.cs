using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Sluice.Access;

/// <summary>What a client asks of a user at the authorize page, once everything about it is known to be in order.</summary>
/// <param name="Client">Who asks.</param>
/// <param name="Return">Where the answer goes.</param>
/// <param name="NamesRedirect">Whether the request named the address, so that the token request must too (RFC 6749 section 4.1.3).</param>
/// <param name="WantsCode">A code, or else an access token at once.</param>
/// <param name="Scope">The words asked for, each once.</param>
/// <param name="Challenge">The code challenge (RFC 7636), empty when none came.</param>
/// <param name="ChallengeMethod"><c>S256</c> or <c>plain</c>, empty without a challenge.</param>
/// <param name="MustSignIn">Whether the user must give the password even when signed in.</param>
internal sealed record AuthorizeRequest(
    Client Client, ReturnAddress Return, bool NamesRedirect, bool WantsCode, string Scope, string Challenge, string ChallengeMethod, bool MustSignIn)
{
    /// <summary>The same request as a query, for the next step; one that comes after a sign-in leaves <c>prompt</c> out.</summary>
    internal string QueryAfterSignIn => QueryString.Create(Parameters.Where(one => one.Value.Length > 0)!).Value!;

    /// <summary>The same request as a query, for the next step.</summary>
    internal string Query => QueryAfterSignIn + (MustSignIn ? "&prompt=login" : "");

    internal Authorization AllowedBy(User user) => new(Client, user, NamesRedirect ? Return.RedirectUri : "", Scope, Challenge, ChallengeMethod);

    private IEnumerable<KeyValuePair<string, string>> Parameters =>
    [
        new("client_id", Client.ClientId),
        new("response_type", WantsCode ? "code" : "token"),
        new("redirect_uri", NamesRedirect ? Return.RedirectUri : ""),
        new("scope", Scope),
        new("state", Return.State),
        new("code_challenge", Challenge),
        new("code_challenge_method", ChallengeMethod),
    ];
}

/// <summary>What became of reading a request to authorize.</summary>
internal abstract record AuthorizeReading
{
    private AuthorizeReading() { }

    /// <summary>In order.</summary>
    internal sealed record Asked(AuthorizeRequest Request) : AuthorizeReading;

    /// <summary>Not in order, and the client is told at its address.</summary>
    internal sealed record Refused(ReturnAddress Return, string Error, string Description) : AuthorizeReading;

    /// <summary>It is not known that the address is the client's, so nobody is sent there: the user reads the reason (RFC 6749 section 4.1.2.1).</summary>
    internal sealed record Unusable(string Error, string Description) : AuthorizeReading;
}

/// <summary>Reads requests to authorize: RFC 6749 sections 4.1.1 and 4.2.1, RFC 7636 section 4.3.</summary>
internal sealed class AuthorizeReader
{
    private const int MaxStateCharacters = 2_000;
    private const int MinChallengeCharacters = 43; // RFC 7636 section 4.2
    private const int MaxChallengeCharacters = 128;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _repeated = new(StringComparer.Ordinal);

    private AuthorizeReader(string? query)
    {
        // Names are compared exactly, which the framework's own collection does not. A parameter without a value counts as left out.
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var (name, value) = (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
            if (!_values.TryAdd(name, value))
                _repeated.Add(name);
        }
    }

    private string this[string name] => _repeated.Contains(name) ? "" : _values.GetValueOrDefault(name, "");

    /// <summary>Reads a request; <paramref name="issuer"/> is who we are to clients (RFC 9207).</summary>
    internal static AuthorizeReading Read(HttpRequest request, AccessSnapshot snapshot, string issuer) =>
        new AuthorizeReader(request.QueryString.Value).Read(snapshot, issuer);

    private AuthorizeReading Read(AccessSnapshot snapshot, string issuer)
    {
        if (this["client_id"].Length == 0)
            return new AuthorizeReading.Unusable("invalid_request", "client_id is missing, or stands more than once.");
        if (snapshot.FindClient(this["client_id"]) is not { } client)
            return new AuthorizeReading.Unusable("invalid_client", "There is no client with this client_id.");
        if (!client.Document.Enabled)
            return new AuthorizeReading.Unusable("invalid_client", "The client is disabled.");
        if (_repeated.Contains("redirect_uri"))
            return new AuthorizeReading.Unusable("invalid_request", "redirect_uri stands more than once.");
        var named = this["redirect_uri"];
        IReadOnlyList<string> known = ConsoleClient.Is(client) ? [ConsoleClient.RedirectOf(issuer)] : client.Document.RedirectUris;
        if (named.Length == 0 && known.Count != 1)
            return new AuthorizeReading.Unusable("invalid_request", known.Count == 0
                ? "No redirect_uri is registered for the client."
                : "redirect_uri is missing, and the client has several.");
        if (named.Length > 0 && !known.Contains(named, StringComparer.Ordinal))
            return new AuthorizeReading.Unusable("invalid_request", "redirect_uri is not one of those registered for the client, character by character.");

        var back = new ReturnAddress(
            named.Length > 0 ? named : known[0], this["response_type"] == "token", this["state"], issuer);
        return (FaultOfResponseType(client) ?? FaultOfRest(client)) is var (error, description)
            ? new AuthorizeReading.Refused(back, error, description)
            : new AuthorizeReading.Asked(new AuthorizeRequest(
                client, back, named.Length > 0, WantsCode, string.Join(' ', ScopesOf(client).Distinct()),
                WantsCode ? this["code_challenge"] : "", WantsCode ? Method : "", this["prompt"] == "login"));
    }

    private bool WantsCode => this["response_type"] == "code";

    // Clients of the /ims paths send lists of another vocabulary (contract collection.md section 7): what they mean here is everything.
    private string[] ScopesOf(Client client)
    {
        var isForeign = client.Kind == ClientKind.Api && !RefreshTokens.IsWithin(this["scope"], TokenIssuer.LegacyScope);
        return (this["scope"].Length > 0 && !isForeign ? this["scope"] : TokenIssuer.LegacyScope).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private string Method =>
        this["code_challenge_method"].Length == 0 && this["code_challenge"].Length > 0 ? "plain" : this["code_challenge_method"]; // RFC 7636 section 4.3

    private (string Error, string Description)? FaultOfResponseType(Client client)
    {
        if (_repeated.Count > 0)
            return ("invalid_request", $"{(_repeated.Contains("state") ? "state" : "A parameter")} stands more than once.");
        var grant = this["response_type"] switch { "code" => GrantTypes.AuthorizationCode, "token" => GrantTypes.Implicit, _ => null };
        return this["response_type"].Length == 0 ? ("invalid_request", "response_type is missing.")
            : grant is null ? ("unsupported_response_type", "response_type must be code or token.")
            : !client.Allows(grant) ? ("unauthorized_client", $"The client may not use {grant}.")
            : null;
    }

    private (string Error, string Description)? FaultOfRest(Client client) =>
        this["state"].Length > MaxStateCharacters ? ("invalid_request", $"state has at most {MaxStateCharacters} characters.")
        : this["prompt"] is not ("" or "login") ? ("invalid_request", "prompt can be login only.")
        : ScopesOf(client) is var scopes && (scopes.Length == 0 || !RefreshTokens.IsWithin(string.Join(' ', scopes), TokenIssuer.LegacyScope))
            ? ("invalid_scope", $"scope can hold these words only: {TokenIssuer.LegacyScope}.")
        : WantsCode && FaultOfChallenge(client) is { } fault ? ("invalid_request", fault)
        : null;

    private string? FaultOfChallenge(Client client)
    {
        var challenge = this["code_challenge"];
        return challenge.Length == 0 && Method.Length > 0 ? "code_challenge_method came without a code_challenge."
            : challenge.Length == 0 ? client.Document.Public ? "A public client must send a code_challenge (RFC 7636)." : null
            : Method is not ("S256" or "plain") ? "code_challenge_method must be S256 or plain: transform algorithm not supported."
            : client.Document.Public && Method != "S256" ? "A public client must use code_challenge_method S256."
            : challenge.Length is < MinChallengeCharacters or > MaxChallengeCharacters || challenge.Any(one => !IsUnreserved(one))
                ? $"code_challenge must have {MinChallengeCharacters} to {MaxChallengeCharacters} letters, digits, and - . _ ~"
            : null;
    }

    private static bool IsUnreserved(char one) => char.IsAsciiLetterOrDigit(one) || one is '-' or '.' or '_' or '~';
}
