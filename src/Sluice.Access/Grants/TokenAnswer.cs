using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Access;

/// <summary>A granted token. <paramref name="ExpiresIn"/> counts seconds, after a JWT exchange milliseconds (contract audience.md 1.1).</summary>
internal sealed record TokenGranted(string AccessToken, string TokenType, string? RefreshToken, long ExpiresIn, string? Scope);

/// <summary>Why no token was granted (RFC 6749 section 5.2).</summary>
internal sealed record TokenRefused(string Error, string ErrorDescription);

/// <summary>What a grant came to: a token, or the standard's error with its status.</summary>
internal sealed record GrantOutcome
{
    private GrantOutcome(TokenGranted? granted, TokenRefused? refused, int status) => (Granted, Refused, Status) = (granted, refused, status);

    internal TokenGranted? Granted { get; }

    internal TokenRefused? Refused { get; }

    internal int Status { get; }

    /// <summary>Whose the token is, for the audit log: a user's name or a client's id.</summary>
    internal string Actor { get; init; } = "";

    internal static GrantOutcome Grant(TokenGranted granted, string actor) => new(granted, null, 200) { Actor = actor };

    internal static GrantOutcome Refuse(string error, string description, int status = 400) => new(null, new TokenRefused(error, description), status);

    internal IResult Result(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
        return Granted is not null
            ? Results.Json(Granted, TokenJson.Default.TokenGranted, contentType: "application/json;charset=UTF-8")
            : Results.Json(Refused, TokenJson.Default.TokenRefused, contentType: "application/json;charset=UTF-8", statusCode: Status);
    }
}

/// <summary>How token answers look: OAuth 2.0 names (RFC 6749).</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenGranted))]
[JsonSerializable(typeof(TokenRefused))]
internal sealed partial class TokenJson : JsonSerializerContext;
