using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Access;

/// <summary>A granted token. <paramref name="ExpiresIn"/> counts seconds.</summary>
internal sealed record TokenGranted(string AccessToken, string TokenType, long ExpiresIn);

/// <summary>Why no token was granted (RFC 6749 section 5.2).</summary>
internal sealed record TokenRefused(string Error, string ErrorDescription);

/// <summary><c>POST /ims/token[/v1|/v2|/v3]</c>, grant <c>client_credentials</c>: contract collection.md section 7.</summary>
internal static class IssueToken
{
    private const int MaxFieldCharacters = 4_096;
    private const int MaxFormBytes = 64 * 1024; // anybody may ask: a form is a few hundred bytes

    internal static async Task<IResult> HandleAsync(HttpContext http, AccessRuntime access)
    {
        var cancellation = http.RequestAborted;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
            bound.MaxRequestBodySize = MaxFormBytes;
        IFormCollection? form;
        try
        {
            form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(cancellation) : null;
        }
        catch (InvalidDataException)
        {
            return Refuse(400, "invalid_request", "The form in the body cannot be read.");
        }

        var grant = Field("grant_type");
        var clientId = Field("client_id");
        var clientSecret = Field("client_secret");
        if (grant.Length == 0)
            return Refuse(400, "invalid_request", "grant_type is missing.");
        if (grant != "client_credentials")
            return Refuse(400, "unsupported_grant_type", "This endpoint grants client_credentials only.");
        if (clientId.Length == 0 || clientSecret.Length == 0)
            return Refuse(400, "invalid_request", "client_id and client_secret are both needed.");
        if (!await access.AcceptsAsync(clientId, clientSecret, cancellation))
            return Refuse(401, "invalid_client", "The client is unknown or its secret is wrong.");

        http.Response.Headers.CacheControl = "no-store";
        var granted = access.Grant(clientId, Field("scope"));
        return Results.Json(granted, TokenJson.Default.TokenGranted);

        string Field(string name)
        {
            var value = form is not null && form.TryGetValue(name, out var inForm) ? inForm.ToString() : http.Request.Query[name].ToString();
            return value.Length > MaxFieldCharacters ? "" : value;
        }
    }

    private static IResult Refuse(int status, string error, string description) =>
        Results.Json(new TokenRefused(error, description), TokenJson.Default.TokenRefused, statusCode: status);
}
