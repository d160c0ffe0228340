using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>Who asks for a token, or why nobody is believed to.</summary>
internal readonly record struct AuthenticatedClient(Client? Client, GrantOutcome? Fault);

/// <summary>Client authentication (RFC 6749 section 2.3): Basic header or form fields, or both at once when they agree.</summary>
internal static class ClientAuthentication
{
    private const string Scheme = "Basic ";

    /// <summary>Finds the client of a request. A public client shows its id only.</summary>
    internal static AuthenticatedClient Authenticate(HttpContext http, TokenForm form, AccessSnapshot snapshot, long nowMs)
    {
        var header = http.Request.Headers.Authorization.ToString();
        var usesBasic = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        var (clientId, secret) = (form["client_id"], form["client_secret"]);
        if (form.Fault is { } fault)
            return new(null, GrantOutcome.Refuse("invalid_request", fault));
        if (usesBasic)
        {
            if (ReadBasic(header) is not { } pair)
                return new(null, Refuse(http, usesBasic, "The Basic header cannot be read."));
            if (clientId.Length > 0 && clientId != pair.Id || secret.Length > 0 && secret != pair.Secret)
                return new(null, GrantOutcome.Refuse("invalid_request", "The Basic header and the form name different clients."));
            (clientId, secret) = pair;
        }
        if (clientId.Length == 0)
            return new(null, GrantOutcome.Refuse("invalid_request", "client_id and client_secret are both needed."));

        var client = snapshot.FindClient(clientId);
        if (client?.Document.Public == true && secret.Length == 0)
            return client.Document.Enabled ? new(client, null) : new(null, Disabled(http, usesBasic));
        if (secret.Length == 0 && !usesBasic)
            return new(null, GrantOutcome.Refuse("invalid_request", "client_id and client_secret are both needed."));
        var isRight = SecretHash.Matches(client, secret, nowMs) || usesBasic && SecretHash.Matches(client, FormDecoded(secret), nowMs);
        return !isRight || client is null ? new(null, Refuse(http, usesBasic, "The client is unknown or its secret is wrong."))
            : client.Document.Enabled ? new(client, null)
            : new(null, Disabled(http, usesBasic));
    }

    /// <summary>Refuses with 401, which always comes with a challenge (RFC 9110 section 15.5.2).</summary>
    internal static GrantOutcome Challenge(HttpContext http, string description)
    {
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"oauth\"";
        return GrantOutcome.Refuse("invalid_client", description, 401);
    }

    /// <summary>A refused Basic header gets 401 and the challenge, anything else the status of the path (RFC 6749 section 5.2).</summary>
    private static GrantOutcome Refuse(HttpContext http, bool usesBasic, string description) =>
        usesBasic ? Challenge(http, description) : GrantOutcome.Refuse("invalid_client", description);

    private static GrantOutcome Disabled(HttpContext http, bool usesBasic) => Refuse(http, usesBasic, "The client is disabled.");

    /// <summary>Reads <c>Basic base64(id:secret)</c>; null when it is malformed.</summary>
    internal static (string Id, string Secret)? ReadBasic(string header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var read) || read.Parameter is null)
            return null;
        var bytes = new byte[read.Parameter.Length];
        if (!Convert.TryFromBase64String(read.Parameter, bytes, out var length))
            return null;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
    }

    /// <summary>The standard has id and secret form-encoded inside the header; most clients do not do it, so both are tried.</summary>
    private static string FormDecoded(string secret) => System.Net.WebUtility.UrlDecode(secret);
}
